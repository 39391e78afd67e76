//! What delivery promises, one sentence per test.

use serde_json::json;

use super::wiring::*;
use super::*;

const START: Time = Time::UNIX_EPOCH;

fn after(seconds: i64) -> Time {
    START + Duration::seconds(seconds)
}

fn arn(id: &str) -> String {
    format!("arn:{id}")
}

fn topic(id: &str, fifo: bool) -> TopicSpec {
    TopicSpec {
        logical_id: id.into(),
        name: id.into(),
        arn: arn(id),
        fifo,
        content_based_deduplication: false,
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
        filter_on_body: false,
        permitted: true,
    }
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

fn begin(wiring: Wiring) -> Delivery {
    Delivery::new(wiring, Settings::default(), 7, START)
}

fn body(text: &str) -> Outgoing {
    Outgoing { body: text.into(), ..Outgoing::default() }
}

fn grouped(text: &str, group: &str) -> Outgoing {
    let id = Some(text.to_owned());
    Outgoing { group_id: Some(group.into()), deduplication_id: id, ..body(text) }
}

fn send(delivery: &mut Delivery, now: Time, message: Outgoing) {
    delivery.send_message(now, &arn("q"), message).unwrap();
}

fn runs(delivery: &mut Delivery, now: Time) -> Vec<Invocation> {
    delivery.advance(now);
    delivery.take_invocations()
}

fn bodies(run: &Invocation) -> Vec<String> {
    let records = run.payload["Records"].as_array().unwrap();
    records.iter().map(|r| r["body"].as_str().unwrap().to_owned()).collect()
}

fn succeed(delivery: &mut Delivery, now: Time, run: &Invocation) {
    delivery.finish(now, run.id, Ok(Value::Null));
}

fn publish(text: &str) -> Publish {
    Publish { topic_arn: arn("t"), message: text.into(), ..Publish::default() }
}

fn publish_fifo(group: &str, id: &str) -> Publish {
    Publish { group_id: Some(group.into()), deduplication_id: Some(id.into()), ..publish(id) }
}

#[test]
fn a_batch_from_a_queue_has_the_documented_shape() {
    let mut delivery = begin(polled(true));
    send(&mut delivery, START, grouped("hello", "g"));
    let run = &runs(&mut delivery, after(1))[0];
    let record = &run.payload["Records"][0];
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["attributes"]["SentTimestamp"], "0");
    assert_eq!(record["attributes"]["MessageGroupId"], "g");
    assert_eq!(record["attributes"]["MessageDeduplicationId"], "hello");
    assert_eq!(record["eventSourceARN"], "arn:q");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["awsRegion"], REGION);
    assert!(record["messageId"].is_string() && record["receiptHandle"].is_string());
    assert_eq!(run.deadline, run.started + Duration::seconds(10));
}

#[test]
fn a_successful_batch_is_deleted_and_billed_by_the_millisecond() {
    let mut delivery = begin(polled(false));
    send(&mut delivery, START, body("a"));
    let run = runs(&mut delivery, after(1)).remove(0);
    let ended = run.started + Duration::microseconds(1_200);
    succeed(&mut delivery, ended, &run);
    let truth = delivery.queue_truth("q").unwrap();
    assert_eq!((truth.sent, truth.deleted, truth.visible, truth.in_flight), (1, 1, 0, 0));
    assert_eq!(delivery.function_truth("f").unwrap().billed_milliseconds, 2);
}

#[test]
fn a_delayed_message_waits_for_its_queue() {
    let mut wiring = polled(false);
    wiring.queues[0].delay_seconds = 30;
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("a"));
    assert!(runs(&mut delivery, after(29)).is_empty());
    assert_eq!(delivery.queue_truth("q").unwrap().delayed, 1);
    assert_eq!(runs(&mut delivery, after(31)).len(), 1);
}

#[test]
fn the_window_runs_from_the_first_message_and_folds_what_comes() {
    let mut wiring = polled(false);
    wiring.mappings[0].window_seconds = 2;
    wiring.mappings[0].batch_size = 100;
    let mut delivery = begin(wiring);
    for second in 0..3 {
        send(&mut delivery, after(second) - Duration::milliseconds(second), body("x"));
    }
    assert_eq!(runs(&mut delivery, after(2))[0].started, after(2));
    assert_eq!(delivery.queue_truth("q").unwrap().in_flight, 3);
}

