//! Lambda's recursive-loop detection
//! (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>).

use super::*;

/// Ends every run by `until`, each after `again` was called for it. Returns their number.
fn played(
    messaging: &mut Messaging,
    until: Time,
    again: impl Fn(&mut Messaging, &Invocation),
) -> usize {
    let mut count = 0;
    loop {
        for run in messaging.take_invocations() {
            again(messaging, &run);
            succeed(messaging, run.started, &run);
            count += 1;
        }
        match messaging.next_due() {
            Some(due) if due <= until => messaging.advance(due),
            _ => return count,
        }
    }
}

/// Publishes what a run was given to topic `t` again, as that run.
fn publish_again(messaging: &mut Messaging, run: &Invocation) {
    let id = run.request_id.clone();
    let call = Call {
        trace: Some(run.trace.clone()),
        ..Call::new(
            Api::Sns,
            "Publish",
            json!({
                "TopicArn": arn("t"), "Message": "again",
                "MessageGroupId": "g", "MessageDeduplicationId": id,
            }),
        )
    };
    messaging.call_sns(run.started, &call).unwrap();
}

fn stopping(id: &str) -> FunctionSpec {
    FunctionSpec { recursive_loop_allowed: false, ..function(id) }
}

/// `f` is invoked by the topic `t`, without a queue.
fn through_topic(f: FunctionSpec) -> Wiring {
    Wiring {
        topics: vec![topic("t", false)],
        subscriptions: vec![subscription("t", Endpoint::Function(arn("f")))],
        queues: vec![queue("failed", false), queue("dead", false)],
        functions: vec![FunctionSpec {
            on_failure: Some(arn("failed")),
            dead_letter: Some(arn("dead")),
            ..f
        }],
        ..Wiring::default()
    }
}

fn publish_standard(messaging: &mut Messaging, run: &Invocation) {
    let trace = Some(run.trace.clone());
    messaging.publish(run.started, Publish { trace, ..publish("again") }).unwrap();
}

/// `f` polls a FIFO queue behind the FIFO topic `t`, as the loop of the product does.
fn through_queue(f: FunctionSpec) -> Wiring {
    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.queues.push(queue("dead", true));
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 3 });
    wiring.functions = vec![f];
    wiring
}

#[test]
fn a_loop_through_a_topic_is_stopped_after_sixteen_runs() {
    let mut messaging = begin(through_topic(stopping("f")));
    messaging.publish(START, publish("again")).unwrap();
    assert_eq!(played(&mut messaging, after(3600), publish_standard), 16);
    let truth = messaging.function_truth("f").unwrap();
    assert_eq!((truth.invocations, truth.errors), (16, 0));
    assert_eq!((truth.recursive_dropped, truth.async_dropped), (1, 1), "it is not retried");
    let record = parsed(&messaging.messages("failed")[0].content.body);
    assert_eq!(record["requestContext"]["condition"], "RecursiveInvocation");
    assert_eq!(record["requestContext"]["approximateInvokeCount"], 0);
    assert_eq!(record["requestPayload"]["Records"][0]["Sns"]["Message"], "again");
    assert!(messaging.messages("dead")[0].content.body.contains("again"));
}

#[test]
fn a_loop_through_a_queue_is_stopped_and_its_message_is_dead() {
    let mut messaging = begin(through_queue(stopping("f")));
    messaging.publish(START, publish_fifo("g", "first")).unwrap();
    assert_eq!(played(&mut messaging, after(3600), publish_again), 16);
    let truth = messaging.function_truth("f").unwrap();
    assert_eq!(truth.recursive_dropped, 3, "once at each receive");
    assert_eq!(messaging.messages("dead").len(), 1);
    assert_eq!(messaging.queue_truth("q").unwrap().redriven, 1);
}

#[test]
fn a_loop_that_is_allowed_goes_on() {
    for wiring in [through_topic(function("f")), through_queue(function("f"))] {
        let fifo = wiring.topics[0].fifo;
        let mut messaging = begin(wiring);
        let first = if fifo { publish_fifo("g", "first") } else { publish("first") };
        messaging.publish(START, first).unwrap();
        let count = played(&mut messaging, after(10), |messaging, run| {
            if fifo { publish_again(messaging, run) } else { publish_standard(messaging, run) }
        });
        assert!(count > 48, "{count}");
        assert_eq!(messaging.function_truth("f").unwrap().recursive_dropped, 0);
    }
}

