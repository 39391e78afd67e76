//! SNS: envelopes, filters, permissions, and the order of FIFO topics.

use super::*;

#[test]
fn a_fifo_topic_needs_group_and_id_and_delivers_one_message_per_id() {
    let mut wiring = polled(true);
    wiring.topics = vec![topic("t", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut messaging = begin(wiring);
    let refused = messaging.publish(START, publish("a")).unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (400, "InvalidParameter"));
    let no_id = Publish { group_id: Some("g".into()), ..publish("a") };
    assert_eq!(messaging.publish(START, no_id).unwrap_err().code, "InvalidParameter");
    for _ in 0..3 {
        assert!(messaging.publish(START, publish_fifo("g", "once")).is_ok());
    }
    let run = runs(&mut messaging, after(1)).remove(0);
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
    let mut messaging = begin(wiring);
    let sent: Vec<String> = (0..50).map(|number| format!("{number:02}")).collect();
    for (id, millisecond) in sent.iter().zip(0..) {
        let now = START + Duration::milliseconds(millisecond);
        messaging.publish(now, publish_fifo("g", id)).unwrap();
    }
    messaging.advance(after(2));
    let arrived: Vec<_> = messaging.messages("q").iter().map(|m| m.content.body.clone()).collect();
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
    let mut messaging = begin(wiring);
    let attributes = BTreeMap::from([("delay_class".to_owned(), Attribute::string("soon"))]);
    messaging.publish(START, Publish { attributes, ..publish("plain") }).unwrap();
    messaging.advance(after(1));
    let arrived = messaging.messages("q");
    let raw = arrived.iter().find(|m| m.content.body == "plain").unwrap();
    assert_eq!(raw.content.attributes["delay_class"], Attribute::string("soon"));
    let wrapped = arrived.iter().find(|m| m.content.body != "plain").unwrap();
    let envelope: Value = serde_json::from_str(&wrapped.content.body).unwrap();
    assert_eq!(envelope["Type"], "Notification");
    assert_eq!(envelope["Message"], "plain");
    assert_eq!(envelope["Timestamp"], "1970-01-01T00:00:00.000Z");
    assert_eq!(envelope["MessageAttributes"]["delay_class"]["Value"], "soon");
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
    let mut messaging = begin(wiring);
    let effect = Effect::Publish {
        topic_arn: arn("t"),
        alarm_arn: None,
        subject: "terminating".into(),
        message: "{}".into(),
    };
    messaging.accept(START, effect);
    let run = runs(&mut messaging, after(1)).remove(0);
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
    let filter = FilterPolicy::on_attributes(&json!({"delay_class": ["soon"]})).unwrap();
    wiring.subscriptions = vec![SubscriptionSpec { filter: Some(filter), ..plain }];
    let mut messaging = begin(wiring);
    for delay_class in ["soon", "later"] {
        let attributes =
            BTreeMap::from([("delay_class".to_owned(), Attribute::string(delay_class))]);
        messaging.publish(START, Publish { attributes, ..publish(delay_class) }).unwrap();
    }
    assert_eq!(bodies(&runs(&mut messaging, after(1))[0]), ["soon"]);
}

#[test]
fn the_attributes_of_a_topic_are_those_that_are_simulated() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false), topic("ordered", true)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    let mut messaging = begin(wiring);
    let mut attributes =
        |id| call_sns(&mut messaging, START, "GetTopicAttributes", json!({"TopicArn": arn(id)}));
    let standard = json!({
        "TopicArn": arn("t"), "Owner": ACCOUNT, "DisplayName": "", "SubscriptionsConfirmed": "1",
        "SubscriptionsPending": "0", "SubscriptionsDeleted": "0",
    });
    assert_eq!(attributes("t").unwrap()["Attributes"], standard);
    let fifo = attributes("ordered").unwrap()["Attributes"].clone();
    assert_eq!(fifo["SubscriptionsConfirmed"], "0");
    assert_eq!(
        (&fifo["FifoTopic"], &fifo["ContentBasedDeduplication"]),
        (&json!("true"), &json!("false"))
    );
    assert_eq!(attributes("none").unwrap_err().code, "NotFound");
}

#[test]
fn a_connection_without_permission_delivers_nothing() {
    let mut wiring = polled(false);
    wiring.topics = vec![topic("t", false)];
    wiring.subscriptions = vec![subscription("t", Endpoint::Queue(arn("q")))];
    wiring.subscriptions[0].permitted = false;
    wiring.rules = vec![rule(on(json!({"a": [1]})), "q", TargetInput::Event)];
    wiring.rules[0].targets[0].permitted = false;
    let mut messaging = begin(wiring);
    messaging.publish(START, publish("a")).unwrap();
    messaging.put_event(START, &json!({"a": 1}));
    assert!(runs(&mut messaging, after(10)).is_empty());
    assert_eq!(messaging.undelivered(), 2);
}
