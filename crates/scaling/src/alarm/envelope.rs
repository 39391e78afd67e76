//! The messages of an event, out of their envelopes.

use serde_json::Value;

use super::{Notification, classify};

/// One message of an event.
pub type Message = ::envelope::Message<Notification>;

/// Every message of `event`, in order. An event may carry several records; one that cannot be read
/// does not affect the others.
pub fn read(event: &Value) -> Vec<Message> {
    ::envelope::read(event, classify)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alarm::Malformed;
    use crate::alarm::Skip;
    use ::envelope::ENVELOPES;
    use serde_json::json;

    const RECONCILE: &str = r#"{"alarm":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"}"#;

    fn notifications(event: &Value) -> Vec<Result<Notification, Malformed>> {
        read(event).into_iter().map(|message| message.notification).collect()
    }

    fn is_reconcile(notification: &Result<Notification, Malformed>) -> bool {
        matches!(notification, Ok(Notification::Reconcile(alarm)) if alarm.name() == "a")
    }

    #[test]
    fn one_malformed_record_fails_no_other() {
        let sqs =
            |id: &str, body: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": body});
        let event = json!({"Records": [
            sqs("m-1", "{'alarmData': {'state': True}}"),
            {"messageId": "m-2", "eventSource": "aws:sqs"},
            sqs("m-3", "[1]"),
            sqs("m-4", RECONCILE),
            sqs("m-5", r#"{"requeue":{}}"#),
            null,
            {"EventSource": "aws:sns", "Sns": {"Message": {"alarm": 1}}},
            {"EventSource": "aws:sns", "Sns": {"Message": RECONCILE}},
        ]});
        let read = notifications(&event);
        assert!(matches!(read[0], Err(Malformed::NotJson(_))), "a Python literal");
        assert!(matches!(read[1], Err(Malformed::Field { field: "body", .. })));
        assert_eq!(read[2], Err(Malformed::NotObject("an array")));
        assert!(is_reconcile(&read[3]));
        assert!(matches!(read[4], Err(Malformed::Requeue(_))));
        assert_eq!(read[5], Err(Malformed::NotObject("null")));
        assert!(matches!(read[6], Err(Malformed::Field { field: "Sns.Message", .. })));
        assert!(is_reconcile(&read[7]));
        assert_eq!(read.len(), 8);
    }

    #[test]
    fn a_record_of_a_queue_keeps_its_message_id() {
        let body = json!({"Type": "Notification", "Message": RECONCILE}).to_string();
        let event = json!({"Records": [
            {"messageId": "m-1", "eventSource": "aws:sqs", "body": body},
            {"messageId": "m-2", "eventSource": "aws:sqs", "body": RECONCILE},
        ]});
        assert!(notifications(&event).iter().all(is_reconcile));
        let ids: Vec<_> = read(&event).into_iter().map(|message| message.sqs_id).collect();
        assert_eq!(ids, [Some("m-1".to_owned()), Some("m-2".to_owned())]);
    }

    #[test]
    fn a_bare_message_needs_no_envelope_and_an_empty_batch_says_nothing() {
        assert!(notifications(&serde_json::from_str(RECONCILE).unwrap()).iter().all(is_reconcile));
        assert!(read(&json!({"Records": []})).is_empty());
        let unknown = Notification::Skip { why: Skip::Unknown, alarm: None };
        assert_eq!(notifications(&json!({"hello": 1})), [Ok(unknown)]);
        assert_eq!(notifications(&json!(7)), [Err(Malformed::NotObject("a number"))]);
    }

    #[test]
    fn three_envelopes_are_opened_and_a_fourth_is_refused() {
        let mut message = RECONCILE.to_owned();
        for envelopes in 1..=ENVELOPES + 1 {
            message = json!({"Type": "Notification", "Message": message}).to_string();
            let read = notifications(&serde_json::from_str(&message).unwrap());
            if envelopes <= ENVELOPES {
                assert!(read.iter().all(is_reconcile));
            } else {
                assert_eq!(read, [Err(Malformed::TooDeep(ENVELOPES))]);
            }
        }
    }
}
