//! SQS: delay, receipt, retention, and the order of FIFO queues.

use super::*;

#[test]
fn a_delayed_message_waits_for_its_queue() {
    let mut wiring = polled(false);
    wiring.queues[0].delay_seconds = 30;
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("a"));
    assert!(runs(&mut messaging, after(29)).is_empty());
    assert_eq!(messaging.queue_truth("q").unwrap().delayed, 1);
    assert_eq!(runs(&mut messaging, after(31)).len(), 1);
}

#[test]
fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    let mut wiring = polled(false);
    wiring.queues.push(queue("dead", false));
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 2 });
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("poison"));
    for round in 0..2 {
        let run = runs(&mut messaging, after(1 + round * 61)).remove(0);
        messaging.finish(after(1 + round * 61), run.id, Err("boom".into()));
    }
    assert!(runs(&mut messaging, after(200)).is_empty());
    assert_eq!(messaging.messages("dead")[0].content.body, "poison");
    assert_eq!(messaging.queue_truth("q").unwrap().redriven, 1);
    assert_eq!(messaging.function_truth("f").unwrap().errors, 2);
}

#[test]
fn a_message_is_forgotten_at_the_end_of_its_retention() {
    let mut wiring = Wiring { queues: vec![queue("q", false)], ..Wiring::default() };
    wiring.queues[0].retention_seconds = 60;
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("a"));
    messaging.advance(after(60));
    let truth = messaging.queue_truth("q").unwrap();
    assert_eq!((truth.expired, truth.visible), (1, 0));
}

#[test]
fn a_group_is_in_one_batch_at_a_time_and_keeps_its_order() {
    let mut wiring = polled(true);
    wiring.mappings[0].batch_size = 2;
    let mut messaging = begin(wiring);
    for text in ["a1", "a2", "a3"] {
        send(&mut messaging, START, grouped(text, "a"));
    }
    send(&mut messaging, START, grouped("b1", "b"));
    let first = runs(&mut messaging, after(1));
    assert_eq!(bodies(&first[0]), ["a1", "a2"]);
    assert_eq!(bodies(&first[1]), ["b1"]);
    succeed(&mut messaging, after(2), &first[0]);
    assert_eq!(bodies(&runs(&mut messaging, after(3))[0]), ["a3"]);
}

#[test]
fn a_failed_message_holds_up_its_group_until_it_is_visible_again() {
    let mut messaging = begin(polled(true));
    send(&mut messaging, START, grouped("a1", "a"));
    let run = runs(&mut messaging, after(1)).remove(0);
    messaging.finish(after(1), run.id, Err("boom".into()));
    send(&mut messaging, after(2), grouped("a2", "a"));
    assert!(runs(&mut messaging, after(59)).is_empty());
    assert_eq!(bodies(&runs(&mut messaging, after(62))[0]), ["a1", "a2"]);
}

#[test]
fn a_fifo_queue_wants_group_and_deduplication_id_and_removes_duplicates() {
    let mut messaging = begin(polled(true));
    let refused = messaging.send_message(START, &arn("q"), body("a")).unwrap_err();
    assert_eq!(refused.code, "MissingParameter");
    let no_id = Outgoing { group_id: Some("g".into()), ..body("a") };
    let refused = messaging.send_message(START, &arn("q"), no_id).unwrap_err();
    assert_eq!(refused.code, "InvalidParameterValue");
    for second in [0, 299, 300] {
        send(&mut messaging, after(second), grouped("a", "g"));
    }
    let truth = messaging.queue_truth("q").unwrap();
    assert_eq!((truth.sent, truth.deduplicated), (2, 1));
}
