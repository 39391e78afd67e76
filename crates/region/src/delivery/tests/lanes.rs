//! Lanes: one message group each, turns without delay and ticks a minute later, through one
//! FIFO topic.

use super::*;

/// Topic `t`, queue `turns` to function `scale`, queue `minutes` to function `again`.
fn lanes() -> Wiring {
    let paced = |pace: &str, queue: &str| SubscriptionSpec {
        filter: Some(json!({"pace": [pace]})),
        ..subscription("t", Endpoint::Queue(arn(queue)))
    };
    Wiring {
        topics: vec![topic("t", true)],
        queues: vec![
            queue("turns", true),
            QueueSpec { delay_seconds: 65, ..queue("minutes", true) },
            queue("dead", true),
        ],
        functions: vec![function("scale"), function("again")],
        mappings: vec![
            MappingSpec { batch_size: 1, ..mapping("turns", "scale") },
            mapping("minutes", "again"),
        ],
        subscriptions: vec![paced("now", "turns"), paced("minute", "minutes")],
        ..Wiring::default()
    }
}

fn entry(pace: &str, lane: &str, text: &str) -> Value {
    json!({
        "Id": text,
        "Message": text,
        "MessageGroupId": lane,
        "MessageDeduplicationId": text,
        "MessageAttributes": [
            {"Name": "pace", "Value": {"DataType": "String", "StringValue": pace}},
        ],
    })
}

fn batch(entries: &[Value]) -> Value {
    json!({"TopicArn": arn("t"), "PublishBatchRequestEntries": entries})
}

fn publish_all(delivery: &mut Delivery, now: Time, entries: &[Value]) -> Value {
    delivery.call_sns(now, "PublishBatch", &batch(entries)).unwrap()
}

/// The one message of each run begun by `now`.
fn turns(delivery: &mut Delivery, now: Time) -> Vec<(String, Invocation)> {
    let started = runs(delivery, now).into_iter();
    started.map(|run| (bodies(&run).concat(), run)).collect()
}

fn names(turns: &[(String, Invocation)]) -> Vec<&str> {
    turns.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn one_batch_brings_a_turn_now_and_a_tick_a_minute_later() {
    let mut delivery = begin(lanes());
    let entries = [entry("now", "web", "turn"), entry("minute", "web", "tick")];
    let answer = publish_all(&mut delivery, START, &entries);
    assert_eq!(answer["Failed"], json!([]));
    let done = answer["Successful"].as_array().unwrap();
    assert_eq!((&done[0]["Id"], &done[1]["Id"]), (&json!("turn"), &json!("tick")));
    assert!(done[0]["SequenceNumber"].as_str() < done[1]["SequenceNumber"].as_str());
    let at_once = turns(&mut delivery, after(1));
    assert_eq!((names(&at_once), at_once[0].1.function.as_str()), (vec!["turn"], "scale"));
    succeed(&mut delivery, after(2), &at_once[0].1);
    assert!(turns(&mut delivery, after(64)).is_empty());
    let later = turns(&mut delivery, after(67));
    assert_eq!((names(&later), later[0].1.function.as_str()), (vec!["tick"], "again"));
}

#[test]
fn a_tick_sent_back_to_the_topic_takes_its_turn_in_its_lane() {
    let mut delivery = begin(lanes());
    publish_all(&mut delivery, START, &[entry("minute", "web", "tick")]);
    let tick = turns(&mut delivery, after(67)).remove(0).1;
    publish_all(&mut delivery, after(67), &[entry("now", "web", "alarm")]);
    let alarm = turns(&mut delivery, after(68)).remove(0).1;
    publish_all(&mut delivery, after(68), &[entry("now", "web", "tick-again")]);
    succeed(&mut delivery, after(68), &tick);
    assert!(turns(&mut delivery, after(70)).is_empty(), "the lane's turn is taken");
    succeed(&mut delivery, after(70), &alarm);
    assert_eq!(names(&turns(&mut delivery, after(71))), ["tick-again"]);
}

#[test]
fn a_lane_takes_one_turn_at_a_time_and_holds_up_no_other() {
    let mut delivery = begin(lanes());
    let entries = [("web", "w1"), ("web", "w2"), ("api", "a1"), ("web", "w3")];
    publish_all(&mut delivery, START, &entries.map(|(lane, text)| entry("now", lane, text)));
    let mut running = turns(&mut delivery, after(1));
    assert_eq!(names(&running), ["w1", "a1"]);
    for (second, next) in [(2, "w2"), (4, "w3")] {
        succeed(&mut delivery, after(second), &running[0].1);
        running = turns(&mut delivery, after(second + 1));
        assert_eq!(names(&running), [next]);
    }
}

/// The turns that follow a failed `w1`, each done as it comes, and the second each began.
fn after_failure(
    delivery: &mut Delivery,
    fail: impl FnOnce(&mut Delivery, &Invocation),
) -> Vec<(String, i64)> {
    publish_all(delivery, START, &[entry("now", "web", "w1")]);
    let first = turns(delivery, after(1)).remove(0).1;
    fail(delivery, &first);
    publish_all(delivery, after(12), &["w2", "w3"].map(|text| entry("now", "web", text)));
    let mut seen = Vec::new();
    for second in 13..200 {
        for (name, run) in turns(delivery, after(second)) {
            succeed(delivery, after(second), &run);
            seen.push((name, (run.started - START).whole_seconds()));
        }
    }
    seen
}

#[test]
fn after_a_crash_or_a_time_out_a_turn_comes_again_before_the_later_ones_of_its_lane() {
    let crash = |delivery: &mut Delivery, run: &Invocation| {
        delivery.finish(after(1), run.id, Err("crashed".to_owned()));
    };
    let report = |delivery: &mut Delivery, run: &Invocation| {
        let id = run.payload["Records"][0]["messageId"].clone();
        let failures = json!({"batchItemFailures": [{"itemIdentifier": id}]});
        delivery.finish(after(1), run.id, Ok(failures));
    };
    let time_out = |_: &mut Delivery, _: &Invocation| {};
    let histories = [
        after_failure(&mut begin(lanes()), crash),
        after_failure(&mut begin(lanes()), report),
        after_failure(&mut begin(lanes()), time_out),
    ];
    for history in histories {
        let order: Vec<_> = history.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(order, ["w1", "w2", "w3"]);
        assert!(history[0].1 >= 60, "not before its visibility timeout: {history:?}");
    }
}

#[test]
fn a_throttled_turn_comes_again_before_the_later_ones_of_its_lane() {
    let mut wiring = lanes();
    wiring.functions[0].reserved_concurrency = Some(1);
    let mut delivery = begin(wiring);
    publish_all(&mut delivery, START, &[entry("now", "api", "a1")]);
    let busy = turns(&mut delivery, after(1)).remove(0).1;
    publish_all(&mut delivery, after(2), &["w1", "w2"].map(|text| entry("now", "web", text)));
    assert!(turns(&mut delivery, after(3)).is_empty());
    succeed(&mut delivery, after(4), &busy);
    assert!(turns(&mut delivery, after(60)).is_empty(), "w1 is hidden, and w2 waits for it");
    let first = turns(&mut delivery, after(63));
    assert_eq!(names(&first), ["w1"]);
    succeed(&mut delivery, after(63), &first[0].1);
    assert_eq!(names(&turns(&mut delivery, after(64))), ["w2"]);
}

#[test]
fn a_turn_that_fails_too_often_leaves_its_lane_to_the_others() {
    let mut wiring = lanes();
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 2 });
    let mut delivery = begin(wiring);
    publish_all(&mut delivery, START, &["bad", "good"].map(|text| entry("now", "web", text)));
    let mut order = Vec::new();
    for second in 1..300 {
        for (name, run) in turns(&mut delivery, after(second)) {
            let result = if name == "bad" { Err("no".to_owned()) } else { Ok(Value::Null) };
            delivery.finish(after(second), run.id, result);
            order.push(name);
        }
    }
    assert_eq!(order, ["bad", "bad", "good"]);
    assert_eq!(delivery.messages("dead")[0].content.body, "bad");
}