#[test]
fn a_full_batch_does_not_wait_for_its_window() {
    let mut wiring = polled(false);
    wiring.mappings[0].window_seconds = 300;
    wiring.queues[0].visibility_timeout_seconds = 600;
    let mut delivery = begin(wiring);
    for number in 0..25 {
        send(&mut delivery, START, body(&number.to_string()));
    }
    let sizes: Vec<_> = runs(&mut delivery, after(1)).iter().map(|r| bodies(r).len()).collect();
    assert_eq!(sizes, [10, 10]);
    assert_eq!(bodies(&runs(&mut delivery, after(300))[0]).len(), 5);
}

#[test]
fn maximum_concurrency_bounds_the_batches_at_once() {
    let mut wiring = polled(false);
    wiring.mappings[0].maximum_concurrency = Some(2);
    wiring.mappings[0].batch_size = 1;
    let mut delivery = begin(wiring);
    for number in 0..5 {
        send(&mut delivery, START, body(&number.to_string()));
    }
    let running = runs(&mut delivery, after(5));
    assert_eq!(running.len(), 2);
    assert_eq!(delivery.queue_truth("q").unwrap().visible, 3);
    succeed(&mut delivery, after(6), &running[0]);
    assert_eq!(runs(&mut delivery, after(7)).len(), 1);
}

#[test]
fn only_reported_messages_return_after_the_visibility_timeout() {
    let mut delivery = begin(polled(false));
    send(&mut delivery, START, body("good"));
    send(&mut delivery, START, body("bad"));
    let run = runs(&mut delivery, after(1)).remove(0);
    let id = run.payload["Records"][1]["messageId"].clone();
    delivery.finish(after(1), run.id, Ok(json!({"batchItemFailures": [{"itemIdentifier": id}]})));
    assert!(runs(&mut delivery, after(59)).is_empty());
    let again = runs(&mut delivery, after(61)).remove(0);
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
        let mut delivery = begin(polled(false));
        send(&mut delivery, START, body("a"));
        send(&mut delivery, START, body("b"));
        let run = runs(&mut delivery, after(1)).remove(0);
        delivery.finish(after(1), run.id, Ok(answer.clone()));
        assert_eq!(delivery.queue_truth("q").unwrap().deleted, deleted, "{answer}");
        assert_eq!(delivery.function_truth("f").unwrap().errors, 0);
    }
}

#[test]
fn without_item_reports_any_answer_is_success() {
    let mut wiring = polled(false);
    wiring.mappings[0].report_batch_item_failures = false;
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("a"));
    let run = runs(&mut delivery, after(1)).remove(0);
    let answer = json!({"batchItemFailures": [{"itemIdentifier": ""}]});
    delivery.finish(after(1), run.id, Ok(answer));
    assert_eq!(delivery.queue_truth("q").unwrap().deleted, 1);
}

#[test]
fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    let mut wiring = polled(false);
    wiring.queues.push(queue("dead", false));
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 2 });
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("poison"));
    for round in 0..2 {
        let run = runs(&mut delivery, after(1 + round * 61)).remove(0);
        delivery.finish(after(1 + round * 61), run.id, Err("boom".into()));
    }
    assert!(runs(&mut delivery, after(200)).is_empty());
    assert_eq!(delivery.messages("dead")[0].content.body, "poison");
    assert_eq!(delivery.queue_truth("q").unwrap().redriven, 1);
    assert_eq!(delivery.function_truth("f").unwrap().errors, 2);
}

#[test]
fn a_run_past_its_deadline_is_an_error_and_is_not_heard_of_again() {
    let mut delivery = begin(polled(false));
    send(&mut delivery, START, body("a"));
    let run = runs(&mut delivery, after(1)).remove(0);
    delivery.advance(after(20));
    succeed(&mut delivery, after(20), &run);
    let truth = delivery.function_truth("f").unwrap();
    assert_eq!((truth.errors, truth.timeouts, truth.billed_milliseconds), (1, 1, 10_000));
    assert_eq!(delivery.queue_truth("q").unwrap().deleted, 0);
}

#[test]
fn an_answer_at_the_deadline_is_in_time() {
    let mut delivery = begin(polled(false));
    send(&mut delivery, START, body("a"));
    let run = runs(&mut delivery, after(1)).remove(0);
    succeed(&mut delivery, run.deadline, &run);
    assert_eq!(delivery.function_truth("f").unwrap().timeouts, 0);
    assert_eq!(delivery.queue_truth("q").unwrap().deleted, 1);
}

