//! How messages reach functions, service by service.

mod alarms;
mod dead_letters;
mod envelopes;
mod events;
mod fifo;
mod given_up;
mod mappings;
mod queues;
mod recursion;
mod refusals;
mod serialization_keys;
mod topics;
mod whole;

use serde_json::json;

use region_core::api::{Api, ApiError, Call};
use region_core::names::{ACCOUNT, REGION};

use super::*;
use region_wiring::*;

const START: Time = Time::UNIX_EPOCH;

fn after(seconds: i64) -> Time {
    START + Duration::seconds(seconds)
}

fn arn(id: &str) -> String {
    format!("arn:aws:any:{REGION}:{ACCOUNT}:{id}")
}

fn topic(id: &str, fifo: bool) -> TopicSpec {
    TopicSpec {
        logical_id: id.into(),
        name: id.into(),
        arn: arn(id),
        fifo,
        content_based_deduplication: false,
        alarms: vec![],
    }
}

fn queue(id: &str, fifo: bool) -> QueueSpec {
    QueueSpec {
        logical_id: id.into(),
        name: id.into(),
        arn: arn(id),
        url: id.into(),
        fifo,
        content_based_deduplication: false,
        delay_seconds: 0,
        visibility_timeout_seconds: 60,
        retention_seconds: 86_400,
        redrive: None,
    }
}

fn function(id: &str) -> FunctionSpec {
    FunctionSpec {
        logical_id: id.into(),
        name: id.into(),
        arn: arn(id),
        timeout_seconds: 10,
        memory_mb: 128,
        environment: BTreeMap::new(),
        reserved_concurrency: None,
        recursive_loop_allowed: true,
        maximum_retry_attempts: 2,
        maximum_event_age_seconds: 21_600,
        on_failure: None,
        dead_letter: None,
    }
}

fn mapping(queue: &str, function: &str) -> MappingSpec {
    MappingSpec {
        logical_id: format!("{function}{queue}"),
        queue_arn: arn(queue),
        function_arn: arn(function),
        batch_size: 10,
        window_seconds: 0,
        maximum_concurrency: None,
        report_batch_item_failures: true,
        filters: vec![],
        enabled: true,
    }
}

fn subscription(topic: &str, endpoint: Endpoint) -> SubscriptionSpec {
    SubscriptionSpec {
        logical_id: "sub".into(),
        topic_arn: arn(topic),
        endpoint,
        raw: true,
        filter: None,
        permitted: true,
    }
}

/// What the pattern of a rule triggers on.
fn on(pattern: Value) -> Trigger {
    Trigger::Pattern(Pattern::of_rule(&pattern).unwrap())
}

fn rule(trigger: Trigger, target: &str, input: TargetInput) -> RuleSpec {
    let target = TargetSpec { arn: arn(target), input, group_id: None, permitted: true };
    RuleSpec {
        logical_id: "rule".into(),
        name: "rule".into(),
        arn: arn("rule"),
        enabled: true,
        trigger,
        targets: vec![target],
    }
}

/// A queue `q` that a function `f` polls.
fn polled(fifo: bool) -> Wiring {
    Wiring {
        queues: vec![queue("q", fifo)],
        functions: vec![function("f")],
        mappings: vec![mapping("q", "f")],
        ..Wiring::default()
    }
}

fn begin(wiring: Wiring) -> Messaging {
    Messaging::new(wiring, Settings::default(), 7, START)
}

fn body(text: &str) -> Outgoing {
    Outgoing { body: text.into(), ..Outgoing::default() }
}

fn grouped(text: &str, group: &str) -> Outgoing {
    let id = Some(text.to_owned());
    Outgoing { group_id: Some(group.into()), deduplication_id: id, ..body(text) }
}

fn send(messaging: &mut Messaging, now: Time, message: Outgoing) {
    messaging.send_message(now, &arn("q"), message).unwrap();
}

fn runs(messaging: &mut Messaging, now: Time) -> Vec<Invocation> {
    messaging.advance(now);
    messaging.take_invocations()
}

fn bodies(run: &Invocation) -> Vec<String> {
    let records = run.payload["Records"].as_array().unwrap();
    records.iter().map(|r| r["body"].as_str().unwrap().to_owned()).collect()
}

fn succeed(messaging: &mut Messaging, now: Time, run: &Invocation) {
    messaging.finish(now, run.id, Ok(Value::Null));
}

fn publish(text: &str) -> Publish {
    Publish { topic_arn: arn("t"), message: text.into(), ..Publish::default() }
}

fn call_sns(
    messaging: &mut Messaging,
    now: Time,
    operation: &str,
    input: Value,
) -> Result<Value, ApiError> {
    messaging.call_sns(now, &Call::new(Api::Sns, operation, input))
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn publish_fifo(group: &str, id: &str) -> Publish {
    Publish { group_id: Some(group.into()), deduplication_id: Some(id.into()), ..publish(id) }
}
