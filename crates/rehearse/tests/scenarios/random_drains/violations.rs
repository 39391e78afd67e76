//! The oracle detects broken rules. An interceptor between the functions and the simulated region
//! makes the functions behave, or the region appear, as if a rule did not exist.

use std::sync::Mutex;

use region::Time;
use region::api::{Api, Call};
use region::client::Interceptor;
use region::region::Region;
use scenarios::draining::Draining;
use scenarios::draining::oracle::Invariant;
use scenarios::random::Run;
use scenarios::stack;
use serde_json::{Value, json};

use crate::interceptors::{change_answer, intercept};
use crate::random_runs::{assert_caught, minimized, runs};

/// The number of seeds of which one must show the violation.
const SEEDS: u64 = 60;

/// Asserts that a run without faults violates `invariant`.
fn caught(invariant: Invariant, interceptor: &Interceptor) {
    caught_among(SEEDS, "none", invariant, interceptor);
}

/// Asserts that one of the first `seeds` runs with these kinds of faults violates `invariant`.
fn caught_among(seeds: u64, faults: &str, invariant: Invariant, interceptor: &Interceptor) {
    assert_caught::<Draining>(runs(seeds, faults), invariant, interceptor);
}

/// Reports success of `operation` without doing it.
fn swallow(operation: &'static str) -> Interceptor {
    intercept(operation, |region, now, call| region.refuse(now, call, Ok(json!({}))))
}

/// Replaces the deduplication id of requeue messages.
fn requeue_id(id: impl Fn(Time) -> String + Send + Sync + 'static) -> Interceptor {
    intercept("Publish", move |region, now, call| {
        let mut call = call.clone();
        if let Some(asked) = call.input.get_mut("MessageDeduplicationId") {
            *asked = id(now).into();
        }
        region.answer(now, &call)
    })
}

#[test]
fn trusting_the_counts_alone() {
    let interceptor = change_answer("ListTasks", |answer| answer["taskArns"] = json!([]));
    caught(Invariant::EmptyBeforeRelease, &interceptor);
}

#[test]
fn taking_what_is_being_stopped_for_stopped() {
    let interceptor = change_answer("DescribeTasks", |answer| {
        for task in answer["tasks"].as_array_mut().unwrap() {
            if task["desiredStatus"] == "STOPPED" {
                task["lastStatus"] = "STOPPED".into();
            }
        }
    });
    caught(Invariant::EmptyBeforeRelease, &interceptor);
}

#[test]
fn believing_the_lists_as_soon_as_the_counts_are_zero() {
    // Every drain record seems to say that the counts have been 0 for an hour.
    let interceptor = change_answer("DescribeContainerInstances", |answer| {
        for container in answer["containerInstances"].as_array_mut().unwrap() {
            for attribute in container["attributes"].as_array_mut().unwrap() {
                let drain_record = attribute["value"].as_str().unwrap_or_default().to_owned();
                if drain_record.starts_with("hook ") && !drain_record.contains("idle/") {
                    attribute["value"] = format!("{drain_record} idle/2026-11-22T08:00:00Z").into();
                }
            }
        }
    });
    caught_among(600, "stale-reads", Invariant::EmptyBeforeRelease, &interceptor);
}