#[test]
fn a_message_is_forgotten_at_the_end_of_its_retention() {
    let mut wiring = Wiring { queues: vec![queue("q", false)], ..Wiring::default() };
    wiring.queues[0].retention_seconds = 60;
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("a"));
    delivery.advance(after(60));
    let truth = delivery.queue_truth("q").unwrap();
    assert_eq!((truth.expired, truth.visible), (1, 0));
}

#[test]
fn a_group_is_in_one_batch_at_a_time_and_keeps_its_order() {
    let mut wiring = polled(true);
    wiring.mappings[0].batch_size = 2;
    let mut delivery = begin(wiring);
    for text in ["a1", "a2", "a3"] {
        send(&mut delivery, START, grouped(text, "a"));
    }
    send(&mut delivery, START, grouped("b1", "b"));
    let first = runs(&mut delivery, after(1));
    assert_eq!(bodies(&first[0]), ["a1", "a2"]);
    assert_eq!(bodies(&first[1]), ["b1"]);
    succeed(&mut delivery, after(2), &first[0]);
    assert_eq!(bodies(&runs(&mut delivery, after(3))[0]), ["a3"]);
}

#[test]
fn a_failed_message_holds_up_its_group_until_it_is_visible_again() {
    let mut delivery = begin(polled(true));
    send(&mut delivery, START, grouped("a1", "a"));
    let run = runs(&mut delivery, after(1)).remove(0);
    delivery.finish(after(1), run.id, Err("boom".into()));
    send(&mut delivery, after(2), grouped("a2", "a"));
    assert!(runs(&mut delivery, after(59)).is_empty());
    assert_eq!(bodies(&runs(&mut delivery, after(62))[0]), ["a1", "a2"]);
}

#[test]
fn a_fifo_queue_wants_group_and_deduplication_id_and_removes_duplicates() {
    let mut delivery = begin(polled(true));
    let refused = delivery.send_message(START, &arn("q"), body("a")).unwrap_err();
    assert_eq!(refused.code, "MissingParameter");
    let no_id = Outgoing { group_id: Some("g".into()), ..body("a") };
    let refused = delivery.send_message(START, &arn("q"), no_id).unwrap_err();
    assert_eq!(refused.code, "InvalidParameterValue");
    for second in [0, 299, 300] {
        send(&mut delivery, after(second), grouped("a", "g"));
    }
    let truth = delivery.queue_truth("q").unwrap();
    assert_eq!((truth.sent, truth.deduplicated), (2, 1));
}

#[test]
fn a_fifo_topic_needs_group_and_id_and_delivers_one_message_per_id() {
    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut delivery = begin(wiring);
    let refused = delivery.publish(START, publish("a")).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameter"));
    let no_id = Publish { group_id: Some("g".into()), ..publish("a") };
    assert_eq!(delivery.publish(START, no_id).unwrap_err().code, "InvalidParameter");
    for _ in 0..3 {
        assert!(delivery.publish(START, publish_fifo("g", "once")).is_ok());
    }
    let run = runs(&mut delivery, after(1)).remove(0);
    assert_eq!(bodies(&run), ["once"]);
    let id = &run.payload["Records"][0]["attributes"]["MessageDeduplicationId"];
    assert_eq!(id, "once");
}

#[test]
fn a_fifo_topic_keeps_the_order_of_a_group() {
    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.mappings = vec![];
    let mut delivery = begin(wiring);
    let sent: Vec<String> = (0..50).map(|number| format!("{number:02}")).collect();
    for (id, millisecond) in sent.iter().zip(0..) {
        let now = START + Duration::milliseconds(millisecond);
        delivery.publish(now, publish_fifo("g", id)).unwrap();
    }
    delivery.advance(after(2));
    let arrived: Vec<_> = delivery.messages("q").iter().map(|m| m.content.body.clone()).collect();
    assert_eq!(arrived, sent);
}

#[test]
fn a_topic_that_does_not_exist_is_not_found() {
    let refused = begin(Wiring::default()).publish(START, publish("a")).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (404, "NotFound"));
}

