//! The oracle detects broken rules. An interceptor between the functions and the simulated region
//! makes the functions behave, or the region appear, as if a rule did not exist.

use std::sync::Mutex;

use region::Time;
use region::api::Api;
use region::api::Call;
use region::client::Forger;
use region::region::Region;
use scenarios::draining::history::{History, Kinds, play, shorter};
use scenarios::draining::oracle::Promise;
use scenarios::stack;
use serde_json::json;

use crate::forging::{forge, twist};

/// The number of seeds of which one must show the violation.
const SEEDS: u64 = 60;

/// Asserts that a run without faults violates `promise`.
fn caught(promise: Promise, forger: &Forger) {
    caught_among(SEEDS, &Kinds::none(), promise, forger);
}

/// Asserts that one of the first `seeds` runs with these kinds of faults violates `promise`.
fn caught_among(seeds: u64, kinds: &Kinds, promise: Promise, forger: &Forger) {
    for seed in 0..seeds {
        let history = History::draw(seed, kinds);
        let outcome = play(&history, forger.clone()).unwrap();
        if outcome.violations.iter().any(|violation| violation.promise == promise) {
            return;
        }
    }
    panic!("no run shows the violation")
}

/// Reports success of `operation` without doing it.
fn swallow(operation: &'static str) -> Forger {
    forge(operation, |region, now, call| region.refuse(now, call, Ok(json!({}))))
}

/// Replaces the deduplication id of requeue messages.
fn requeue_id(id: impl Fn(Time) -> String + Send + Sync + 'static) -> Forger {
    forge("Publish", move |region, now, call| {
        let mut call = call.clone();
        if let Some(asked) = call.input.get_mut("MessageDeduplicationId") {
            *asked = id(now).into();
        }
        region.answer(now, &call)
    })
}

#[test]
fn trusting_the_counts_alone() {
    let forger = twist("ListTasks", |answer| answer["taskArns"] = json!([]));
    caught(Promise::EmptyBeforeItGoes, &forger);
}

#[test]
fn taking_what_is_being_stopped_for_stopped() {
    let forger = twist("DescribeTasks", |answer| {
        for task in answer["tasks"].as_array_mut().unwrap() {
            if task["desiredStatus"] == "STOPPED" {
                task["lastStatus"] = "STOPPED".into();
            }
        }
    });
    caught(Promise::EmptyBeforeItGoes, &forger);
}

#[test]
fn believing_the_lists_as_soon_as_the_counts_are_zero() {
    // Every drain record seems to say that the counts have been 0 for an hour.
    let forger = twist("DescribeContainerInstances", |answer| {
        for container in answer["containerInstances"].as_array_mut().unwrap() {
            for attribute in container["attributes"].as_array_mut().unwrap() {
                let drain_record = attribute["value"].as_str().unwrap_or_default().to_owned();
                if drain_record.starts_with("hook ") && !drain_record.contains("idle/") {
                    attribute["value"] = format!("{drain_record} idle/2026-11-22T08:00:00Z").into();
                }
            }
        }
    });
    let kinds: Kinds = "stale-reads".parse().unwrap();
    caught_among(600, &kinds, Promise::EmptyBeforeItGoes, &forger);
}

#[test]
fn believing_that_it_is_draining_when_it_is_not() {
    let forger = Forger::new(|region, now, call| match call.operation.as_str() {
        "UpdateContainerInstancesState" => region.refuse(now, call, Ok(json!({}))),
        "DescribeContainerInstances" => {
            let mut answer = region.answer(now, call)?;
            for container in answer["containerInstances"].as_array_mut().unwrap() {
                container["status"] = "DRAINING".into();
            }
            Ok(answer)
        }
        _ => region.answer(now, call),
    });
    caught(Promise::DrainingBeforeItGoes, &forger);
}

#[test]
fn draining_what_no_hook_holds() {
    let forger = twist("DescribeAutoScalingGroups", |answer| {
        for instance in answer["AutoScalingGroups"][0]["Instances"].as_array_mut().unwrap() {
            instance["LifecycleState"] = "Terminating:Wait".into();
        }
    });
    caught(Promise::DrainsWhatWaits, &forger);
    caught(Promise::CompletesItsOwn, &forger);
}

/// Asserts that a run without faults, in a group with a warm pool, violates `promise`.
fn caught_with_a_pool(promise: Promise, forger: &Forger) {
    let mut pooled = (0..8 * SEEDS)
        .map(|seed| History::draw(seed, &Kinds::none()))
        .filter(|history| history.cast.warm_pool.is_some());
    let broken = pooled.any(|history| {
        let outcome = play(&history, forger.clone()).unwrap();
        outcome.violations.iter().any(|violation| violation.promise == promise)
    });
    assert!(broken, "no run shows the violation");
}

#[test]
fn taking_a_warm_pool_for_empty() {
    let forger = twist("DescribeWarmPool", |answer| answer["Instances"] = json!([]));
    caught_with_a_pool(Promise::KeptAlive, &forger);
}

