//! AWS Query: a form in, XML out.
//!
//! `Names.member.1=a` is a list, `Attributes.entry.1.Name=a` a list of structures.

use std::io;

use quick_xml::Writer;
use quick_xml::events::BytesText;
use serde_json::{Map, Value, json};

use super::{Answer, Call};
use region_core::api::{Api, ApiError};

/// The API versions, by which one endpoint distinguishes the services.
const AUTO_SCALING: &str = "2011-01-01";
const SNS: &str = "2010-03-31";

/// The only map in an answer, that of GetTopicAttributes.
const MAP: &str = "Attributes";

/// The longest list in a form: more than AWS accepts in any call here.
const LONGEST_LIST: usize = 1_000;

/// The deepest path: more than AWS accepts, and shallow enough to be dropped by recursion.
const DEEPEST: usize = 16;

pub(super) fn read(body: &[u8]) -> Result<Call, ApiError> {
    let mut input = Value::Object(Map::new());
    let (mut operation, mut version) = (None, None);
    for (name, value) in form_urlencoded::parse(body) {
        match name.as_ref() {
            "Action" => operation = Some(value.into_owned()),
            "Version" => version = Some(value.into_owned()),
            name => put(&mut input, name, value.into_owned())?,
        }
    }
    let api = match version.as_deref() {
        Some(AUTO_SCALING) => Api::AutoScaling,
        Some(SNS) => Api::Sns,
        _ => return Err(ApiError::client("InvalidAction", "no API of that version here")),
    };
    let operation = operation.ok_or_else(|| ApiError::client("MissingAction", "no Action"))?;
    Ok(Call::new(api, &operation, input))
}

/// Put a value at a dotted path, creating lists and structures as needed.
fn put(input: &mut Value, path: &str, value: String) -> Result<(), ApiError> {
    let malformed =
        || ApiError::client("MalformedQueryString", format!("cannot read the parameter {path}"));
    if path.split('.').count() > DEEPEST {
        return Err(malformed());
    }
    let mut place = input;
    for part in path.split('.').filter(|part| !matches!(*part, "member" | "entry")) {
        if let Ok(number) = part.parse::<usize>() {
            if place.is_null() || place.as_object().is_some_and(Map::is_empty) {
                *place = Value::Array(Vec::new());
            }
            let list = place.as_array_mut().ok_or_else(malformed)?;
            if number == 0 || number > LONGEST_LIST {
                return Err(malformed());
            }
            if list.len() < number {
                list.resize(number, Value::Null);
            }
            place = list.get_mut(number - 1).ok_or_else(malformed)?;
        } else {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            let fields = place.as_object_mut().ok_or_else(malformed)?;
            place = fields.entry(part).or_insert(Value::Null);
        }
    }
    *place = Value::String(value);
    Ok(())
}

pub(super) fn write(api: Api, operation: &str, answer: Result<Value, ApiError>) -> Answer {
    let namespace = match api {
        Api::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
        Api::AutoScaling | Api::Ecs | Api::CloudWatch => {
            "http://autoscaling.amazonaws.com/doc/2011-01-01/"
        }
    };
    let mut writer = Writer::new(Vec::new());
    let (status, written) = match answer {
        Ok(output) => (200, success(&mut writer, namespace, operation, &output)),
        Err(error) => (error.status, failure(&mut writer, namespace, &error)),
    };
    match written {
        Ok(()) => {
            let headers = &[("content-type", "text/xml")];
            Answer { status, headers, body: writer.into_inner() }
        }
        Err(_) => Answer::unwritable(),
    }
}

type Xml = Writer<Vec<u8>>;

fn success(xml: &mut Xml, namespace: &str, operation: &str, output: &Value) -> io::Result<()> {
    let response = format!("{operation}Response");
    xml.create_element(&response).with_attribute(("xmlns", namespace)).write_inner_content(
        |xml| {
            element(xml, &format!("{operation}Result"), output)?;
            let id = json!({"RequestId": "00000000-0000-4000-8000-000000000000"});
            element(xml, "ResponseMetadata", &id)
        },
    )?;
    Ok(())
}

