//! The oracle detects broken rules. An interceptor between the functions and the simulated region
//! makes the functions behave, or the region appear, as if a rule did not exist.

use std::collections::BTreeMap;
use std::sync::Mutex;

use region::api::{Api, Call};
use region::client::Interceptor;
use region::services::StateValue;
use scenarios::scaling::Scaling;
use scenarios::scaling::oracle::Invariant;
use serde_json::{Value, json};

use crate::interceptors::{change_answer, intercept};
use crate::random_runs::{assert_caught, minimized, runs, violates};

/// The number of seeds of which one must show the violation.
const SEEDS: u64 = 80;

/// Asserts that a run without faults violates `invariant`.
fn caught(invariant: Invariant, interceptor: &Interceptor) {
    caught_among(SEEDS, "none", invariant, interceptor);
}

/// Asserts that one of the first `seeds` runs with these kinds of faults violates `invariant`.
fn caught_among(seeds: u64, faults: &str, invariant: Invariant, interceptor: &Interceptor) {
    assert_caught::<Scaling>(runs(seeds, faults), invariant, interceptor);
}

/// Sets another desired count, computed from the requested and the current one.
fn set_instead(other: fn(i64, i64) -> i64) -> Interceptor {
    intercept("UpdateService", move |region, now, call| {
        let there = region.services().truth().service("demo", "web").unwrap().desired;
        let there = i64::try_from(there).unwrap();
        let mut call = call.clone();
        let asked = call.input["desiredCount"].as_i64().unwrap();
        call.input["desiredCount"] = other(asked, there).into();
        region.answer(now, &call)
    })
}

/// Changes every service in the answers of DescribeServices.
fn services(change: fn(&mut Value)) -> Interceptor {
    change_answer("DescribeServices", move |answer| {
        answer["services"].as_array_mut().unwrap().iter_mut().for_each(change);
    })
}

#[test]
fn beyond_the_bounds() {
    let interceptor = set_instead(|asked, there| if asked > there { asked + 1 } else { asked - 1 });
    caught(Invariant::WithinBounds, &interceptor);
}

#[test]
fn a_step_twice_at_once() {
    let interceptor = set_instead(|asked, there| (asked + (asked - there)).max(0));
    caught(Invariant::OneStepPerCooldown, &interceptor);
}

#[test]
fn forgetting_the_last_scaling() {
    let interceptor = services(|service| service["tags"] = json!([]));
    caught(Invariant::NoScaleInWhileCooling, &interceptor);
    caught(Invariant::OneStepPerCooldown, &interceptor);
}

#[test]
fn believing_that_an_alarm_lasts() {
    let interceptor = change_answer("DescribeAlarms", |answer| {
        for kind in ["MetricAlarms", "CompositeAlarms"] {
            for alarm in answer[kind].as_array_mut().unwrap() {
                alarm["StateValue"] = "ALARM".into();
            }
        }
    });
    caught(Invariant::NoScalingWithoutAlarm, &interceptor);
}

/// Without sample counts, every minute seems to have as many samples as the one before it, and a
/// load balancer with late samples seems idle.
#[test]
fn taking_every_minute_for_whole() {
    let interceptor = change_answer("GetMetricData", |answer| {
        for result in answer["MetricDataResults"].as_array_mut().unwrap() {
            if result["Id"].as_str().unwrap().starts_with('n') {
                result["Timestamps"] = json!([]);
                result["Values"] = json!([]);
            }
        }
    });
    caught_among(400, "late-metrics", Invariant::NoScaleInWithoutCompleteMinute, &interceptor);
}

#[test]
fn taking_instances_for_warm_at_once() {
    let interceptor = change_answer("DescribeContainerInstances", |answer| {
        for instance in answer["containerInstances"].as_array_mut().unwrap() {
            instance["registeredAt"] = 0.into();
        }
    });
    caught_among(400, "none", Invariant::OneStepPerCooldown, &interceptor);
}

#[test]
fn scaling_in_while_a_deployment_is_on() {
    let interceptor = services(|service| {
        service["deployments"].as_array_mut().unwrap().truncate(1);
        service["deployments"][0]["rolloutState"] = "COMPLETED".into();
    });
    caught_among(400, "updates", Invariant::NoScaleInWhileDeploying, &interceptor);
}

