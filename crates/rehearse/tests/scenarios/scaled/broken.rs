//! The oracle detects broken rules. An interceptor between the functions and the simulated region
//! makes the functions behave, or the region appear, as if a rule did not exist.

use std::sync::Mutex;

use region::api::Api;
use region::api::Call;
use region::client::Forger;
use region::services::StateValue;
use scenarios::draining::history::Kinds;
use scenarios::scaling::history::{History, play};
use scenarios::scaling::oracle::Promise;
use serde_json::{Value, json};

use crate::forging::{forge, twist};

/// The number of seeds of which one must show the violation.
const SEEDS: u64 = 80;

/// Asserts that a run without faults violates `promise`.
fn caught(promise: Promise, forger: &Forger) {
    caught_among(SEEDS, &Kinds::none(), promise, forger);
}

/// Asserts that one of the first `seeds` runs with these kinds of faults violates `promise`.
fn caught_among(seeds: u64, kinds: &Kinds, promise: Promise, forger: &Forger) {
    for seed in 0..seeds {
        let outcome = play(&History::draw(seed, kinds), forger.clone()).unwrap();
        if outcome.violations.iter().any(|violation| violation.promise == promise) {
            return;
        }
    }
    panic!("no run shows the violation")
}

/// Sets another desired count, computed from the requested and the current one.
fn set_instead(other: fn(i64, i64) -> i64) -> Forger {
    forge("UpdateService", move |region, now, call| {
        let there = region.services().truth().service("demo", "web").unwrap().desired;
        let there = i64::try_from(there).unwrap();
        let mut call = call.clone();
        let asked = call.input["desiredCount"].as_i64().unwrap();
        call.input["desiredCount"] = other(asked, there).into();
        region.answer(now, &call)
    })
}

/// Changes every service in the answers of DescribeServices.
fn services(change: fn(&mut Value)) -> Forger {
    twist("DescribeServices", move |answer| {
        answer["services"].as_array_mut().unwrap().iter_mut().for_each(change);
    })
}

#[test]
fn beyond_the_bounds() {
    let forger = set_instead(|asked, there| if asked > there { asked + 1 } else { asked - 1 });
    caught(Promise::WithinBounds, &forger);
}

#[test]
fn a_step_twice_at_once() {
    let forger = set_instead(|asked, there| (asked + (asked - there)).max(0));
    caught(Promise::OneStep, &forger);
}

#[test]
fn forgetting_the_last_scaling() {
    let forger = services(|service| service["tags"] = json!([]));
    caught(Promise::NoScaleInWhileCooling, &forger);
    caught(Promise::OneStep, &forger);
}

#[test]
fn believing_that_an_alarm_lasts() {
    let forger = twist("DescribeAlarms", |answer| {
        for kind in ["MetricAlarms", "CompositeAlarms"] {
            for alarm in answer[kind].as_array_mut().unwrap() {
                alarm["StateValue"] = "ALARM".into();
            }
        }
    });
    caught(Promise::AnAlarmAsks, &forger);
}

/// Without sample counts, every minute seems to have as many samples as the one before it, and a
/// load balancer with late samples seems idle.
#[test]
fn taking_every_minute_for_whole() {
    let forger = twist("GetMetricData", |answer| {
        for result in answer["MetricDataResults"].as_array_mut().unwrap() {
            if result["Id"].as_str().unwrap().starts_with('n') {
                result["Timestamps"] = json!([]);
                result["Values"] = json!([]);
            }
        }
    });
    let kinds = "late-metrics".parse().unwrap();
    caught_among(400, &kinds, Promise::AWholeMinuteAsks, &forger);
}

#[test]
fn taking_instances_for_warm_at_once() {
    let forger = twist("DescribeContainerInstances", |answer| {
        for instance in answer["containerInstances"].as_array_mut().unwrap() {
            instance["registeredAt"] = 0.into();
        }
    });
    caught_among(400, &Kinds::none(), Promise::OneStep, &forger);
}

#[test]
fn scaling_in_while_a_deployment_is_on() {
    let forger = services(|service| {
        service["deployments"].as_array_mut().unwrap().truncate(1);
        service["deployments"][0]["rolloutState"] = "COMPLETED".into();
    });
    caught_among(400, &"updates".parse().unwrap(), Promise::NoScaleInWhileDeploying, &forger);
}

#[test]
fn two_reconciles_at_once() {
    let number = Mutex::new(0);
    let forger = forge("PublishBatch", move |region, now, call| {
        let mut call = call.clone();
        for entry in call.input["PublishBatchRequestEntries"].as_array_mut().unwrap() {
            let mut number = number.lock().unwrap();
            *number += 1;
            entry["MessageGroupId"] = number.to_string().into();
        }
        region.answer(now, &call)
    });
    caught_among(
        400,
        &"interference,stalls".parse().unwrap(),
        Promise::OneReconcileAtATime,
        &forger,
    );
}

#[test]
fn never_scaling() {
    let forger = forge("UpdateService", |region, now, call| {
        region.refuse(now, call, Ok(json!({"service": {}})))
    });
    caught(Promise::ComesToRest, &forger);
}

#[test]
fn a_loop_that_never_ends() {
    let number = Mutex::new(0);
    let forger = forge("DescribeAlarms", move |region, now, call| {
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
            let ask = Call {
                api: Api::Sns,
                operation: "Publish".to_owned(),
                input: json!({
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
            };
            region.answer(now, &ask).unwrap();
        }
        Ok(answer)
    });
    caught(Promise::TheLoopEnds, &forger);
}
