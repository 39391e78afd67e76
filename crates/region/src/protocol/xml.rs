//! The XML of AWS Query's answers.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use serde_json::{Map, Value, json};

use super::cloudwatch;
use super::exchange::{Answer, Asked};
use region_core::Time;
use region_core::api::{Api, ApiError};
use region_core::wording::{rfc3339, rfc3339_seconds};

pub(super) fn write(asked: Asked<'_>, answer: Result<Value, ApiError>) -> Answer {
    let mut writer = Writer::new(Vec::new());
    let (status, written) = match answer {
        Ok(output) => (200, success(&mut writer, asked, &output)),
        Err(error) => (error.status, failure(&mut writer, asked, &error)),
    };
    match written {
        Ok(()) => Answer::new(status, "text/xml", asked, writer.into_inner()),
        Err(_) => Answer::unwritable(asked),
    }
}

fn namespace(api: Api) -> &'static str {
    match api {
        Api::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        Api::CloudWatch => "http://monitoring.amazonaws.com/doc/2010-08-01/",
        Api::AutoScaling | Api::Ecs | Api::Ssm => {
            "http://autoscaling.amazonaws.com/doc/2011-01-01/"
        }
    }
}

type Xml = Writer<Vec<u8>>;

/// The only map in an answer, that of GetTopicAttributes.
const MAP: &str = "Attributes";

fn success(xml: &mut Xml, asked: Asked<'_>, output: &Value) -> io::Result<()> {
    let Asked { api, operation, id, .. } = asked;
    let response = xml.create_element(format!("{operation}Response"));
    response.with_attribute(("xmlns", namespace(api))).write_inner_content(|xml| {
        // The operations of CloudWatch without output have no result.
        let nothing = output.as_object().is_some_and(Map::is_empty);
        if !(nothing && api == Api::CloudWatch) {
            element(xml, &format!("{operation}Result"), &result(api, output))?;
        }
        element(xml, "ResponseMetadata", &json!({"RequestId": id}))
    })?;
    Ok(())
}

fn failure(xml: &mut Xml, asked: Asked<'_>, error: &ApiError) -> io::Result<()> {
    let code = match asked.api {
        Api::CloudWatch => cloudwatch::query_code(&error.code),
        Api::AutoScaling | Api::Ecs | Api::Sns | Api::Ssm => &error.code,
    };
    let fault = json!({
        "Type": if error.status < 500 { "Sender" } else { "Receiver" },
        "Code": code,
        "Message": Some(&error.message).filter(|message| !message.is_empty()),
    });
    let response = xml.create_element("ErrorResponse");
    response.with_attribute(("xmlns", namespace(asked.api))).write_inner_content(|xml| {
        element(xml, "Error", &fault)?;
        element(xml, "RequestId", &Value::from(asked.id))
    })?;
    Ok(())
}

/// The output as a form's client reads it: CloudWatch's times are numbers in the other protocols.
fn result(api: Api, output: &Value) -> Cow<'_, Value> {
    match api {
        Api::CloudWatch => Cow::Owned(with_times("", output)),
        Api::AutoScaling | Api::Ecs | Api::Sns | Api::Ssm => Cow::Borrowed(output),
    }
}

fn with_times(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), with_times(name, value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(|item| with_times(name, item)).collect(),
        Value::Number(number) if name.contains("Timestamp") => {
            number.as_f64().and_then(timestamp).map_or(Value::Null, Value::String)
        }
        other => other.clone(),
    }
}

/// RFC 3339, with milliseconds unless the seconds are whole.
fn timestamp(seconds: f64) -> Option<String> {
    let time = Time::from_unix_timestamp_nanos((seconds * 1e3).round() as i128 * 1_000_000).ok()?;
    Some(if time.millisecond() == 0 { rfc3339_seconds(time) } else { rfc3339(time) })
}