#[test]
fn two_reconciles_at_once() {
    let number = Mutex::new(0);
    let interceptor = intercept("PublishBatch", move |region, now, call| {
        let mut call = call.clone();
        for entry in call.input["PublishBatchRequestEntries"].as_array_mut().unwrap() {
            let mut number = number.lock().unwrap();
            *number += 1;
            entry["MessageGroupId"] = number.to_string().into();
        }
        region.answer(now, &call)
    });
    caught_among(400, "interference,stalls", Invariant::OneReconcileAtATime, &interceptor);
}

#[test]
fn never_scaling() {
    let interceptor = intercept("UpdateService", |region, now, call| {
        region.refuse(now, call, Ok(json!({"service": {}})))
    });
    caught(Invariant::ComesToRest, &interceptor);
}

/// Answers every read of documents as the first one of the run with the same names was answered.
fn reading_documents_once() -> Interceptor {
    let first = Mutex::new(BTreeMap::new());
    intercept("GetParameters", move |region, now, call| {
        let answer = region.answer(now, call)?;
        let mut first = first.lock().unwrap();
        Ok(first.entry(call.input.to_string()).or_insert(answer).clone())
    })
}

#[test]
fn scaling_by_a_document_that_is_gone() {
    let gone = runs::<Scaling>(400, "documents").filter(|run| !run.steps.is_empty());
    let mut violating =
        gone.filter(|run| violates(run, Invariant::FollowsDocument, &reading_documents_once()));
    assert!(violating.next().is_some());
}

#[test]
fn one_invalid_document_that_stops_every_target() {
    let interceptor = change_answer("GetParameters", |answer| {
        let found = answer["Parameters"].as_array_mut().unwrap();
        if found.iter().any(|one| one["Value"] == r#"{"Policies":7}"#) {
            found.clear();
        }
    });
    let spoiled = runs::<Scaling>(4_000, "documents").filter(|run| {
        let steps = format!("{:?}", run.steps);
        steps.contains("SpoilDocument") && !steps.contains("Restore")
    });
    assert_caught(spoiled.take(100), Invariant::ComesToRest, &interceptor);
}

#[test]
fn a_loop_that_never_ends() {
    let number = Mutex::new(0);
    let interceptor = intercept("DescribeAlarms", move |region, now, call| {
        let answer = region.answer(now, call)?;
        let quiet = region.services().alarm_state("ecs-tide-tasks-out") != Some(StateValue::Alarm);
        if quiet {
            let mut number = number.lock().unwrap();
            *number += 1;
            let topic = "arn:aws:sns:us-east-1:123456789012:ecs-tide-reinvoke.fifo";
            let serialization_key = match call.input["AlarmNames"].to_string().contains("instances")
            {
                true => "autoScalingGroup/demo-group",
                false => "service/demo/web",
            };
            let ask = Call::new(
                Api::Sns,
                "Publish",
                json!({
                    "TopicArn": topic,
                    "Message": json!({"requeue": {"serialization_key": serialization_key,
                            "delay_class": "minute", "bucket": *number}})
                        .to_string(),
                    "MessageGroupId": number.to_string(),
                    "MessageDeduplicationId": number.to_string(),
                    "MessageAttributes": [
                        {"Name": "delay_class",
                            "Value": {"DataType": "String", "StringValue": "minute"}}],
                }),
            );
            region.answer(now, &ask).unwrap();
        }
        Ok(answer)
    });
    caught(Invariant::LoopEnds, &interceptor);
}

#[test]
fn a_violating_run_is_minimized_and_still_violates() {
    let interceptor = set_instead(|asked, there| (asked + (asked - there)).max(0));
    let all = runs::<Scaling>(SEEDS, "all")
        .filter(|run| run.steps.len() >= 8 && !run.setup.clusters[0].parameters.is_empty());
    let [run, minimized] = minimized(all, Invariant::OneStepPerCooldown, &interceptor);
    assert!(minimized.steps.len() < run.steps.len());
    let (before, after) = (&run.setup.clusters, &minimized.setup.clusters);
    assert_eq!(after.len(), 1);
    assert!(after[0].loads.len() < before[0].loads.len());
    assert!(after[0].parameters.len() < before[0].parameters.len());
    assert_eq!(minimized.environment.late_samples, None);
}
