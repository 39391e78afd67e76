//! Serialization keys through one FIFO topic: each is a message group, with work items that
//! are delivered immediately and requeue messages that are delivered a minute later.

use super::*;

/// Topic `t`, queue `work-items` to function `scale`, queue `minutes` to function `again`.
fn wiring() -> Wiring {
    let filtered = |delay_class: &str, queue: &str| SubscriptionSpec {
        filter: FilterPolicy::on_attributes(&json!({"delay_class": [delay_class]})).ok(),
        ..subscription("t", Endpoint::Queue(arn(queue)))
    };
    Wiring {
        topics: vec![topic("t", true)],
        queues: vec![
            queue("work-items", true),
            QueueSpec { delay_seconds: 65, ..queue("minutes", true) },
            queue("dead", true),
        ],
        functions: vec![function("scale"), function("again")],
        mappings: vec![
            MappingSpec { batch_size: 1, ..mapping("work-items", "scale") },
            mapping("minutes", "again"),
        ],
        subscriptions: vec![filtered("now", "work-items"), filtered("minute", "minutes")],
        ..Wiring::default()
    }
}

fn entry(delay_class: &str, serialization_key: &str, text: &str) -> Value {
    json!({
        "Id": text,
        "Message": text,
        "MessageGroupId": serialization_key,
        "MessageDeduplicationId": text,
        "MessageAttributes": [
            {"Name": "delay_class", "Value": {"DataType": "String", "StringValue": delay_class}},
        ],
    })
}

fn batch(entries: &[Value]) -> Value {
    json!({"TopicArn": arn("t"), "PublishBatchRequestEntries": entries})
}

fn publish_all(messaging: &mut Messaging, now: Time, entries: &[Value]) -> Value {
    call_sns(messaging, now, "PublishBatch", batch(entries)).unwrap()
}

/// The message of each run that began by `now`.
fn work_items(messaging: &mut Messaging, now: Time) -> Vec<(String, Invocation)> {
    let started = runs(messaging, now).into_iter();
    started.map(|run| (bodies(&run).concat(), run)).collect()
}

