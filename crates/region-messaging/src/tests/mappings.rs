//! Batches: how they come together, and what becomes of their answers.

use super::*;

#[test]
fn a_batch_from_a_queue_has_the_documented_shape() {
    let mut messaging = begin(polled(true));
    send(&mut messaging, START, grouped("hello", "g"));
    let run = &runs(&mut messaging, after(1))[0];
    let record = &run.payload["Records"][0];
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["attributes"]["SentTimestamp"], "0");
    assert_eq!(record["attributes"]["MessageGroupId"], "g");
    assert_eq!(record["attributes"]["MessageDeduplicationId"], "hello");
    assert_eq!(record["eventSourceARN"], arn("q"));
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["awsRegion"], REGION);
    assert!(record["messageId"].is_string() && record["receiptHandle"].is_string());
    assert_eq!(run.deadline, run.started + Duration::seconds(10));
}

#[test]
fn a_successful_batch_is_deleted_and_billed_by_the_millisecond() {
    let mut messaging = begin(polled(false));
    send(&mut messaging, START, body("a"));
    let run = runs(&mut messaging, after(1)).remove(0);
    let ended = run.started + Duration::microseconds(1_200);
    succeed(&mut messaging, ended, &run);
    let truth = messaging.queue_truth("q").unwrap();
    assert_eq!((truth.sent, truth.deleted, truth.visible, truth.in_flight), (1, 1, 0, 0));
    assert_eq!(messaging.function_truth("f").unwrap().billed_milliseconds, 2);
}

#[test]
fn the_window_runs_from_the_first_message_and_folds_what_comes() {
    let mut wiring = polled(false);
    wiring.mappings[0].window_seconds = 2;
    wiring.mappings[0].batch_size = 100;
    let mut messaging = begin(wiring);
    for second in 0..3 {
        send(&mut messaging, after(second) - Duration::milliseconds(second), body("x"));
    }
    assert_eq!(runs(&mut messaging, after(2))[0].started, after(2));
    assert_eq!(messaging.queue_truth("q").unwrap().in_flight, 3);
}

#[test]
fn a_full_batch_does_not_wait_for_its_window() {
    let mut wiring = polled(false);
    wiring.mappings[0].window_seconds = 300;
    wiring.queues[0].visibility_timeout_seconds = 600;
    let mut messaging = begin(wiring);
    for number in 0..25 {
        send(&mut messaging, START, body(&number.to_string()));
    }
    let sizes: Vec<_> = runs(&mut messaging, after(1)).iter().map(|r| bodies(r).len()).collect();
    assert_eq!(sizes, [10, 10]);
    assert_eq!(bodies(&runs(&mut messaging, after(300))[0]).len(), 5);
}

#[test]
fn maximum_concurrency_bounds_the_batches_at_once() {
    let mut wiring = polled(false);
    wiring.mappings[0].maximum_concurrency = Some(2);
    wiring.mappings[0].batch_size = 1;
    let mut messaging = begin(wiring);
    for number in 0..5 {
        send(&mut messaging, START, body(&number.to_string()));
    }
    let running = runs(&mut messaging, after(5));
    assert_eq!(running.len(), 2);
    assert_eq!(messaging.queue_truth("q").unwrap().visible, 3);
    succeed(&mut messaging, after(6), &running[0]);
    assert_eq!(runs(&mut messaging, after(7)).len(), 1);
}

