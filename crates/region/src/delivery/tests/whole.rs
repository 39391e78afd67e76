//! Everything at once: duplicates, throughput, determinism.

use super::*;

#[test]
fn at_least_once_deliveries_are_duplicated_on_demand() {
    let twice = Settings { duplicate_all: true, ..Settings::default() };
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.mappings = vec![];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut delivery = Delivery::new(wiring, twice.clone(), 1, START);
    delivery.publish(START, publish("a")).unwrap();
    delivery.advance(after(20));
    assert_eq!(delivery.queue_truth("q").unwrap().sent, 4, "by SNS and again by SQS");

    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.mappings = vec![];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut delivery = Delivery::new(wiring, twice, 1, START);
    delivery.publish(START, publish_fifo("g", "a")).unwrap();
    delivery.advance(after(20));
    assert_eq!(delivery.queue_truth("q").unwrap().sent, 1);
}

#[test]
fn an_event_and_an_asynchronous_invocation_come_twice_on_demand() {
    let twice = Settings { duplicate_all: true, ..Settings::default() };
    let wiring = Wiring {
        functions: vec![function("f")],
        rules: vec![rule(Trigger::Pattern(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    let mut delivery = Delivery::new(wiring, twice, 1, START);
    delivery.put_event(START, &json!({"a": 1}));
    delivery.advance(after(20));
    assert_eq!(delivery.function_truth("f").unwrap().invocations, 4, "by each of the two");
}

#[test]
fn a_thousand_messages_a_second_all_arrive_in_a_batch_per_window() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.mappings[0].batch_size = 1000;
    wiring.mappings[0].window_seconds = 2;
    let mut delivery = begin(wiring);
    for millisecond in 0..6_000 {
        let now = START + Duration::milliseconds(millisecond);
        delivery.publish(now, publish("reconcile")).unwrap();
        for run in delivery.take_invocations() {
            succeed(&mut delivery, now, &run);
        }
    }
    for run in runs(&mut delivery, after(9)) {
        succeed(&mut delivery, after(9), &run);
    }
    assert_eq!(delivery.queue_truth("q").unwrap().deleted, 6_000);
    assert!(delivery.function_truth("f").unwrap().invocations <= 7);
}

#[test]
fn the_same_seed_and_inputs_give_the_same_run() {
    let history = |seed| {
        let settings = Settings { duplicate_probability: 0.3, ..Settings::default() };
        let mut wiring = polled(false);
        wiring.topics = vec![topic("t", false)];
        wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
        let mut delivery = Delivery::new(wiring, settings, seed, START);
        let mut seen = Vec::new();
        for second in 0..30 {
            delivery.publish(after(second), publish(&second.to_string())).unwrap();
            for run in runs(&mut delivery, after(second) + Duration::milliseconds(900)) {
                succeed(&mut delivery, run.started, &run);
                seen.push(run);
            }
        }
        seen
    };
    assert_eq!(history(3), history(3));
    assert_ne!(history(3), history(4));
}