#[test]
fn an_entry_fails_by_itself_and_a_duplicate_is_accepted_and_not_delivered() {
    let mut delivery = begin(lanes());
    let mut no_group = entry("now", "web", "no-group");
    no_group.as_object_mut().unwrap().remove("MessageGroupId");
    let mut duplicate = entry("now", "web", "first");
    duplicate["Id"] = json!("again");
    let entries = [entry("now", "web", "first"), no_group, duplicate];
    let answer = publish_all(&mut delivery, START, &entries);
    let ids = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|e| e["Id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&answer["Successful"]), ["first", "again"]);
    assert_eq!(ids(&answer["Failed"]), ["no-group"]);
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameter");
    assert_eq!(answer["Failed"][0]["SenderFault"], true);
    publish_all(&mut delivery, after(299), &[entry("now", "web", "first")]);
    delivery.advance(after(300));
    assert_eq!(delivery.queue_truth("turns").unwrap().sent, 1, "within five minutes");
    publish_all(&mut delivery, after(301), &[entry("now", "web", "first")]);
    delivery.advance(after(302));
    assert_eq!(delivery.queue_truth("turns").unwrap().sent, 2);
}

#[test]
fn a_batch_that_is_none_is_refused_whole() {
    let mut delivery = begin(lanes());
    let good = |id: usize| entry("now", "web", &id.to_string());
    let mut large = good(1);
    large["Message"] = json!("x".repeat(262_144));
    for (entries, code) in [
        (vec![], "EmptyBatchRequest"),
        ((0..11).map(good).collect(), "TooManyEntriesInBatchRequest"),
        (vec![good(1), good(1)], "BatchEntryIdsNotDistinct"),
        (vec![entry("now", "web", "a b")], "InvalidBatchEntryId"),
        (vec![large, good(2)], "BatchRequestTooLong"),
    ] {
        let refused = delivery.call_sns(START, "PublishBatch", &batch(&entries)).unwrap_err();
        assert_eq!(refused.code, code);
    }
    let nowhere = json!({"TopicArn": "none", "PublishBatchRequestEntries": [good(1)]});
    let refused = delivery.call_sns(START, "PublishBatch", &nowhere).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (404, "NotFound"));
    let unknown = delivery.call_sns(START, "Subscribe", &json!({})).unwrap_err();
    assert_eq!(unknown.code, "InvalidAction");
    assert!(turns(&mut delivery, after(5)).is_empty());
}
