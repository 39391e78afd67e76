//! Everything at once: duplicates, throughput, determinism.

use super::*;

#[test]
fn at_least_once_deliveries_are_duplicated_on_demand() {
    let twice = Settings { duplicate_all: true, ..Settings::default() };
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.mappings = vec![];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut messaging = Messaging::new(wiring, twice.clone(), 1, START);
    messaging.publish(START, publish("a")).unwrap();
    messaging.advance(after(20));
    assert_eq!(messaging.queue_truth("q").unwrap().sent, 4, "by SNS and again by SQS");

    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.mappings = vec![];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut messaging = Messaging::new(wiring, twice, 1, START);
    messaging.publish(START, publish_fifo("g", "a")).unwrap();
    messaging.advance(after(20));
    assert_eq!(messaging.queue_truth("q").unwrap().sent, 1);
}

#[test]
fn an_event_and_an_asynchronous_invocation_come_twice_on_demand() {
    let twice = Settings { duplicate_all: true, ..Settings::default() };
    let wiring = Wiring {
        functions: vec![function("f")],
        rules: vec![rule(on(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    let mut messaging = Messaging::new(wiring, twice, 1, START);
    messaging.put_event(START, &json!({"a": 1}));
    messaging.advance(after(20));
    assert_eq!(messaging.function_truth("f").unwrap().invocations, 4, "by each of the two");
}

#[test]
fn a_thousand_messages_a_second_all_arrive_in_a_batch_per_window() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.mappings[0].batch_size = 1000;
    wiring.mappings[0].window_seconds = 2;
    let mut messaging = begin(wiring);
    for millisecond in 0..6_000 {
        let now = START + Duration::milliseconds(millisecond);
        messaging.publish(now, publish("reconcile")).unwrap();
        for run in messaging.take_invocations() {
            succeed(&mut messaging, now, &run);
        }
    }
    for run in runs(&mut messaging, after(9)) {
        succeed(&mut messaging, after(9), &run);
    }
    assert_eq!(messaging.queue_truth("q").unwrap().deleted, 6_000);
    assert!(messaging.function_truth("f").unwrap().invocations <= 7);
}

#[test]
fn the_same_seed_and_inputs_give_the_same_run() {
    let history = |seed| {
        let settings = Settings { duplicate_probability: 0.3, ..Settings::default() };
        let mut wiring = polled(false);
        wiring.topics = vec![topic("t", false)];
        wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
        let mut messaging = Messaging::new(wiring, settings, seed, START);
        let mut seen = Vec::new();
        for second in 0..30 {
            messaging.publish(after(second), publish(&second.to_string())).unwrap();
            for run in runs(&mut messaging, after(second) + Duration::milliseconds(900)) {
                succeed(&mut messaging, run.started, &run);
                seen.push(run);
            }
        }
        seen
    };
    assert_eq!(history(3), history(3));
    assert_ne!(history(3), history(4));
}