#[test]
fn only_reported_messages_return_after_the_visibility_timeout() {
    let mut messaging = begin(polled(false));
    send(&mut messaging, START, body("good"));
    send(&mut messaging, START, body("bad"));
    let run = runs(&mut messaging, after(1)).remove(0);
    let id = run.payload["Records"][1]["messageId"].clone();
    messaging.finish(after(1), run.id, Ok(json!({"batchItemFailures": [{"itemIdentifier": id}]})));
    assert!(runs(&mut messaging, after(59)).is_empty());
    let again = runs(&mut messaging, after(61)).remove(0);
    assert_eq!(bodies(&again), ["bad"]);
    assert_eq!(again.payload["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn an_answer_is_judged_by_the_rules_of_partial_batch_responses() {
    for (answer, deleted) in [
        (json!(null), 2),
        (json!({}), 2),
        (json!({"batchItemFailures": null}), 2),
        (json!({"batchItemFailures": []}), 2),
        (json!({"batchItemFailures": [{"itemIdentifier": ""}]}), 0),
        (json!({"batchItemFailures": [{"itemIdentifier": null}]}), 0),
        (json!({"batchItemFailures": [{"id": "x"}]}), 0),
        (json!({"batchItemFailures": [{"itemIdentifier": "unknown"}]}), 0),
        (json!({"batchItemFailures": "all"}), 0),
        (json!("fine"), 0),
    ] {
        let mut messaging = begin(polled(false));
        send(&mut messaging, START, body("a"));
        send(&mut messaging, START, body("b"));
        let run = runs(&mut messaging, after(1)).remove(0);
        messaging.finish(after(1), run.id, Ok(answer.clone()));
        assert_eq!(messaging.queue_truth("q").unwrap().deleted, deleted, "{answer}");
        assert_eq!(messaging.function_truth("f").unwrap().errors, 0);
    }
}

#[test]
fn without_item_reports_any_answer_is_success() {
    let mut wiring = polled(false);
    wiring.mappings[0].report_batch_item_failures = false;
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("a"));
    let run = runs(&mut messaging, after(1)).remove(0);
    let answer = json!({"batchItemFailures": [{"itemIdentifier": ""}]});
    messaging.finish(after(1), run.id, Ok(answer));
    assert_eq!(messaging.queue_truth("q").unwrap().deleted, 1);
}

#[test]
fn a_run_past_its_deadline_is_an_error_and_is_not_heard_of_again() {
    let mut messaging = begin(polled(false));
    send(&mut messaging, START, body("a"));
    let run = runs(&mut messaging, after(1)).remove(0);
    messaging.advance(after(20));
    succeed(&mut messaging, after(20), &run);
    let truth = messaging.function_truth("f").unwrap();
    assert_eq!((truth.errors, truth.timeouts, truth.billed_milliseconds), (1, 1, 10_000));
    assert_eq!(messaging.queue_truth("q").unwrap().deleted, 0);
}

#[test]
fn an_answer_at_the_deadline_is_in_time() {
    let mut messaging = begin(polled(false));
    send(&mut messaging, START, body("a"));
    let run = runs(&mut messaging, after(1)).remove(0);
    succeed(&mut messaging, run.deadline, &run);
    assert_eq!(messaging.function_truth("f").unwrap().timeouts, 0);
    assert_eq!(messaging.queue_truth("q").unwrap().deleted, 1);
}

#[test]
fn a_throttled_batch_returns_later_with_its_receive_counted() {
    let mut wiring = polled(false);
    wiring.functions[0].reserved_concurrency = Some(1);
    wiring.mappings[0].batch_size = 1;
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("a"));
    send(&mut messaging, START, body("b"));
    let run = runs(&mut messaging, after(1)).remove(0);
    succeed(&mut messaging, after(2), &run);
    assert_eq!(messaging.function_truth("f").unwrap().throttles, 1);
    assert!(runs(&mut messaging, after(59)).is_empty());
    let run = runs(&mut messaging, after(61)).remove(0);
    assert_eq!(run.payload["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn a_mapping_filter_deletes_what_it_does_not_want() {
    let mut wiring = polled(false);
    let filter = json!({"body": {"kind": ["reconcile"]}});
    wiring.mappings[0].filters = vec![Pattern::of_mapping(&filter).unwrap()];
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("{\"kind\":\"reconcile\"}"));
    send(&mut messaging, START, body("{\"kind\":\"other\"}"));
    assert_eq!(bodies(&runs(&mut messaging, after(1))[0]), ["{\"kind\":\"reconcile\"}"]);
    assert_eq!(messaging.queue_truth("q").unwrap().deleted, 1);
}
