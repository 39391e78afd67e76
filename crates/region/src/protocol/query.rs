//! The forms of AWS Query's requests.
//!
//! `Names.member.1=a` is a list, `Attributes.entry.1.Name=a` a list of structures.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::exchange::Unread;
use super::{Call, form};
use region_core::api::{Api, ApiError};

/// The API versions, by which one endpoint distinguishes the services.
const VERSIONS: [(&str, Api); 3] =
    [("2011-01-01", Api::AutoScaling), ("2010-03-31", Api::Sns), ("2010-08-01", Api::CloudWatch)];

/// The API whose namespace has the answer to a request that is for none.
const UNKNOWN: Api = Api::AutoScaling;

/// The longest list in a form: more than AWS accepts in any call here.
const LONGEST_LIST: usize = 1_000;

/// The deepest path: more than AWS accepts, and shallow enough to be dropped by recursion.
const DEEPEST: usize = 16;

pub(super) fn read(body: Result<Cow<'_, [u8]>, String>) -> Result<Call, Unread> {
    let body = body.map_err(|error| Unread::new(UNKNOWN, "MalformedQueryString", error))?;
    let (mut operation, mut version, mut parameters) = (None, None, Vec::new());
    for (name, value) in form_urlencoded::parse(&body) {
        match name.as_ref() {
            "Action" => operation = Some(value.into_owned()),
            "Version" => version = Some(value),
            _ => parameters.push((name, value.into_owned())),
        }
    }
    let api = VERSIONS.into_iter().find(|(known, _)| version.as_deref() == Some(known));
    let Some((_, api)) = api else {
        return Err(Unread::new(UNKNOWN, "InvalidAction", "no API of that version here"));
    };
    let operation = operation.ok_or_else(|| Unread::new(api, "MissingAction", "no Action"))?;
    let mut input = Value::Object(Map::new());
    let read = parameters.into_iter().try_for_each(|(name, value)| put(&mut input, &name, value));
    let read = read.and_then(|()| match api {
        Api::CloudWatch => form::typed("", "", &mut input),
        Api::AutoScaling | Api::Ecs | Api::Sns | Api::Ssm => Ok(()),
    });
    read.map(|()| Call::new(api, &operation, input)).map_err(|error| Unread { api, error })
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &[u8]) -> Result<Call, Unread> {
        super::read(Ok(Cow::Borrowed(body)))
    }

    fn code(body: &[u8]) -> String {
        read(body).unwrap_err().error.code
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
    }

    #[test]
    fn a_form_that_contradicts_itself_or_never_ends_is_refused() {
        for form in ["A=1&A.B=2", "A.member.0=1", "A.member.1000001=1", "A.member.1=1&A.B=2"] {
            let form = format!("Action=X&Version=2011-01-01&{form}");
            assert_eq!(code(form.as_bytes()), "MalformedQueryString", "{form}");
        }
        let deep = format!("Action=X&Version=2011-01-01&A{}=1", ".A".repeat(1_000_000));
        assert_eq!(code(deep.as_bytes()), "MalformedQueryString");
        assert_eq!(code(b"Action=X&Version=1999"), "InvalidAction");
        assert_eq!(code(b"Version=2011-01-01&A=1"), "MissingAction");
    }

    #[test]
    fn the_version_names_cloudwatch_and_its_types() {
        let call = read(
            b"Action=PutMetricData&Version=2010-08-01&Namespace=Shop\
              &MetricData.member.1.MetricName=7&MetricData.member.1.Value=7",
        )
        .unwrap();
        assert_eq!((call.api, call.operation.as_str()), (Api::CloudWatch, "PutMetricData"));
        let data = json!([{"MetricName": "7", "Value": 7.0}]);
        assert_eq!(call.input, json!({"Namespace": "Shop", "MetricData": data}));
        let form = b"Action=DescribeAlarms&Version=2010-08-01&MaxRecords=few";
        let unread = read(form).unwrap_err();
        assert_eq!((unread.api, unread.error.code.as_str()), (Api::CloudWatch, "MalformedInput"));
    }
}