fn element(xml: &mut Xml, name: &str, value: &Value) -> io::Result<()> {
    let start = xml.create_element(name);
    match value {
        Value::Null => return Ok(()),
        Value::Object(fields) if name == MAP => start.write_inner_content(|xml| {
            for (key, value) in fields {
                element(xml, "entry", &json!({"key": key, "value": value}))?;
            }
            Ok(())
        })?,
        Value::Object(fields) => start.write_inner_content(|xml| {
            for (name, value) in fields {
                element(xml, name, value)?;
            }
            Ok(())
        })?,
        Value::Array(items) => start.write_inner_content(|xml| {
            for item in items {
                element(xml, "member", item)?;
            }
            Ok(())
        })?,
        Value::String(text) => start.write_text_content(BytesText::new(text))?,
        Value::Bool(_) | Value::Number(_) => {
            start.write_text_content(BytesText::new(&value.to_string()))?
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "d1f0a6b2-8c57-4e3b-9a54-7d2c1e0f9b88";

    fn asked(api: Api, operation: &'static str) -> Asked<'static> {
        Asked { api, operation, id: ID, query_mode: false }
    }

    fn text(answer: &Answer) -> &str {
        std::str::from_utf8(&answer.body).unwrap()
    }

    #[test]
    fn an_answer_is_xml_with_what_needs_it_escaped() {
        let answer = write(
            asked(Api::AutoScaling, "DescribeThings"),
            Ok(json!({"Things": [{"Name": "a<b", "Size": 2, "Old": false, "None": null}]})),
        );
        assert_eq!(answer.status, 200);
        assert!(text(&answer).contains(
            "<DescribeThingsResult><Things><member><Name>a&lt;b</Name><Old>false</Old>\
             <Size>2</Size></member></Things></DescribeThingsResult>"
        ));
        let attributes = json!({"Attributes": {"Owner": "1", "TopicArn": "t"}});
        let answer = write(asked(Api::Sns, "GetTopicAttributes"), Ok(attributes));
        assert!(text(&answer).contains(
            "<Attributes><entry><key>Owner</key><value>1</value></entry><entry><key>TopicArn</key>\
             <value>t</value></entry></Attributes>"
        ));
        let refused = Err(ApiError::client("NotFound", "no & none"));
        let error = write(asked(Api::Sns, "Publish"), refused);
        assert_eq!(error.status, 400);
        assert!(text(&error).contains("<Code>NotFound</Code>"));
        assert!(text(&error).contains("no &amp; none"));
    }

    #[test]
    fn the_entries_of_a_batch_are_members() {
        let output = json!({"Successful": [{"Id": "work_item"}], "Failed": []});
        let answer = write(asked(Api::Sns, "PublishBatch"), Ok(output));
        assert!(text(&answer).contains(
            "<PublishBatchResult><Failed></Failed><Successful><member><Id>work_item</Id>\
             </member></Successful></PublishBatchResult>"
        ));
    }

    #[test]
    fn the_id_of_the_request_is_in_the_body_and_a_header() {
        let header = ("x-amzn-requestid", ID.to_owned());
        let answer = write(asked(Api::Sns, "Publish"), Ok(json!({"MessageId": "m"})));
        assert!(answer.headers.contains(&header));
        let metadata = format!("<ResponseMetadata><RequestId>{ID}</RequestId></ResponseMetadata>");
        assert!(text(&answer).contains(&metadata));
        let error = write(asked(Api::Sns, "Publish"), Err(ApiError::client("A", "b")));
        assert!(error.headers.contains(&header));
        let end = format!("</Error><RequestId>{ID}</RequestId></ErrorResponse>");
        assert!(text(&error).ends_with(&end));
    }

    /// As recorded from AWS (LocalStack's `test_basic_operations_multiple_protocols`).
    #[test]
    fn cloudwatchs_lists_numbers_and_times_are_those_of_query() {
        let output = json!({"Messages": [], "MetricDataResults": [{
            "Id": "orders", "Values": [17.0], "Timestamps": [1_796_011_260.0]}],
            "StateUpdatedTimestamp": 1_796_011_260.25});
        let answer = write(asked(Api::CloudWatch, "GetMetricData"), Ok(output));
        let start = "<GetMetricDataResponse \
            xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\">\
            <GetMetricDataResult><Messages></Messages><MetricDataResults><member><Id>orders</Id>\
            <Timestamps><member>2026-11-30T04:01:00Z</member></Timestamps>\
            <Values><member>17.0</member></Values></member></MetricDataResults>\
            <StateUpdatedTimestamp>2026-11-30T04:01:00.250Z</StateUpdatedTimestamp>";
        assert!(text(&answer).starts_with(start), "{}", text(&answer));
        let nothing = write(asked(Api::CloudWatch, "PutMetricData"), Ok(json!({})));
        assert!(!text(&nothing).contains("PutMetricDataResult"));
    }

    /// As recorded from AWS (LocalStack's `test_exception_serializing_with_no_shape_in_spec`).
    #[test]
    fn cloudwatchs_errors_have_the_codes_of_query() {
        let gone = ApiError { status: 404, code: "ResourceNotFound".into(), message: "".into() };
        let answer = write(asked(Api::CloudWatch, "SetAlarmState"), Err(gone));
        assert_eq!(answer.status, 404);
        let error = "<Error><Code>ResourceNotFound</Code><Type>Sender</Type></Error>";
        assert!(text(&answer).contains(error), "{}", text(&answer));
        let unknown = ApiError::client("UnknownOperationException", "none");
        let answer = write(asked(Api::CloudWatch, "PutDashboard"), Err(unknown));
        assert!(text(&answer).contains("<Code>InvalidAction</Code>"));
    }
}