#[test]
fn releasing_at_once_what_goes_to_the_pool() {
    let forger = forge("DescribeWarmPool", |region, now, call| {
        let answer = region.answer(now, call)?;
        let hook = stack::wiring(&[]).unwrap().hooks[0].name.clone();
        for instance in answer["Instances"].as_array().unwrap() {
            if instance["LifecycleState"] == "Warmed:Pending:Wait" {
                let complete = Call {
                    api: Api::AutoScaling,
                    operation: "CompleteLifecycleAction".to_owned(),
                    input: json!({
                        "AutoScalingGroupName": call.input["AutoScalingGroupName"],
                        "LifecycleHookName": hook,
                        "InstanceId": instance["InstanceId"],
                        "LifecycleActionResult": "CONTINUE",
                    }),
                };
                region.answer(now, &complete)?;
            }
        }
        Ok(answer)
    });
    caught_with_a_pool(Promise::EmptyBeforeItGoes, &forger);
    caught_with_a_pool(Promise::DrainingBeforeItGoes, &forger);
}

#[test]
fn leaving_what_comes_back_from_the_pool_without_tasks() {
    let forger = forge("UpdateContainerInstancesState", |region, now, call| {
        match call.input["status"] == "ACTIVE" {
            true => region.refuse(now, call, Ok(json!({}))),
            false => region.answer(now, call),
        }
    });
    caught_with_a_pool(Promise::ActiveAgain, &forger);
}

#[test]
fn setting_active_what_an_operator_drains() {
    let history = (0..3_000)
        .map(|seed| History::draw(seed, &"interference".parse().unwrap()))
        .filter(|history| {
            let told = format!("{:?}", history.parts);
            told.contains("DrainByHand") && !told.contains("Interrupt")
        });
    // Every DRAINING instance seems to have the drain record of an old drain.
    let forger = twist("DescribeContainerInstances", |answer| {
        for container in answer["containerInstances"].as_array_mut().unwrap() {
            let drain_record =
                json!({"name": "ecs-tide.drain", "value": "hook began/2026-11-22T08:00:00Z"});
            container["attributes"].as_array_mut().unwrap().push(drain_record);
        }
    });
    let forger = Forger::new(move |region, now, call| {
        let mut call = call.clone();
        if call.operation == "ListContainerInstances" {
            call.input["filter"] = "runningTasksCount >= 0".into();
        }
        forger.answer(region, now, &call)
    });
    let broken = history.take(60).any(|history| {
        let outcome = play(&history, forger.clone()).unwrap();
        outcome.violations.iter().any(|v| v.promise == Promise::LeavesManualDrains)
    });
    assert!(broken);
}

#[test]
fn a_deadline_that_never_comes() {
    let forger = forge("CompleteLifecycleAction", |region, now, call| {
        region.refuse(now, call, Ok(json!({})))
    });
    caught(Promise::NeverForgotten, &forger);
}

#[test]
fn abandoning_before_the_deadline() {
    let forger = forge("CompleteLifecycleAction", |region, now, call| {
        let mut call = call.clone();
        call.input["LifecycleActionResult"] = "ABANDON".into();
        region.answer(now, &call)
    });
    caught(Promise::AbandonedOnlyAtTheDeadline, &forger);
}

#[test]
fn cutting_short_what_is_being_stopped_at_the_deadline() {
    // No task seems to be stopping.
    let forger = twist("DescribeTasks", |answer| {
        for task in answer["tasks"].as_array_mut().unwrap() {
            task["desiredStatus"] = "RUNNING".into();
        }
    });
    let kinds: Kinds = "agents".parse().unwrap();
    caught_among(300, &kinds, Promise::GraceAtTheDeadline, &forger);
}

#[test]
fn no_heartbeats() {
    caught(Promise::KeptAlive, &swallow("RecordLifecycleActionHeartbeat"));
}