#[test]
fn a_queue_gets_the_envelope_of_sns_unless_delivery_is_raw() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    let raw = subscription("t", Endpoint::Queue(arn("q")));
    wiring.subscriptions = vec![SubscriptionSpec { raw: false, ..raw.clone() }, raw];
    wiring.mappings = vec![];
    let mut delivery = begin(wiring);
    let attributes = BTreeMap::from([("pace".to_owned(), "soon".to_owned())]);
    delivery.publish(START, Publish { attributes, ..publish("plain") }).unwrap();
    delivery.advance(after(1));
    let arrived = delivery.messages("q");
    let raw = arrived.iter().find(|m| m.content.body == "plain").unwrap();
    assert_eq!(raw.content.attributes["pace"], "soon");
    let wrapped = arrived.iter().find(|m| m.content.body != "plain").unwrap();
    let envelope: Value = serde_json::from_str(&wrapped.content.body).unwrap();
    assert_eq!(envelope["Type"], "Notification");
    assert_eq!(envelope["Message"], "plain");
    assert_eq!(envelope["Timestamp"], "1970-01-01T00:00:00.000Z");
    assert_eq!(envelope["MessageAttributes"]["pace"]["Value"], "soon");
    assert!(envelope["SigningCertURL"].is_string());
}

#[test]
fn a_function_gets_the_record_of_sns() {
    let wiring = Wiring {
        topics: vec![topic("t", false)],
        functions: vec![function("f")],
        subscriptions: vec![subscription("t", Endpoint::Function(arn("f")))],
        ..Wiring::default()
    };
    let mut delivery = begin(wiring);
    let effect = Effect::Publish {
        topic_arn: arn("t"),
        subject: "terminating".into(),
        message: "{}".into(),
    };
    delivery.accept(START, effect);
    let run = runs(&mut delivery, after(1)).remove(0);
    let record = &run.payload["Records"][0];
    assert_eq!(record["EventSource"], "aws:sns");
    assert_eq!(record["Sns"]["Subject"], "terminating");
    assert_eq!(record["Sns"]["Message"], "{}");
    assert!(record["Sns"]["SigningCertUrl"].is_string());
}

#[test]
fn a_filter_policy_keeps_other_messages_away() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    let plain = subscription("t", Endpoint::Queue(arn("q")));
    wiring.subscriptions =
        vec![SubscriptionSpec { filter: Some(json!({"pace": ["soon"]})), ..plain }];
    let mut delivery = begin(wiring);
    for pace in ["soon", "later"] {
        let attributes = BTreeMap::from([("pace".to_owned(), pace.to_owned())]);
        delivery.publish(START, Publish { attributes, ..publish(pace) }).unwrap();
    }
    assert_eq!(bodies(&runs(&mut delivery, after(1))[0]), ["soon"]);
}

#[test]
fn a_wire_without_permission_carries_nothing() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.subscriptions[0].permitted = false;
    wiring.rules = vec![rule(Trigger::Pattern(json!({"a": [1]})), "q", TargetInput::Event)];
    wiring.rules[0].targets[0].permitted = false;
    let mut delivery = begin(wiring);
    delivery.publish(START, publish("a")).unwrap();
    delivery.put_event(START, &json!({"a": 1}));
    assert!(runs(&mut delivery, after(10)).is_empty());
    assert_eq!(delivery.undelivered(), 2);
}

