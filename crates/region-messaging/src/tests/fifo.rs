//! FIFO: the order of a receive, and what duplicates are answered.

use super::*;

/// The bodies of the batch that began by `now`.
fn received(messaging: &mut Messaging, now: Time) -> Vec<String> {
    let mut runs = runs(messaging, now);
    assert!(runs.len() <= 1, "one receive at a time");
    runs.pop().map(|run| bodies(&run)).unwrap_or_default()
}

/// A queue with the messages `sent`, each named `group-number`, polled for `most` at a time.
fn holding(sent: &[&str], most: u32) -> Messaging {
    let mut wiring = polled(true);
    wiring.mappings[0].batch_size = most;
    wiring.mappings[0].maximum_concurrency = Some(1);
    let mut messaging = begin(wiring);
    for name in sent {
        let (group, _) = name.split_once('-').unwrap();
        send(&mut messaging, START, grouped(name, group));
    }
    messaging
}

/// As recorded from AWS: `test_sqs.py::TestSqsProvider::test_fifo_receive_message_group_id_ordering`
/// and `test_fifo_receive_message_with_zero_visibility_timeout`.
#[test]
fn a_receive_takes_all_it_can_of_one_group_first() {
    let sent = ["web-1", "api-1", "api-2", "job-1", "web-2", "web-3"];
    for (most, expected) in [
        (10, vec!["web-1", "web-2", "web-3", "api-1", "api-2", "job-1"]),
        (4, vec!["web-1", "web-2", "web-3", "api-1"]),
        (2, vec!["web-1", "web-2"]),
    ] {
        assert_eq!(received(&mut holding(&sent, most), after(1)), expected, "{most}");
    }
}

/// As recorded from AWS: `test_sqs.py::TestSqsProvider::test_fifo_message_group_visibility_after_delete`.
#[test]
fn what_is_left_of_a_group_comes_by_its_first_message() {
    let mut messaging = holding(&["web-1", "web-2", "api-1", "web-3", "job-1", "api-2"], 2);
    let run = runs(&mut messaging, after(1)).remove(0);
    assert_eq!(bodies(&run), ["web-1", "web-2"]);
    succeed(&mut messaging, after(2), &run);
    assert_eq!(received(&mut messaging, after(3)), ["api-1", "api-2"]);
}

/// As recorded from AWS:
/// `test_sqs.py::TestSqsProvider::test_fifo_receive_message_visibility_timeout_shared_in_group`.
#[test]
fn a_group_that_became_visible_again_comes_after_those_that_were() {
    let mut wiring = polled(true);
    wiring.mappings[0].batch_size = 1;
    wiring.mappings[0].maximum_concurrency = Some(1);
    wiring.functions[0].timeout_seconds = 900;
    let mut messaging = begin(wiring);
    for name in ["web-1", "web-2", "api-1"] {
        send(&mut messaging, START, grouped(name, name.split('-').next().unwrap()));
    }
    let failed = runs(&mut messaging, after(1)).remove(0);
    messaging.advance(after(100));
    messaging.finish(after(100), failed.id, Err("no".into()));
    assert_eq!(
        received(&mut messaging, after(101)),
        ["api-1"],
        "web waits since 61 s, api since 0 s"
    );
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQSFifo`
/// `::test_publish_batch_messages_from_fifo_topic_to_fifo_queue`.
#[test]
fn a_duplicate_is_answered_as_the_first_message() {
    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut messaging = begin(wiring);
    let first = messaging.publish(START, publish_fifo("g", "one")).unwrap();
    let other = messaging.publish(START, publish_fifo("g", "two")).unwrap();
    assert!(first.sequence_number < other.sequence_number);
    let again = messaging.publish(after(299), publish_fifo("g", "one")).unwrap();
    assert_eq!(again, first);
    let new = messaging.publish(after(300), publish_fifo("g", "one")).unwrap();
    assert_ne!(new.message_id, first.message_id);
    assert!(new.sequence_number > other.sequence_number);
}

#[test]
fn a_duplicate_in_a_queue_is_answered_with_the_first_id() {
    let mut messaging = begin(polled(true));
    let mut sent =
        |second| messaging.send_message(after(second), &arn("q"), grouped("a", "g")).unwrap();
    let (first, again, new) = (sent(0), sent(200), sent(301));
    assert_eq!(first, again);
    assert_ne!(first, new);
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQS::test_publish_batch_exceptions`.
#[test]
fn a_batch_with_an_entry_without_group_or_id_fails_whole() {
    for missing in ["MessageGroupId", "MessageDeduplicationId"] {
        let mut wiring = polled(true);
        wiring.topics = vec![topic("t", true)];
        wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
        let mut messaging = begin(wiring);
        let entry = |id: &str| json!({"Id": id, "Message": id, "MessageGroupId": "g", "MessageDeduplicationId": id});
        let mut bad = entry("bad");
        bad.as_object_mut().unwrap().remove(missing);
        let batch = json!({
            "TopicArn": arn("t"), "PublishBatchRequestEntries": [entry("good"), bad],
        });
        let refused = call_sns(&mut messaging, START, "PublishBatch", batch).unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameter"));
        assert!(refused.message.contains(missing), "{}", refused.message);
        assert!(runs(&mut messaging, after(5)).is_empty(), "nothing of it is delivered");
    }
}