fn failure(xml: &mut Xml, namespace: &str, error: &ApiError) -> io::Result<()> {
    let fault = json!({
        "Error": {
            "Type": if error.status < 500 { "Sender" } else { "Receiver" },
            "Code": error.code,
            "Message": error.message,
        },
        "RequestId": "00000000-0000-4000-8000-000000000000",
    });
    xml.create_element("ErrorResponse").with_attribute(("xmlns", namespace)).write_inner_content(
        |xml| {
            for (name, value) in fault.as_object().into_iter().flatten() {
                element(xml, name, value)?;
            }
            Ok(())
        },
    )?;
    Ok(())
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

    fn text(answer: &Answer) -> &str {
        std::str::from_utf8(&answer.body).unwrap()
    }

    #[test]
    fn lists_and_structures_of_a_form_become_json() {
        let call = read(
            b"Action=Publish&Version=2010-03-31&Message=a%26b\
              &MessageAttributes.entry.1.Name=delay_class\
              &MessageAttributes.entry.1.Value.StringValue=soon&Names.member.2=b&Names.member.1=a",
        )
        .unwrap();
        assert_eq!((call.api, call.operation.as_str()), (Api::Sns, "Publish"));
        assert_eq!(
            call.input,
            json!({"Message": "a&b", "Names": ["a", "b"],
                "MessageAttributes": [{"Name": "delay_class", "Value": {"StringValue": "soon"}}]})
        );
    }

    #[test]
    fn the_entries_of_a_batch_keep_their_attributes() {
        let call = read(
            b"Action=PublishBatch&Version=2010-03-31&TopicArn=t\
              &PublishBatchRequestEntries.member.1.Id=work_item\
              &PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Name=delay_class\
              &PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue=now\
              &PublishBatchRequestEntries.member.2.Id=requeue",
        )
        .unwrap();
        let attributes = json!([{"Name": "delay_class", "Value": {"StringValue": "now"}}]);
        let entries =
            json!([{"Id": "work_item", "MessageAttributes": attributes}, {"Id": "requeue"}]);
        assert_eq!(call.input, json!({"TopicArn": "t", "PublishBatchRequestEntries": entries}));
        let output = json!({"Successful": [{"Id": "work_item"}], "Failed": []});
        let answer = write(Api::Sns, "PublishBatch", Ok(output));
        assert!(text(&answer).contains(
            "<PublishBatchResult><Failed></Failed><Successful><member><Id>work_item</Id>\
             </member></Successful></PublishBatchResult>"
        ));
    }

    #[test]
    fn a_form_that_contradicts_itself_or_never_ends_is_refused() {
        for form in ["A=1&A.B=2", "A.member.0=1", "A.member.1000001=1", "A.member.1=1&A.B=2"] {
            let form = format!("Action=X&Version=2011-01-01&{form}");
            assert_eq!(read(form.as_bytes()).unwrap_err().code, "MalformedQueryString", "{form}");
        }
        let deep = format!("Action=X&Version=2011-01-01&A{}=1", ".A".repeat(1_000_000));
        assert_eq!(read(deep.as_bytes()).unwrap_err().code, "MalformedQueryString");
        assert_eq!(read(b"Action=X&Version=1999").unwrap_err().code, "InvalidAction");
    }

    #[test]
    fn an_answer_is_xml_with_what_needs_it_escaped() {
        let answer = write(
            Api::AutoScaling,
            "DescribeThings",
            Ok(json!({"Things": [{"Name": "a<b", "Size": 2, "Old": false, "None": null}]})),
        );
        assert_eq!(answer.status, 200);
        assert!(text(&answer).contains(
            "<DescribeThingsResult><Things><member><Name>a&lt;b</Name><Old>false</Old>\
             <Size>2</Size></member></Things></DescribeThingsResult>"
        ));
        let attributes = json!({"Attributes": {"Owner": "1", "TopicArn": "t"}});
        assert!(text(&write(Api::Sns, "GetTopicAttributes", Ok(attributes))).contains(
            "<Attributes><entry><key>Owner</key><value>1</value></entry><entry><key>TopicArn</key>\
             <value>t</value></entry></Attributes>"
        ));
        let error = write(Api::Sns, "Publish", Err(ApiError::client("NotFound", "no & none")));
        assert_eq!(error.status, 400);
        assert!(text(&error).contains("<Code>NotFound</Code>"));
        assert!(text(&error).contains("no &amp; none"));
    }
}
