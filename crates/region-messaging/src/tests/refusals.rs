//! What SNS and SQS refuse, in AWS's words.

use super::*;

/// A standard topic `t` and a FIFO topic `ordered`.
fn topics() -> Messaging {
    let wiring =
        Wiring { topics: vec![topic("t", false), topic("ordered", true)], ..Wiring::default() };
    begin(wiring)
}

fn refused(operation: &str, input: Value) -> (String, String) {
    let error = call_sns(&mut topics(), START, operation, input).unwrap_err();
    assert_eq!(error.status, if error.code == "NotFound" { 404 } else { 400 });
    (error.code, error.message)
}

fn invalid(message: &str) -> (String, String) {
    ("InvalidParameter".to_owned(), format!("Invalid parameter: {message}"))
}

/// As recorded from AWS: `test_sns.py::TestSNSPublishCrud::test_publish_wrong_arn_format`,
/// `test_topic_publish_another_region` and `test_unknown_topic_publish`.
#[test]
fn the_arn_of_a_topic_is_checked_before_the_topic_is_looked_for() {
    let abroad = format!("arn:aws:sns:eu-north-1:{ACCOUNT}:t");
    for operation in ["Publish", "PublishBatch", "GetTopicAttributes"] {
        let to =
            |topic_arn: &str| refused(operation, json!({"TopicArn": topic_arn, "Message": "a"}));
        let few = |count| {
            invalid(&format!("TopicArn Reason: An ARN must have at least 6 elements, not {count}"))
        };
        assert_eq!(to(""), few(1));
        assert_eq!(to("arn:aws:sns"), few(3));
        assert_eq!(to(&abroad), invalid("TopicArn"));
        assert_eq!(to(&arn("none")), ("NotFound".to_owned(), "Topic does not exist".to_owned()));
    }
}