#[test]
fn a_rule_gives_its_target_the_event_a_part_of_it_or_a_fixed_input() {
    let event = json!({"source": "aws.ecs", "detail": {"status": "DRAINING"}});
    let fixed = json!({"look": true});
    for (input, expected) in [
        (TargetInput::Event, event.clone()),
        (TargetInput::Path("$.detail.status".into()), json!("DRAINING")),
        (TargetInput::Fixed(fixed.clone()), fixed),
    ] {
        let pattern = Trigger::Pattern(json!({"source": ["aws.ecs"]}));
        for target in ["f", "q"] {
            let mut wiring = polled(false);
            wiring.rules = vec![rule(pattern.clone(), target, input.clone())];
            let mut delivery = begin(wiring);
            delivery.accept(START, Effect::Event(event.clone()));
            delivery.put_event(START, &json!({"source": "aws.ec2"}));
            let runs = runs(&mut delivery, after(3));
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
    let fixed = TargetInput::Fixed(json!({"tick": 1}));
    let once = FunctionSpec { maximum_retry_attempts: 0, ..function("f") };
    let wiring = Wiring {
        functions: vec![once],
        rules: vec![rule(Trigger::EveryMinutes(5), "f", fixed)],
        ..Wiring::default()
    };
    let mut delivery = begin(wiring);
    assert_eq!(delivery.next_due(), Some(after(300)));
    delivery.advance(after(910));
    assert_eq!(delivery.function_truth("f").unwrap().invocations, 3);
}

#[test]
fn a_failed_asynchronous_run_is_tried_again_after_one_and_two_minutes_and_then_recorded() {
    let mut wiring = Wiring {
        functions: vec![function("f")],
        queues: vec![queue("failed", false), queue("dead", false)],
        rules: vec![rule(Trigger::Pattern(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    wiring.functions[0].on_failure = Some(arn("failed"));
    wiring.functions[0].dead_letter = Some(arn("dead"));
    let mut delivery = begin(wiring);
    delivery.put_event(START, &json!({"a": 1}));
    let mut starts = Vec::new();
    while let Some(due) = delivery.next_due() {
        for run in runs(&mut delivery, due) {
            starts.push((run.started, run.request_id.clone()));
            delivery.finish(run.started, run.id, Err("boom".into()));
        }
    }
    assert_eq!(starts.len(), 3);
    assert_eq!(starts[1].0 - starts[0].0, Duration::minutes(1));
    assert_eq!(starts[2].0 - starts[1].0, Duration::minutes(2));
    assert!(starts.iter().all(|(_, request_id)| *request_id == starts[0].1));
    assert_eq!(delivery.function_truth("f").unwrap().async_dropped, 1);
    let record: Value = serde_json::from_str(&delivery.messages("failed")[0].content.body).unwrap();
    assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(record["requestPayload"], json!({"a": 1}));
    assert_eq!(delivery.messages("dead")[0].content.body, "{\"a\":1}");
}

#[test]
fn a_throttled_asynchronous_run_is_tried_until_six_hours_are_over() {
    let mut wiring = Wiring {
        functions: vec![function("f")],
        rules: vec![rule(Trigger::Pattern(json!({"a": [1]})), "f", TargetInput::Event)],
        ..Wiring::default()
    };
    wiring.functions[0].reserved_concurrency = Some(0);
    let mut delivery = begin(wiring);
    delivery.put_event(START, &json!({"a": 1}));
    delivery.advance(after(5 * 3600));
    assert_eq!(delivery.function_truth("f").unwrap().async_dropped, 0);
    delivery.advance(after(7 * 3600));
    let truth = delivery.function_truth("f").unwrap();
    assert_eq!((truth.async_dropped, truth.invocations), (1, 0));
    assert!(truth.throttles > 70);
    assert_eq!(delivery.next_due(), None);
}

#[test]
fn a_throttled_batch_returns_after_the_visibility_timeout_with_its_receive_counted() {
    let mut wiring = polled(false);
    wiring.functions[0].reserved_concurrency = Some(1);
    wiring.mappings[0].batch_size = 1;
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("a"));
    send(&mut delivery, START, body("b"));
    let run = runs(&mut delivery, after(1)).remove(0);
    succeed(&mut delivery, after(2), &run);
    assert_eq!(delivery.function_truth("f").unwrap().throttles, 1);
    assert!(runs(&mut delivery, after(59)).is_empty());
    let run = runs(&mut delivery, after(61)).remove(0);
    assert_eq!(run.payload["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
}

#[test]
fn a_mapping_filter_deletes_what_it_does_not_want() {
    let mut wiring = polled(false);
    wiring.mappings[0].filters = vec![json!({"body": {"kind": ["look"]}})];
    let mut delivery = begin(wiring);
    send(&mut delivery, START, body("{\"kind\":\"look\"}"));
    send(&mut delivery, START, body("{\"kind\":\"other\"}"));
    assert_eq!(bodies(&runs(&mut delivery, after(1))[0]), ["{\"kind\":\"look\"}"]);
    assert_eq!(delivery.queue_truth("q").unwrap().deleted, 1);
}

#[test]
fn whatever_may_come_twice_comes_twice_on_demand_and_fifo_does_not() {
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
fn a_rule_leads_to_a_topic_and_its_subscribers() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.rules = vec![rule(Trigger::Pattern(json!({"a": [1]})), "t", TargetInput::Event)];
    let mut delivery = begin(wiring);
    delivery.put_event(START, &json!({"a": 1}));
    assert_eq!(bodies(&runs(&mut delivery, after(3))[0]), ["{\"a\":1}"]);
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
        delivery.publish(now, publish("look")).unwrap();
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
fn the_same_seed_and_inputs_give_the_same_history() {
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