#[test]
fn deregistering_what_lives() {
    // Every drained instance seems to have left its group, and to have lost its agent long ago.
    let is_drained = |region: &Region, id: &str| {
        let mut containers = region.services().truth().instance(id).unwrap().containers();
        containers.any(|container| container.attributes.contains_key("ecs-tide.drain"))
    };
    let forger = Forger::new(move |region, now, call| {
        let mut answer = region.answer(now, call)?;
        match call.operation.as_str() {
            "DescribeAutoScalingGroups" => {
                let members = answer["AutoScalingGroups"][0]["Instances"].as_array_mut().unwrap();
                members
                    .retain(|member| !is_drained(region, member["InstanceId"].as_str().unwrap()));
            }
            "DescribeAutoScalingInstances" => answer["AutoScalingInstances"] = json!([]),
            "DescribeContainerInstances" => {
                for container in answer["containerInstances"].as_array_mut().unwrap() {
                    container["agentConnected"] = false.into();
                    for attribute in container["attributes"].as_array_mut().unwrap() {
                        let drain_record =
                            attribute["value"].as_str().unwrap_or_default().to_owned();
                        if drain_record.starts_with("hook ") {
                            attribute["value"] =
                                format!("{drain_record} gone/2026-11-22T08:00:00Z").into();
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(answer)
    });
    caught(Promise::DeregistersOnlyGhosts, &forger);
}

#[test]
fn leaving_ghost_registrations() {
    let kinds: Kinds = "agents,instances".parse().unwrap();
    caught_among(300, &kinds, Promise::NoGhostStays, &swallow("DeregisterContainerInstance"));
}

#[test]
fn a_bucket_id_without_the_delay_class() {
    // Without the delay class, both use the bucket of `later`, so a `soon` requeue message is
    // dropped as a duplicate of a `later` one.
    let forger = requeue_id(|now| (now.unix_timestamp() / 235).to_string());
    caught(Promise::NoReconcileLost, &forger);
}

#[test]
fn a_bucket_id_that_is_no_bucket() {
    let number = Mutex::new(0);
    let forger = requeue_id(move |_| {
        let mut number = number.lock().unwrap();
        *number += 1;
        number.to_string()
    });
    // A process sends a requeue message only once. Its successor after a crash sends it again.
    caught_among(600, &"crashes".parse().unwrap(), Promise::OneRequeueABucket, &forger);
}

#[test]
fn a_loop_that_never_ends() {
    // Every reconcile that reads the groups requeues.
    let forger = forge("DescribeAutoScalingGroups", |region, now, call| {
        let bucket = now.unix_timestamp() / 235;
        let requeue =
            json!({"requeue": {"cluster": "demo", "delay_class": "later", "bucket": bucket}});
        let ask = Call {
            api: Api::Sns,
            operation: "Publish".to_owned(),
            input: json!({
                "TopicArn": reinvoke_topic(),
                "Message": requeue.to_string(),
                "MessageGroupId": bucket.to_string(),
                "MessageDeduplicationId": bucket.to_string(),
                "MessageAttributes": [
                    {"Name": "delay_class",
                        "Value": {"DataType": "String", "StringValue": "later"}}],
            }),
        };
        region.answer(now, &ask)?;
        region.answer(now, call)
    });
    caught(Promise::TheLoopEnds, &forger);
}

/// The topic for requeue messages.
fn reinvoke_topic() -> String {
    let wiring = stack::wiring(&[]).unwrap();
    let topic = wiring.topics.iter().find(|topic| topic.logical_id == "ReinvokeTopic");
    topic.unwrap().arn.clone()
}

#[test]
fn drains_that_are_never_undone() {
    let kinds: Kinds = "interference".parse().unwrap();
    // No instance is set ACTIVE again.
    let forger = forge("UpdateContainerInstancesState", |region, now, call| {
        match call.input["status"] == "ACTIVE" {
            true => region.refuse(now, call, Ok(json!({}))),
            false => region.answer(now, call),
        }
    });
    let broken = (0..400).map(|seed| History::draw(seed, &kinds)).filter(|history| {
        format!("{:?}", history.parts).contains("Interrupt") && history.parts.len() == 1
    });
    let broken = broken.take(80).any(|history| {
        let outcome = play(&history, forger.clone()).unwrap();
        outcome.violations.iter().any(|v| v.promise == Promise::ActiveAgain)
    });
    assert!(broken);
}

#[test]
fn stopping_a_services_tasks() {
    // All tasks seem to be standalone, and every drain to be past its deadline.
    let forger = Forger::new(|region, now, call| {
        let mut answer = region.answer(now, call)?;
        if call.operation == "DescribeTasks" {
            for task in answer["tasks"].as_array_mut().unwrap() {
                task["group"] = "family:web".into();
            }
        }
        Ok(answer)
    });
    let kinds: Kinds = "capacity".parse().unwrap();
    let crowded = (0..2_000).map(|seed| History::draw(seed, &kinds)).filter(|history| {
        !history.parts.is_empty() && history.cast.parameters.contains_key("StandaloneTasks")
    });
    let broken = crowded.take(60).any(|history| {
        let outcome = play(&history, forger.clone()).unwrap();
        let promise = Promise::StopsStandaloneAtTheDeadline;
        outcome.violations.iter().any(|violation| violation.promise == promise)
    });
    assert!(broken);
}

#[test]
fn a_failing_run_is_minimized_and_still_fails() {
    let forger = twist("ListTasks", |answer| answer["taskArns"] = json!([]));
    let promise = Promise::EmptyBeforeItGoes;
    let history = (0..SEEDS).map(|seed| History::draw(seed, &Kinds::all())).find(|history| {
        let broken = |outcome: scenarios::draining::history::Outcome| {
            outcome.violations.iter().any(|violation| violation.promise == promise)
        };
        history.parts.len() >= 8 && broken(play(history, forger.clone()).unwrap())
    });
    let history = history.unwrap();
    let shorter = shorter(&history, promise, &forger).unwrap();
    assert!(shorter.parts.len() < history.parts.len());
    let outcome = play(&shorter, forger).unwrap();
    assert!(outcome.violations.iter().any(|violation| violation.promise == promise));
}
