use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::anything::anything;

const MESSAGE: &str = r#"{"number":7}"#;

type Read = Result<i64, Malformed>;

fn classify(message: &Value) -> Read {
    let number = Field { kind: "test", path: "number", value: message.get("number") };
    number.value.and_then(Value::as_i64).ok_or_else(|| number.is("absent"))
}

fn read_all(event: &Value) -> Vec<Read> {
    read(event, classify).into_iter().map(|message| message.notification).collect()
}

#[test]
fn each_record_of_an_sns_event_is_read_with_either_spelling_of_the_urls() {
    let event = json!({"Records": [
        {"EventSource": "aws:sns", "Sns": {"Message": MESSAGE, "SigningCertUrl": "x"}},
        {"EventSource": "aws:sns", "Sns": {"Message": MESSAGE, "SigningCertURL": "x"}},
    ]});
    assert_eq!(read_all(&event), [Ok(7), Ok(7)]);
}

#[test]
fn a_record_of_a_queue_keeps_its_message_id_and_delay_class() {
    let body = json!({"Type": "Notification", "Message": MESSAGE}).to_string();
    let attributes = json!({"delay_class": {"stringValue": "soon", "dataType": "String"}});
    let event = json!({"Records": [
        {"messageId": "m-1", "eventSource": "aws:sqs", "body": body},
        {"messageId": "m-2", "eventSource": "aws:sqs", "body": MESSAGE,
         "messageAttributes": attributes},
    ]});
    let message = |id: &str, delay_class: Option<&str>| Message {
        sqs_id: Some(id.to_owned()),
        delay_class: delay_class.map(str::to_owned),
        notification: Ok(7),
    };
    assert_eq!(read(&event, classify), [message("m-1", None), message("m-2", Some("soon"))]);
}

#[test]
fn one_malformed_record_fails_no_other() {
    let sqs =
        |id: &str, body: &str| json!({"messageId": id, "eventSource": "aws:sqs", "body": body});
    let event = json!({"Records": [
        sqs("m-1", "{'number': True}"),
        {"messageId": "m-2", "eventSource": "aws:sqs"},
        sqs("m-3", "[1]"),
        sqs("m-4", MESSAGE),
        sqs("m-5", r#"{"number":"seven"}"#),
        null,
        {"EventSource": "aws:sns", "Sns": {"Message": {"number": 7}}},
        {"EventSource": "aws:sns", "Sns": {"Message": MESSAGE}},
    ]});
    let read = read_all(&event);
    assert!(matches!(read[0], Err(Malformed::NotJson(_))), "a Python literal");
    assert!(matches!(read[1], Err(Malformed::Field { field: "body", .. })));
    assert_eq!(read[2], Err(Malformed::NotObject("an array")));
    assert_eq!(read[3], Ok(7));
    assert!(matches!(read[4], Err(Malformed::Field { field: "number", .. })));
    assert_eq!(read[5], Err(Malformed::NotObject("null")));
    assert!(matches!(read[6], Err(Malformed::Field { field: "Sns.Message", .. })));
    assert_eq!(read[7], Ok(7));
    assert_eq!(read.len(), 8);
}

#[test]
fn a_bare_message_needs_no_envelope_and_an_empty_batch_says_nothing() {
    assert_eq!(read_all(&json!({"number": 7})), [Ok(7)]);
    assert_eq!(read_all(&json!(7)), [Err(Malformed::NotObject("a number"))]);
    assert!(read_all(&json!({"Records": []})).is_empty());
}

#[test]
fn three_envelopes_are_opened_and_a_fourth_is_refused() {
    let mut message = MESSAGE.to_owned();
    for envelopes in 1..=ENVELOPES + 1 {
        message = json!({"Type": "Notification", "Message": message}).to_string();
        let expected =
            if envelopes <= ENVELOPES { Ok(7) } else { Err(Malformed::TooDeep(ENVELOPES)) };
        assert_eq!(read_all(&serde_json::from_str(&message).unwrap()), [expected]);
    }
}

proptest! {
    #[test]
    fn every_record_of_any_event_is_read_or_named(event in anything("number")) {
        let records = event.get("Records").and_then(Value::as_array).map_or(1, Vec::len);
        let read = read_all(&event);
        prop_assert_eq!(read.len(), records);
        for malformed in read.into_iter().filter_map(Result::err) {
            prop_assert!(!malformed.to_string().is_empty());
        }
    }
}
