//! Unwraps the messages of an event.

use serde_json::Value;

use super::{Notification, classify};

/// One message of an event.
pub type Message = ::envelope::Message<Notification>;

/// Reads every message of `event`, in order. An SNS event may carry several records; one that
/// cannot be read does not affect the others.
pub fn read(event: &Value) -> Vec<Message> {
    ::envelope::read(event, classify)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::Malformed;
    use crate::notification::Skip;
    use ::envelope::ENVELOPES;
    use proptest::prelude::*;
    use serde_json::json;

    const REQUEUE: &str = r#"{"requeue":{"cluster":"demo","delay_class":"soon","bucket":7}}"#;

    fn notifications(event: &Value) -> Vec<Result<Notification, Malformed>> {
        read(event).into_iter().map(|message| message.notification).collect()
    }

    fn is_requeue(notification: &Result<Notification, Malformed>) -> bool {
        matches!(notification, Ok(Notification::Requeue(requeue)) if requeue.bucket == 7)
    }

    #[test]
    fn each_record_of_an_sns_event_is_read_with_either_spelling_of_the_urls() {
        let event = json!({"Records": [
            {"EventSource": "aws:sns", "Sns": {"Message": REQUEUE, "SigningCertUrl": "x"}},
            {"EventSource": "aws:sns", "Sns": {"Message": REQUEUE, "SigningCertURL": "x"}},
        ]});
        assert!(notifications(&event).iter().all(is_requeue));
        assert_eq!(notifications(&event).len(), 2);
    }

    #[test]
    fn a_notification_in_a_queue_is_opened_and_keeps_its_message_id() {
        let body = json!({"Type": "Notification", "Message": REQUEUE}).to_string();
        let event = json!({"Records": [
            {"messageId": "m-1", "eventSource": "aws:sqs", "body": body},
            {"messageId": "m-2", "eventSource": "aws:sqs", "body": REQUEUE},
        ]});
        assert!(notifications(&event).iter().all(is_requeue));
        let ids: Vec<_> = read(&event).into_iter().map(|message| message.sqs_id).collect();
        assert_eq!(ids, [Some("m-1".to_owned()), Some("m-2".to_owned())]);
    }

    #[test]
    fn one_malformed_record_fails_no_other() {
        let event = json!({"Records": [
            {"messageId": "m-1", "eventSource": "aws:sqs", "body": "{not json"},
            {"messageId": "m-2", "eventSource": "aws:sqs"},
            {"messageId": "m-3", "eventSource": "aws:sqs", "body": "[1]"},
            {"messageId": "m-4", "eventSource": "aws:sqs", "body": REQUEUE},
            {"messageId": "m-5", "eventSource": "aws:sqs", "body": "{\"requeue\":{}}"},
            null,
        ]});
        let read = notifications(&event);
        assert!(matches!(read[0], Err(Malformed::NotJson(_))));
        assert!(matches!(read[1], Err(Malformed::Field { field: "body", .. })));
        assert_eq!(read[2], Err(Malformed::NotObject("an array")));
        assert!(is_requeue(&read[3]));
        assert!(matches!(read[4], Err(Malformed::Requeue(_))));
        assert_eq!(read[5], Err(Malformed::NotObject("null")));
    }

    #[test]
    fn a_bare_message_needs_no_envelope_and_an_empty_batch_says_nothing() {
        assert!(notifications(&serde_json::from_str(REQUEUE).unwrap()).iter().all(is_requeue));
        assert!(read(&json!({"Records": []})).is_empty());
        assert_eq!(notifications(&json!({"hello": 1})), [Ok(Notification::Skip(Skip::Unknown))]);
    }

    #[test]
    fn envelopes_without_end_are_refused() {
        let mut message = REQUEUE.to_owned();
        for _ in 0..=ENVELOPES {
            message = json!({"Type": "Notification", "Message": message}).to_string();
        }
        let event = serde_json::from_str(&message).unwrap();
        assert_eq!(notifications(&event), [Err(Malformed::TooDeep(ENVELOPES))]);
    }

    /// Arbitrary JSON that contains keys and values of real messages.
    fn anything() -> impl Strategy<Value = Value> {
        const WORDS: [&str; 24] = [
            "Records",
            "Sns",
            "Message",
            "Type",
            "Notification",
            "eventSource",
            "aws:sqs",
            "body",
            "messageId",
            "requeue",
            "cluster",
            "delay_class",
            "soon",
            "bucket",
            "schedule",
            "detail-type",
            "detail",
            "ECS Task State Change",
            "lastStatus",
            "STOPPED",
            "LifecycleTransition",
            "autoscaling:EC2_INSTANCE_TERMINATING",
            "EC2InstanceId",
            "time",
        ];
        let word = || {
            prop_oneof![
                proptest::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
                "\\PC{0,8}"
            ]
        };
        let leaf = prop_oneof![
            word().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(6, 64, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(word(), inner.clone(), 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
                inner.prop_map(|value| Value::from(value.to_string())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_record_of_any_event_is_a_notification_a_skip_or_named(event in anything()) {
            let records = event.get("Records").and_then(Value::as_array).map_or(1, Vec::len);
            let read = read(&event);
            prop_assert_eq!(read.len(), records);
            for malformed in read.into_iter().filter_map(|message| message.notification.err()) {
                prop_assert!(!malformed.to_string().is_empty());
            }
        }
    }
}
