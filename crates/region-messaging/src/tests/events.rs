//! EventBridge, schedules and asynchronous runs.

use super::*;

#[test]
fn a_rule_gives_its_target_the_event_a_part_of_it_or_a_fixed_input() {
    let event = json!({"source": "aws.ecs", "detail": {"status": "DRAINING"}});
    let fixed = json!({"reconcile": true});
    for (input, expected) in [
        (TargetInput::Event, event.clone()),
        (TargetInput::Path("$.detail.status".into()), json!("DRAINING")),
        (TargetInput::Fixed(fixed.clone()), fixed),
    ] {
        let pattern = on(json!({"source": ["aws.ecs"]}));
        for target in ["f", "q"] {
            let mut wiring = polled(false);
            wiring.rules = vec![rule(pattern.clone(), target, input.clone())];
            let mut messaging = begin(wiring);
            messaging.accept(START, Effect::Event(event.clone()));
            messaging.put_event(START, &json!({"source": "aws.ec2"}));
            let runs = runs(&mut messaging, after(3));
            assert_eq!(runs.len(), 1);
            if target == "f" {
                assert_eq!(runs[0].payload, expected);
            } else {
                assert_eq!(bodies(&runs[0]), [expected.to_string()]);
            }
        }
    }
}

#[test]
fn a_schedule_fires_every_period_from_when_the_rule_was_made() {
    let fixed = TargetInput::Fixed(json!({"requeue": 1}));
    let once = FunctionSpec { maximum_retry_attempts: 0, ..function("f") };
    let wiring = Wiring {
        functions: vec![once],
        rules: vec![rule(Trigger::EveryMinutes(5), "f", fixed)],
        ..Wiring::default()
    };
    let mut messaging = begin(wiring);
    assert_eq!(messaging.next_due(), Some(after(300)));
    messaging.advance(after(910));
    assert_eq!(messaging.function_truth("f").unwrap().invocations, 3);
}

#[test]
fn a_failed_asynchronous_run_is_retried_twice_and_then_recorded() {
    let mut wiring = Wiring {
        functions: vec![function("f")],
        queues: vec![queue("failed", false), queue("dead", false)],
        rules: vec![rule(on(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    wiring.functions[0].on_failure = Some(arn("failed"));
    wiring.functions[0].dead_letter = Some(arn("dead"));
    let mut messaging = begin(wiring);
    messaging.put_event(START, &json!({"a": 1}));
    let mut starts = Vec::new();
    while let Some(due) = messaging.next_due() {
        for run in runs(&mut messaging, due) {
            starts.push((run.started, run.request_id.clone()));
            messaging.finish(run.started, run.id, Err("boom".into()));
        }
    }
    assert_eq!(starts.len(), 3);
    assert_eq!(starts[1].0 - starts[0].0, Duration::minutes(1));
    assert_eq!(starts[2].0 - starts[1].0, Duration::minutes(2));
    assert!(starts.iter().all(|(_, request_id)| *request_id == starts[0].1));
    assert_eq!(messaging.function_truth("f").unwrap().async_dropped, 1);
    let record: Value =
        serde_json::from_str(&messaging.messages("failed")[0].content.body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["requestPayload"], json!({"a": 1}));
    assert_eq!(messaging.messages("dead")[0].content.body, "{\"a\":1}");
}

#[test]
fn a_throttled_asynchronous_run_is_tried_until_six_hours_are_over() {
    let mut wiring = Wiring {
        functions: vec![function("f")],
        rules: vec![rule(on(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    wiring.functions[0].reserved_concurrency = Some(1);
    wiring.functions[0].timeout_seconds = 86_400;
    let mut messaging = begin(wiring);
    messaging.put_event(START, &json!({"a": 1}));
    messaging.advance(after(2));
    messaging.put_event(after(2), &json!({"a": 1}));
    messaging.advance(after(5 * 3600));
    assert_eq!(messaging.function_truth("f").unwrap().async_dropped, 0);
    messaging.advance(after(7 * 3600));
    let truth = messaging.function_truth("f").unwrap();
    assert_eq!((truth.async_dropped, truth.invocations), (1, 1), "the first still runs");
    assert!(truth.throttles > 70);
}

#[test]
fn a_rule_leads_to_a_topic_and_its_subscribers() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.rules = vec![rule(on(json!({"a": [1]})), "t", TargetInput::Event)];
    let mut messaging = begin(wiring);
    messaging.put_event(START, &json!({"a": 1}));
    assert_eq!(bodies(&runs(&mut messaging, after(3))[0]), ["{\"a\":1}"]);
}