/// As recorded from AWS: `test_sns.py::TestSNSPublishCrud::test_empty_sns_message`,
/// `test_publish_with_empty_subject` and `test_publish_too_long_message`; the other subjects by
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
#[test]
fn a_message_is_refused_by_its_text_subject_and_size() {
    let attributes =
        json!([{"Name": "size", "Value": {"DataType": "Number", "StringValue": "12"}}]);
    for (fields, message) in [
        (json!({"Message": ""}), Some("Empty message")),
        (json!({"Message": "a", "Subject": ""}), Some("Subject")),
        (json!({"Message": "a", "Subject": "s".repeat(101)}), Some("Subject")),
        (json!({"Message": "a", "Subject": "two\nlines"}), Some("Subject")),
        (json!({"Message": "a", "Subject": "s".repeat(100)}), None),
        (json!({"Message": "é".repeat(131_072)}), None),
        (json!({"Message": "é".repeat(131_073)}), Some("Message too long")),
        (
            json!({"Message": "a".repeat(262_133), "MessageAttributes": attributes}),
            Some("Message too long"),
        ),
        (json!({"Message": "a".repeat(262_132), "MessageAttributes": attributes}), None),
    ] {
        let mut input = fields.clone();
        input["TopicArn"] = json!(arn("t"));
        let answer = call_sns(&mut topics(), START, "Publish", input);
        let error = answer.err().map(|error| (error.code, error.message));
        assert_eq!(error, message.map(invalid), "{:.80}", fields.to_string());
    }
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQSFifo::test_validations_for_fifo`; the
/// characters of ids by <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>, the words of
/// their refusal are a guess.
#[test]
fn group_and_deduplication_id_fit_the_type_of_the_topic() {
    for (topic, fields, message) in [
        ("ordered", json!({}), "The MessageGroupId parameter is required for FIFO topics"),
        (
            "ordered",
            json!({"MessageGroupId": "g"}),
            "The topic should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        ),
        (
            "t",
            json!({"MessageDeduplicationId": "d"}),
            "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter \
             that is not valid for this topic type",
        ),
        ("t", json!({"MessageGroupId": "a b"}), "MessageGroupId"),
        (
            "ordered",
            json!({"MessageGroupId": "g", "MessageDeduplicationId": "é"}),
            "MessageDeduplicationId",
        ),
    ] {
        let mut input = fields;
        input["TopicArn"] = json!(arn(topic));
        input["Message"] = json!("a");
        assert_eq!(refused("Publish", input), invalid(message));
    }
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQS::test_empty_or_wrong_message_attributes`.
#[test]
fn attributes_are_refused_by_name_type_and_value() {
    let text = json!({"DataType": "String", "StringValue": "x"});
    let long = "n".repeat(257);
    for (name, value, code, message) in [
        (
            "size",
            json!({"DataType": "String", "StringValue": ""}),
            "ParameterValueInvalid",
            "The message attribute 'size' must contain non-empty message attribute value for \
             message attribute type 'String'.",
        ),
        (
            "size",
            json!({"StringValue": "x"}),
            "ValidationError",
            "1 validation error detected: Value null at 'messageAttributes.size.member.dataType' \
             failed to satisfy constraint: Member must not be null",
        ),
        (
            "size",
            json!({"DataType": "String", "BinaryValue": "eA=="}),
            "ParameterValueInvalid",
            "The message attribute 'size' with type 'String' must use field 'String'.",
        ),
        (
            "size",
            json!({"DataType": "Text", "StringValue": "x"}),
            "ParameterValueInvalid",
            "The message attribute 'size' has an invalid message attribute type, the set of \
             supported type prefixes is Binary, Number, and String.",
        ),
        (
            long.as_str(),
            text.clone(),
            "ParameterValueInvalid",
            "Length of message attribute name must be less than 256 bytes.",
        ),
        (
            "a$b",
            text.clone(),
            "ParameterValueInvalid",
            "Invalid non-alphanumeric character '#x24' was found in the message attribute name. \
             Can only include alphanumeric characters, hyphens, underscores, or dots.",
        ),
        (
            ".size",
            text.clone(),
            "ParameterValueInvalid",
            "Invalid message attribute name starting with character '.' was found.",
        ),
        (
            "size.",
            text.clone(),
            "ParameterValueInvalid",
            "Invalid message attribute name ending with character '.' was found.",
        ),
        (
            "a..b",
            text.clone(),
            "ParameterValueInvalid",
            "Message attribute name can not have successive '.' character.",
        ),
    ] {
        let attributes = json!([{"Name": name, "Value": value}]);
        let entry = json!({"Id": "1", "Message": "a", "MessageAttributes": attributes});
        let alone = json!({"TopicArn": arn("t"), "Message": "a", "MessageAttributes": attributes});
        let expected = (code.to_owned(), message.to_owned());
        assert_eq!(refused("Publish", alone), expected);
        let batch = json!({"TopicArn": arn("t"), "PublishBatchRequestEntries": [entry]});
        assert_eq!(refused("PublishBatch", batch), expected);
    }
}

/// As recorded from AWS: `test_sns.py::TestSNSSubscriptionSQS::test_publish_batch_exceptions`,
/// `TestSNSPublishCrud::test_publish_batch_too_long_message` and
/// `test_publish_batch_invalid_entry_id`; the words about an empty batch are a guess.
#[test]
fn an_invalid_batch_is_refused_as_a_whole() {
    let entry = |id: &str, message: &str| json!({"Id": id, "Message": message});
    let (half, long) = ("x".repeat(131_073), "i".repeat(81));
    for (entries, code, message) in [
        (vec![], "EmptyBatchRequest", "The batch request doesn't contain any entries.".to_owned()),
        (
            (0..11).map(|id| entry(&id.to_string(), "a")).collect(),
            "TooManyEntriesInBatchRequest",
            "The batch request contains more entries than permissible.".to_owned(),
        ),
        (
            vec![entry("1", "a"), entry("1", "b")],
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.".to_owned(),
        ),
        (
            vec![entry("1", "a"), entry("a b", "b")],
            "InvalidBatchEntryId",
            "The Id of a batch entry in the batch request contains an impermissible character: a b"
                .to_owned(),
        ),
        (
            vec![entry(&long, "a")],
            "InvalidBatchEntryId",
            format!("The Id of a batch entry in the batch request is too long: {long}"),
        ),
        (
            vec![entry("1", &half), entry("2", &half)],
            "BatchRequestTooLong",
            "The length of all the messages put together is more than the limit.".to_owned(),
        ),
    ] {
        let batch = json!({"TopicArn": arn("t"), "PublishBatchRequestEntries": entries});
        assert_eq!(refused("PublishBatch", batch), (code.to_owned(), message));
    }
}

#[test]
fn what_is_not_simulated_is_refused_by_name() {
    let publish = |name: &str, value: &str| {
        let mut input = json!({"TopicArn": arn("t"), "Message": "{}"});
        input[name] = json!(value);
        refused("Publish", input).1
    };
    assert!(publish("MessageStructure", "json").contains("MessageStructure"));
    assert!(publish("PhoneNumber", "+3581234").contains("PhoneNumber"));
    let binary = json!([{"Name": "key", "Value": {"DataType": "Binary", "BinaryValue": "eA=="}}]);
    let input = json!({"TopicArn": arn("t"), "Message": "a", "MessageAttributes": binary});
    assert!(refused("Publish", input).1.contains("Binary, such as 'key'"));
    let (code, message) = refused("Subscribe", json!({}));
    assert_eq!(code, "InvalidAction");
    assert!(message.contains("Subscribe"), "{message}");
}

/// As recorded from AWS: `test_sqs.py::TestSqsProvider::test_send_empty_message`,
/// `test_send_oversized_message`, `test_fifo_queue_send_message_with_delay_seconds_fails`,
/// `test_posting_to_fifo_requires_deduplicationid_group_id`, `test_non_existent_queue`,
/// `test_message_deduplication_id_invalid` and
/// `test_send_message_to_standard_queue_with_invalid_message_group_id`; the refusal of a long delay
/// is a guess.
#[test]
fn a_queue_refuses_messages_in_the_words_of_aws() {
    let id = |name: &str, value: &str| {
        format!(
            "Value {value} for parameter {name} is invalid. Reason: {name} can only include \
             alphanumeric and punctuation characters. 1 to 128 in length."
        )
    };
    let long = "k".repeat(129);
    let delayed = |seconds, message| Outgoing { delay_seconds: Some(seconds), ..message };
    let in_group = |group: &str| Outgoing { group_id: Some(group.to_owned()), ..body("a") };
    for (queue, message, code, text) in [
        (
            "q",
            body(""),
            "MissingParameter",
            "The request must contain the parameter MessageBody.".to_owned(),
        ),
        (
            "q",
            body(&"x".repeat(1_048_577)),
            "InvalidParameterValue",
            "One or more parameters are invalid. Reason: Message must be shorter than 1048576 \
             bytes."
                .to_owned(),
        ),
        ("q", in_group(""), "InvalidParameterValue", id("MessageGroupId", "")),
        ("q", in_group("a b"), "InvalidParameterValue", id("MessageGroupId", "a b")),
        ("ordered", in_group(&long), "InvalidParameterValue", id("MessageGroupId", &long)),
        (
            "ordered",
            grouped("a\tb", "g"),
            "InvalidParameterValue",
            id("MessageDeduplicationId", "a\tb"),
        ),
        (
            "ordered",
            body("a"),
            "MissingParameter",
            "The request must contain the parameter MessageGroupId.".to_owned(),
        ),
        (
            "ordered",
            in_group("g"),
            "InvalidParameterValue",
            "The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly"
                .to_owned(),
        ),
        (
            "ordered",
            delayed(9, grouped("a", "g")),
            "InvalidParameterValue",
            "Value 9 for parameter DelaySeconds is invalid. Reason: The request include parameter \
             that is not valid for this queue type."
                .to_owned(),
        ),
        (
            "q",
            delayed(901, body("a")),
            "InvalidParameterValue",
            "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 \
             and <= 900."
                .to_owned(),
        ),
        (
            "none",
            body("a"),
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.".to_owned(),
        ),
    ] {
        let queues = vec![super::queue("q", false), super::queue("ordered", true)];
        let mut messaging = begin(Wiring { queues, ..Wiring::default() });
        let error = messaging.send_message(START, &arn(queue), message).unwrap_err();
        assert_eq!((error.status, error.code.as_str(), error.message), (400, code, text));
    }
}

#[test]
fn what_a_queue_just_accepts_arrives() {
    let queues = vec![queue("q", false), queue("ordered", true)];
    let mut messaging = begin(Wiring { queues, ..Wiring::default() });
    let longest = "~".repeat(128);
    for (queue, message) in [
        ("q", body(&"x".repeat(1_048_576))),
        ("q", Outgoing { delay_seconds: Some(900), ..body("a") }),
        ("ordered", grouped(&longest, &longest)),
    ] {
        messaging.send_message(START, &arn(queue), message).unwrap();
    }
}
