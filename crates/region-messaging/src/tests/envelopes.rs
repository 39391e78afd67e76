//! How a message looks where it arrives: envelopes, attributes, digests and ids.

use super::*;

/// A topic `t` before a queue `q`, each FIFO or not, without a function.
fn to_queue(fifo_topic: bool, fifo_queue: bool, raw: bool) -> Messaging {
    let mut wiring = polled(fifo_queue);
    wiring.topics = vec![TopicSpec { content_based_deduplication: true, ..topic("t", fifo_topic) }];
    let subscribed = subscription("t", Endpoint::Queue(arn("q")));
    wiring.subscriptions = vec![SubscriptionSpec { raw, ..subscribed }];
    begin(wiring)
}

/// The record that arrives of a message with a subject and two attributes.
fn arrived(mut messaging: Messaging, group: Option<&str>) -> Value {
    let number = Attribute { data_type: "Number".to_owned(), value: "17".to_owned() };
    let attributes = [("rounds", number), ("delay_class", Attribute::string("soon"))];
    let request = Publish {
        subject: Some("a drain".to_owned()),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value)).into(),
        group_id: group.map(str::to_owned),
        ..publish("drain i-7")
    };
    messaging.publish(START, request).unwrap();
    let run = runs(&mut messaging, after(1)).remove(0);
    run.payload["Records"][0].clone()
}

/// The keys of the envelope in the order of its text.
fn keys(record: &Value) -> Vec<String> {
    let text = record["body"].as_str().unwrap();
    let envelope = parsed(text);
    let mut keys: Vec<_> = envelope.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.find(&format!("\"{key}\":")).unwrap());
    keys
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQS::test_subscribe_sqs_queue`.
#[test]
fn the_envelope_of_a_standard_topic_is_signed() {
    let record = arrived(to_queue(false, false, false), None);
    let expected = [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
        "MessageAttributes",
    ];
    assert_eq!(keys(&record), expected);
    let attributes = parsed(record["body"].as_str().unwrap())["MessageAttributes"].clone();
    let expected = json!({
        "rounds": {"Type": "Number", "Value": "17"},
        "delay_class": {"Type": "String", "Value": "soon"},
    });
    assert_eq!(attributes, expected);
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQSFifo::test_message_to_fifo_sqs`.
#[test]
fn the_envelope_of_a_fifo_topic_is_not_signed() {
    let record = arrived(to_queue(true, true, false), Some("g"));
    let expected = [
        "Type",
        "MessageId",
        "SequenceNumber",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "UnsubscribeURL",
        "MessageAttributes",
    ];
    assert_eq!(keys(&record), expected);
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQSFifo::test_message_to_fifo_sqs`.
#[test]
fn an_id_of_the_content_is_the_sha_256_of_the_message() {
    let id = "82afd910683efec4cf15b497f34853cef9e0d30f5ac0181f24df3def33df4cbe";
    for raw in [false, true] {
        let record = arrived(to_queue(true, true, raw), Some("g"));
        assert_eq!(record["attributes"]["MessageDeduplicationId"], id);
    }
    let mut wiring = polled(true);
    wiring.queues[0].content_based_deduplication = true;
    let mut messaging = begin(wiring);
    let message = Outgoing { group_id: Some("g".to_owned()), ..body("drain i-7") };
    send(&mut messaging, START, message);
    let run = runs(&mut messaging, after(1)).remove(0);
    assert_eq!(run.payload["Records"][0]["attributes"]["MessageDeduplicationId"], id);
}

/// As recorded from AWS: `test_lambda_integration_sqs.py`
/// `::test_message_body_and_attributes_passed_correctly`; the digests are computed by the rule of
/// the SQS developer guide.
#[test]
fn a_raw_message_keeps_the_types_of_its_attributes_and_its_digests() {
    let record = arrived(to_queue(false, false, true), None);
    assert_eq!(record["body"], "drain i-7");
    assert_eq!(record["md5OfBody"], "0537147756dd41fac64ae3cda356f23f");
    assert_eq!(record["md5OfMessageAttributes"], "3833fc0b59e53a33a213194657f30d1b");
    let rounds = json!({
        "stringValue": "17", "stringListValues": [], "binaryListValues": [], "dataType": "Number",
    });
    assert_eq!(record["messageAttributes"]["rounds"], rounds);
}

/// As recorded from AWS: `test_lambda_integration_sqs.py`
/// `::TestSQSEventSourceMapping::test_sqs_event_source_mapping`.
#[test]
fn without_attributes_their_digest_is_null() {
    let mut messaging = begin(polled(false));
    send(&mut messaging, START, body("größe"));
    let record = runs(&mut messaging, after(1)).remove(0).payload["Records"][0].clone();
    assert_eq!(record["md5OfBody"], "fdbb3a56280acfa9031707622c599ccb");
    assert_eq!(record.get("md5OfMessageAttributes"), Some(&Value::Null));
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQS::test_publish_message_group_id` and
/// `TestSNSSubscriptionSQSFifo::test_fifo_topic_to_regular_sqs`.
#[test]
fn a_standard_queue_shows_a_group_of_a_standard_topic_only() {
    let record = arrived(to_queue(false, false, true), Some("g"));
    assert_eq!(record["attributes"]["MessageGroupId"], "g");
    let record = arrived(to_queue(true, false, true), Some("g"));
    let attributes = record["attributes"].as_object().unwrap();
    for name in ["MessageGroupId", "MessageDeduplicationId", "SequenceNumber"] {
        assert!(!attributes.contains_key(name), "{name}");
    }
}