fn names(work_items: &[(String, Invocation)]) -> Vec<&str> {
    work_items.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn one_batch_delivers_a_work_item_now_and_a_requeue_in_a_minute() {
    let mut messaging = begin(wiring());
    let entries = [entry("now", "web", "work-item"), entry("minute", "web", "requeue")];
    let answer = publish_all(&mut messaging, START, &entries);
    assert_eq!(answer["Failed"], json!([]));
    let done = answer["Successful"].as_array().unwrap();
    assert_eq!((&done[0]["Id"], &done[1]["Id"]), (&json!("work-item"), &json!("requeue")));
    assert!(done[0]["SequenceNumber"].as_str() < done[1]["SequenceNumber"].as_str());
    let at_once = work_items(&mut messaging, after(1));
    assert_eq!((names(&at_once), at_once[0].1.function.as_str()), (vec!["work-item"], "scale"));
    succeed(&mut messaging, after(2), &at_once[0].1);
    assert!(work_items(&mut messaging, after(64)).is_empty());
    let later = work_items(&mut messaging, after(67));
    assert_eq!((names(&later), later[0].1.function.as_str()), (vec!["requeue"], "again"));
}

#[test]
fn a_requeue_message_waits_for_the_running_work_item_of_its_key() {
    let mut messaging = begin(wiring());
    publish_all(&mut messaging, START, &[entry("minute", "web", "requeue")]);
    let requeue = work_items(&mut messaging, after(67)).remove(0).1;
    publish_all(&mut messaging, after(67), &[entry("now", "web", "alarm")]);
    let alarm = work_items(&mut messaging, after(68)).remove(0).1;
    publish_all(&mut messaging, after(68), &[entry("now", "web", "requeue-again")]);
    succeed(&mut messaging, after(68), &requeue);
    assert!(work_items(&mut messaging, after(70)).is_empty(), "a work item of the key runs");
    succeed(&mut messaging, after(70), &alarm);
    assert_eq!(names(&work_items(&mut messaging, after(71))), ["requeue-again"]);
}

#[test]
fn work_items_of_one_key_run_one_by_one_and_block_no_other_key() {
    let mut messaging = begin(wiring());
    let entries = [("web", "w1"), ("web", "w2"), ("api", "a1"), ("web", "w3")];
    publish_all(&mut messaging, START, &entries.map(|(key, text)| entry("now", key, text)));
    let mut running = work_items(&mut messaging, after(1));
    assert_eq!(names(&running), ["w1", "a1"]);
    for (second, next) in [(2, "w2"), (4, "w3")] {
        succeed(&mut messaging, after(second), &running[0].1);
        running = work_items(&mut messaging, after(second + 1));
        assert_eq!(names(&running), [next]);
    }
}

/// The work items after a failed `w1`, and the second in which each began. Each succeeds at once.
fn after_failure(
    messaging: &mut Messaging,
    fail: impl FnOnce(&mut Messaging, &Invocation),
) -> Vec<(String, i64)> {
    publish_all(messaging, START, &[entry("now", "web", "w1")]);
    let first = work_items(messaging, after(1)).remove(0).1;
    fail(messaging, &first);
    publish_all(messaging, after(12), &["w2", "w3"].map(|text| entry("now", "web", text)));
    let mut seen = Vec::new();
    for second in 13..200 {
        for (name, run) in work_items(messaging, after(second)) {
            succeed(messaging, after(second), &run);
            seen.push((name, (run.started - START).whole_seconds()));
        }
    }
    seen
}

#[test]
fn a_failed_work_item_is_retried_before_later_ones_of_its_key() {
    let crash = |messaging: &mut Messaging, run: &Invocation| {
        messaging.finish(after(1), run.id, Err("crashed".into()));
    };
    let report = |messaging: &mut Messaging, run: &Invocation| {
        let id = run.payload["Records"][0]["messageId"].clone();
        let failures = json!({"batchItemFailures": [{"itemIdentifier": id}]});
        messaging.finish(after(1), run.id, Ok(failures));
    };
    let time_out = |_: &mut Messaging, _: &Invocation| {};
    let runs = [
        after_failure(&mut begin(wiring()), crash),
        after_failure(&mut begin(wiring()), report),
        after_failure(&mut begin(wiring()), time_out),
    ];
    for run in runs {
        let order: Vec<_> = run.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(order, ["w1", "w2", "w3"]);
        assert!(run[0].1 >= 60, "not before its visibility timeout: {run:?}");
    }
}

#[test]
fn a_throttled_work_item_is_retried_before_later_ones_of_its_key() {
    let mut wiring = self::wiring();
    wiring.functions[0].reserved_concurrency = Some(1);
    let mut messaging = begin(wiring);
    publish_all(&mut messaging, START, &[entry("now", "api", "a1")]);
    let busy = work_items(&mut messaging, after(1)).remove(0).1;
    publish_all(&mut messaging, after(2), &["w1", "w2"].map(|text| entry("now", "web", text)));
    assert!(work_items(&mut messaging, after(3)).is_empty());
    succeed(&mut messaging, after(4), &busy);
    assert!(work_items(&mut messaging, after(60)).is_empty(), "w1 is hidden, and w2 waits for it");
    let first = work_items(&mut messaging, after(63));
    assert_eq!(names(&first), ["w1"]);
    succeed(&mut messaging, after(63), &first[0].1);
    assert_eq!(names(&work_items(&mut messaging, after(64))), ["w2"]);
}

#[test]
fn a_work_item_that_fails_too_often_unblocks_its_key() {
    let mut wiring = self::wiring();
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 2 });
    let mut messaging = begin(wiring);
    publish_all(&mut messaging, START, &["bad", "good"].map(|text| entry("now", "web", text)));
    let mut order = Vec::new();
    for second in 1..300 {
        for (name, run) in work_items(&mut messaging, after(second)) {
            let result = if name == "bad" { Err("no".into()) } else { Ok(Value::Null) };
            messaging.finish(after(second), run.id, result);
            order.push(name);
        }
    }
    assert_eq!(order, ["bad", "bad", "good"]);
    assert_eq!(messaging.messages("dead")[0].content.body, "bad");
}

#[test]
fn entries_fail_one_by_one_and_duplicates_are_not_delivered() {
    let mut messaging = begin(wiring());
    let mut empty = entry("now", "web", "empty");
    empty["Message"] = json!("");
    let mut duplicate = entry("now", "web", "first");
    duplicate["Id"] = json!("again");
    let entries = [entry("now", "web", "first"), empty, duplicate];
    let answer = publish_all(&mut messaging, START, &entries);
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|e| e["Id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&answer["Successful"]), ["first", "again"]);
    assert_eq!(ids(&answer["Failed"]), ["empty"]);
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameter");
    assert_eq!(answer["Failed"][0]["SenderFault"], true);
    publish_all(&mut messaging, after(299), &[entry("now", "web", "first")]);
    messaging.advance(after(300));
    assert_eq!(messaging.queue_truth("work-items").unwrap().sent, 1, "within five minutes");
    publish_all(&mut messaging, after(301), &[entry("now", "web", "first")]);
    messaging.advance(after(302));
    assert_eq!(messaging.queue_truth("work-items").unwrap().sent, 2);
}