#[test]
fn believing_that_it_is_draining_when_it_is_not() {
    let interceptor = Interceptor::new(|region, now, call| match call.operation.as_str() {
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
    caught(Invariant::DrainingBeforeRelease, &interceptor);
}

#[test]
fn draining_what_no_hook_holds() {
    let interceptor = change_answer("DescribeAutoScalingGroups", |answer| {
        for instance in answer["AutoScalingGroups"][0]["Instances"].as_array_mut().unwrap() {
            instance["LifecycleState"] = "Terminating:Wait".into();
        }
    });
    caught(Invariant::DrainsOnlyHeldInstances, &interceptor);
    caught(Invariant::CompletesOnlyOwnActions, &interceptor);
}

/// Asserts that a run without faults, in a group with a warm pool, violates `invariant`.
fn caught_with_a_pool(invariant: Invariant, interceptor: &Interceptor) {
    let all = runs::<Draining>(8 * SEEDS, "none");
    let pooled = all.filter(|run| run.setup.has_warm_pool());
    assert_caught(pooled, invariant, interceptor);
}

#[test]
fn taking_a_warm_pool_for_empty() {
    let interceptor = Interceptor::new(|region, now, call| {
        let mut answer = region.answer(now, call)?;
        match call.operation.as_str() {
            "DescribeWarmPool" => answer["Instances"] = json!([]),
            // Otherwise its instances would be found here.
            "DescribeAutoScalingInstances" => answer["AutoScalingInstances"] = json!([]),
            _ => {}
        }
        Ok(answer)
    });
    caught_with_a_pool(Invariant::KeptAlive, &interceptor);
}

#[test]
fn releasing_at_once_what_goes_to_the_pool() {
    let interceptor = intercept("DescribeWarmPool", |region, now, call| {
        let answer = region.answer(now, call)?;
        for instance in answer["Instances"].as_array().unwrap() {
            if instance["LifecycleState"] == "Warmed:Pending:Wait" {
                let complete = Call::new(
                    Api::AutoScaling,
                    "CompleteLifecycleAction",
                    json!({
                        "AutoScalingGroupName": call.input["AutoScalingGroupName"],
                        "LifecycleHookName": stack::HOOK,
                        "InstanceId": instance["InstanceId"],
                        "LifecycleActionResult": "CONTINUE",
                    }),
                );
                region.answer(now, &complete)?;
            }
        }
        Ok(answer)
    });
    caught_with_a_pool(Invariant::EmptyBeforeRelease, &interceptor);
    caught_with_a_pool(Invariant::DrainingBeforeRelease, &interceptor);
}

#[test]
fn leaving_what_comes_back_from_the_pool_without_tasks() {
    let interceptor = intercept("UpdateContainerInstancesState", |region, now, call| {
        match call.input["status"] == "ACTIVE" {
            true => region.refuse(now, call, Ok(json!({}))),
            false => region.answer(now, call),
        }
    });
    caught_with_a_pool(Invariant::ActiveAgain, &interceptor);
}

#[test]
fn setting_active_what_an_operator_drains() {
    let all = runs::<Draining>(3_000, "interference");
    let drained_by_hand = all.filter(|run| {
        let steps = format!("{:?}", run.steps);
        steps.contains("DrainByHand") && !steps.contains("Interrupt")
    });
    // Every DRAINING instance seems to have the drain record of an old drain.
    let interceptor = change_answer("DescribeContainerInstances", |answer| {
        for container in answer["containerInstances"].as_array_mut().unwrap() {
            let drain_record =
                json!({"name": "ecs-tide.drain", "value": "hook began/2026-11-22T08:00:00Z"});
            container["attributes"].as_array_mut().unwrap().push(drain_record);
        }
    });
    let interceptor = Interceptor::new(move |region, now, call| {
        let mut call = call.clone();
        if call.operation == "ListContainerInstances" {
            call.input["filter"] = "runningTasksCount >= 0".into();
        }
        interceptor.answer(region, now, &call)
    });
    assert_caught(drained_by_hand.take(60), Invariant::LeavesManualDrains, &interceptor);
}

#[test]
fn a_deadline_that_never_comes() {
    let interceptor = intercept("CompleteLifecycleAction", |region, now, call| {
        region.refuse(now, call, Ok(json!({})))
    });
    caught(Invariant::ReleasedInTime, &interceptor);
}

#[test]
fn abandoning_before_the_deadline() {
    let interceptor = intercept("CompleteLifecycleAction", |region, now, call| {
        let mut call = call.clone();
        call.input["LifecycleActionResult"] = "ABANDON".into();
        region.answer(now, &call)
    });
    caught(Invariant::AbandonedOnlyAtDeadline, &interceptor);
}

#[test]
fn cutting_short_what_is_being_stopped_at_the_deadline() {
    // No task seems to be stopping.
    let interceptor = change_answer("DescribeTasks", |answer| {
        for task in answer["tasks"].as_array_mut().unwrap() {
            task["desiredStatus"] = "RUNNING".into();
        }
    });
    caught_among(300, "agents", Invariant::GraceAtDeadline, &interceptor);
}

#[test]
fn no_heartbeats() {
    caught(Invariant::KeptAlive, &swallow("RecordLifecycleActionHeartbeat"));
}

#[test]
fn deregistering_what_lives() {
    // Every drained instance seems to have left its group, and to have lost its agent long ago.
    let is_drained = |region: &Region, id: &str| {
        let mut containers = region.services().truth().instance(id).unwrap().containers();
        containers.any(|container| container.attributes.contains_key("ecs-tide.drain"))
    };
    let interceptor = Interceptor::new(move |region, now, call| {
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
    caught(Invariant::DeregistersOnlyGhosts, &interceptor);
}

#[test]
fn leaving_ghost_registrations() {
    caught_among(
        300,
        "agents,instances",
        Invariant::NoGhostRemains,
        &swallow("DeregisterContainerInstance"),
    );
}

#[test]
fn a_bucket_id_without_the_delay_class() {
    // Without the delay class, both use the bucket of `later`, so a `soon` requeue message is
    // dropped as a duplicate of a `later` one.
    let interceptor = requeue_id(|now| (now.unix_timestamp() / 235).to_string());
    caught(Invariant::NoReconcileLost, &interceptor);
}

#[test]
fn a_bucket_id_that_is_no_bucket() {
    let number = Mutex::new(0);
    let interceptor = requeue_id(move |_| {
        let mut number = number.lock().unwrap();
        *number += 1;
        number.to_string()
    });
    // A process sends a requeue message only once. Its successor after a crash sends it again.
    caught_among(600, "crashes", Invariant::OneRequeuePerBucket, &interceptor);
}

#[test]
fn a_loop_that_never_ends() {
    // Every reconcile that reads the groups requeues.
    let interceptor = intercept("DescribeAutoScalingGroups", |region, now, call| {
        let bucket = now.unix_timestamp() / 235;
        let requeue =
            json!({"requeue": {"cluster": "demo", "delay_class": "later", "bucket": bucket}});
        let ask = Call::new(
            Api::Sns,
            "Publish",
            json!({
                "TopicArn": reinvoke_topic(),
                "Message": requeue.to_string(),
                "MessageGroupId": bucket.to_string(),
                "MessageDeduplicationId": bucket.to_string(),
                "MessageAttributes": [
                    {"Name": "delay_class",
                        "Value": {"DataType": "String", "StringValue": "later"}}],
            }),
        );
        region.answer(now, &ask)?;
        region.answer(now, call)
    });
    caught(Invariant::LoopEnds, &interceptor);
}

/// The topic for requeue messages.
fn reinvoke_topic() -> String {
    let wiring = stack::wiring(&[]).unwrap();
    let topic = wiring.topics.iter().find(|topic| topic.logical_id == "ReinvokeTopic");
    topic.unwrap().arn.clone()
}

#[test]
fn drains_that_are_never_undone() {
    // No instance is set ACTIVE again.
    let interceptor = intercept("UpdateContainerInstancesState", |region, now, call| {
        match call.input["status"] == "ACTIVE" {
            true => region.refuse(now, call, Ok(json!({}))),
            false => region.answer(now, call),
        }
    });
    let interrupted = runs::<Draining>(400, "interference")
        .filter(|run| format!("{:?}", run.steps).contains("Interrupt") && run.steps.len() == 1);
    assert_caught(interrupted.take(80), Invariant::ActiveAgain, &interceptor);
}

#[test]
fn stopping_a_services_tasks() {
    // All tasks seem to be standalone, and every drain to be past its deadline.
    let interceptor = Interceptor::new(|region, now, call| {
        let mut answer = region.answer(now, call)?;
        if call.operation == "DescribeTasks" {
            for task in answer["tasks"].as_array_mut().unwrap() {
                task["group"] = "family:web".into();
            }
        }
        Ok(answer)
    });
    let crowded = runs::<Draining>(2_000, "capacity").filter(|run| {
        !run.steps.is_empty() && run.setup.parameters.contains_key("StandaloneTasks")
    });
    assert_caught(crowded.take(60), Invariant::StopsStandaloneOnlyAtDeadline, &interceptor);
}

#[test]
fn a_violating_run_is_minimized_and_still_violates() {
    let interceptor = change_answer("ListTasks", |answer| answer["taskArns"] = json!([]));
    let all = runs::<Draining>(SEEDS, "all").filter(|run| run.steps.len() >= 8);
    let [run, minimized] = minimized(all, Invariant::EmptyBeforeRelease, &interceptor);
    assert!(minimized.steps.len() < run.steps.len());
}

/// The runs of several clusters with these kinds of faults.
fn of_several(seeds: u64, faults: &str) -> impl Iterator<Item = Run<Draining>> {
    runs::<Draining>(seeds, faults).filter(|run| run.setup.clusters() > 1)
}

#[test]
fn taking_every_group_for_opted_in() {
    // Every group seems to have the tag of its cluster.
    let interceptor = intercept("DescribeAutoScalingGroups", |region, now, call| {
        let mut call = call.clone();
        call.input.as_object_mut().unwrap().remove("Filters");
        let mut answer = region.answer(now, &call)?;
        for group in answer["AutoScalingGroups"].as_array_mut().unwrap() {
            if group["AutoScalingGroupName"] == "bystander-group" {
                group["Tags"] = json!([{"Key": "ecs-tide:cluster", "Value": "bystander"}]);
            }
        }
        Ok(answer)
    });
    let bystanders = of_several(SEEDS, "none")
        .filter(|run| run.setup.groups.iter().any(|group| !group.is_opted_in));
    assert_caught(bystanders, Invariant::ChangesOnlyWhatHasOptedIn, &interceptor);
}

#[test]
fn taking_the_settings_of_the_tags_in_mid_drain() {
    // No drain seems to have written its settings.
    let interceptor = change_answer("DescribeContainerInstances", |answer| {
        for container in answer["containerInstances"].as_array_mut().unwrap() {
            let attributes = container["attributes"].as_array_mut().unwrap();
            attributes.retain(|attribute| attribute["name"] != "ecs-tide.settings");
        }
    });
    let shortened = of_several(3_000, "tags,capacity").filter(|run| {
        let steps = format!("{:?}", run.steps);
        steps.contains("deadline-seconds\", \"900\"") || steps.contains("Rename")
    });
    assert_caught(shortened.take(80), Invariant::EmptyBeforeRelease, &interceptor);
}

#[test]
fn putting_a_hook_of_another_name() {
    let interceptor = intercept("PutLifecycleHook", |region, now, call| {
        let mut call = call.clone();
        call.input["LifecycleHookName"] = "another-hook".into();
        region.answer(now, &call)
    });
    let changed = of_several(600, "tags").filter(|run| !run.steps.is_empty());
    assert_caught(changed.take(60), Invariant::LeavesOtherHooks, &interceptor);
}

#[test]
fn writing_another_tag() {
    let interceptor = intercept("CreateOrUpdateTags", |region, now, call| {
        let mut call = call.clone();
        call.input["Tags"][0]["Key"] = "ecs-tide:mode".into();
        region.answer(now, &call)
    });
    let changed = of_several(600, "tags").filter(|run| !run.steps.is_empty());
    assert_caught(changed.take(60), Invariant::LeavesOtherTags, &interceptor);
}

#[test]
fn removing_a_hook_while_it_holds_an_instance() {
    // No instance seems to be held while hook-keeper reads a group by its name.
    let interceptor = intercept("DescribeAutoScalingGroups", |region, now, call| {
        let mut answer = region.answer(now, call)?;
        if call.input["AutoScalingGroupNames"].is_array() {
            for group in answer["AutoScalingGroups"].as_array_mut().unwrap() {
                for instance in group["Instances"].as_array_mut().unwrap() {
                    instance["LifecycleState"] = "InService".into();
                }
            }
        }
        Ok(answer)
    });
    let opted_out = runs::<Draining>(2_000, "tags").filter(|run| !run.steps.is_empty());
    assert_caught(opted_out.take(150), Invariant::KeepsHookWhileHeld, &interceptor);
}

#[test]
fn leaving_the_hook_of_a_group_that_has_opted_out() {
    let opted_out = runs::<Draining>(2_000, "tags").filter(|run| !run.steps.is_empty());
    let interceptor = swallow("DeleteLifecycleHook");
    assert_caught(opted_out.take(60), Invariant::HookFollowsTags, &interceptor);
}

#[test]
fn forgetting_the_warm_pool_of_a_group_that_has_opted_out() {
    // The tag of a hook that is gone is deleted at once.
    let interceptor = intercept("CreateOrUpdateTags", |region, now, call| {
        let tag = call.input["Tags"][0].clone();
        if !tag["Value"].as_str().unwrap().contains("@removed-") {
            return region.answer(now, call);
        }
        let tags = json!([{"Key": tag["Key"], "ResourceId": tag["ResourceId"],
            "ResourceType": tag["ResourceType"]}]);
        region.answer(now, &Call::new(Api::AutoScaling, "DeleteTags", json!({"Tags": tags})))
    });
    let opted_out = runs::<Draining>(6_000, "tags").filter(|run| {
        let steps = format!("{:?}", run.steps);
        run.setup.has_warm_pool() && (steps.contains("OptOut") || steps.contains("observe"))
    });
    assert_caught(opted_out.take(100), Invariant::ActiveAgain, &interceptor);
}

#[test]
fn a_bucket_id_without_the_cluster() {
    let interceptor = intercept("Publish", |region, now, call| {
        let mut call = call.clone();
        let message: Value = serde_json::from_str(call.input["Message"].as_str().unwrap()).unwrap();
        let Value::Object(requeue) = &message["requeue"] else { return region.answer(now, &call) };
        // The deduplication id lacks the cluster.
        let id = format!("{}-{}", requeue["delay_class"], requeue["bucket"]);
        call.input["MessageDeduplicationId"] = id.replace('"', "").into();
        region.answer(now, &call)
    });
    let several = of_several(SEEDS, "none");
    assert_caught(several, Invariant::NoReconcileLost, &interceptor);
}