#[test]
fn each_function_of_a_loop_is_counted_by_itself() {
    let mut wiring = Wiring {
        topics: vec![topic("t", false), topic("u", false)],
        subscriptions: vec![
            subscription("t", Endpoint::Function(arn("f"))),
            subscription("u", Endpoint::Function(arn("g"))),
        ],
        functions: vec![stopping("f"), stopping("g")],
        ..Wiring::default()
    };
    let other = |messaging: &mut Messaging, run: &Invocation| {
        let topic_arn = if run.function == "f" { arn("u") } else { arn("t") };
        let trace = Some(run.trace.clone());
        let request = Publish { topic_arn, trace, ..publish("again") };
        messaging.publish(run.started, request).unwrap();
    };
    let mut messaging = begin(wiring.clone());
    messaging.publish(START, publish("first")).unwrap();
    assert_eq!(played(&mut messaging, after(3600), other), 32);
    wiring.functions[1].recursive_loop_allowed = true;
    let mut messaging = begin(wiring);
    messaging.publish(START, publish("first")).unwrap();
    assert_eq!(played(&mut messaging, after(3600), other), 32, "both need the permission");
    assert_eq!(messaging.function_truth("f").unwrap().recursive_dropped, 1);
}

#[test]
fn a_new_message_begins_a_chain_of_its_own() {
    let mut messaging = begin(through_topic(stopping("f")));
    let new = |messaging: &mut Messaging, run: &Invocation| {
        messaging.publish(run.started, publish("new")).unwrap();
    };
    messaging.publish(START, publish("first")).unwrap();
    assert!(played(&mut messaging, after(10), new) > 32);
}

#[test]
fn a_message_that_is_returned_is_no_further_invocation() {
    let mut wiring = polled(false);
    wiring.functions = vec![stopping("f")];
    let mut messaging = begin(wiring);
    send(&mut messaging, START, body("a"));
    let mut traces = Vec::new();
    while traces.len() < 40 {
        let due = messaging.next_due().unwrap();
        for run in runs(&mut messaging, due) {
            traces.push(run.trace.rsplit(';').next().unwrap().to_owned());
            messaging.finish(run.started, run.id, Err("no".into()));
        }
    }
    assert!(traces.iter().all(|lineage| *lineage == traces[0]), "{traces:?}");
}

#[test]
fn one_message_of_a_stopped_loop_stops_its_batch() {
    let mut wiring = polled(false);
    wiring.mappings[0].window_seconds = 2;
    wiring.queues.push(queue("dead", false));
    wiring.queues[0].redrive = Some(Redrive { queue_arn: arn("dead"), max_receive_count: 1 });
    wiring.functions = vec![stopping("f")];
    let mut messaging = begin(wiring);
    let again = |messaging: &mut Messaging, run: &Invocation| {
        let trace = Some(run.trace.clone());
        let number = messaging.function_truth("f").unwrap().invocations;
        send(messaging, run.started, Outgoing { trace, ..body(&number.to_string()) });
        if number == 16 {
            send(messaging, run.started, body("innocent"));
        }
    };
    send(&mut messaging, START, body("0"));
    assert_eq!(played(&mut messaging, after(3600), again), 16);
    let dead: Vec<_> =
        messaging.messages("dead").iter().map(|message| message.content.body.clone()).collect();
    assert_eq!(dead, ["16", "innocent"]);
}

#[test]
fn what_lambda_sends_about_a_stopped_loop_starts_no_other() {
    let mut wiring = through_topic(stopping("f"));
    wiring.functions[0].on_failure = Some(arn("t"));
    wiring.functions[0].dead_letter = None;
    let mut messaging = begin(wiring);
    messaging.publish(START, publish("first")).unwrap();
    assert_eq!(played(&mut messaging, after(36_000), publish_standard), 16);
    assert_eq!(messaging.function_truth("f").unwrap().recursive_dropped, 2);
    assert_eq!(messaging.next_due(), None);
}

#[test]
fn a_message_shows_the_trace_header_of_its_sender() {
    let mut messaging = begin(polled(false));
    let trace = Some("Root=1-00000007-aa;Sampled=0;Lineage=0badcafe:4".to_owned());
    send(&mut messaging, START, Outgoing { trace: trace.clone(), ..body("a") });
    let run = runs(&mut messaging, after(1)).remove(0);
    assert_eq!(run.payload["Records"][0]["attributes"]["AWSTraceHeader"], json!(trace));
    assert!(
        run.trace.contains("0badcafe:4|") || run.trace.contains("|0badcafe:4"),
        "{}",
        run.trace
    );
}
