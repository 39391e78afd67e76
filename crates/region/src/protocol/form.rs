//! The parameters of CloudWatch in a form, where all are texts, as the types that they have.

use region_core::api::ApiError;
use serde_json::{Number, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The lists, which a form has as empty texts if they are empty.
const LISTS: [&str; 7] = [
    "AlarmNames",
    "AlarmTypes",
    "Counts",
    "Dimensions",
    "MetricData",
    "MetricDataQueries",
    "Values",
];

/// Give the parameter `name`, a part of `parent`, its type.
///
/// # Errors
/// `MalformedInput`, for a text that is none of that type.
pub(super) fn typed(parent: &str, name: &str, value: &mut Value) -> Result<(), ApiError> {
    match value {
        Value::Object(fields) => {
            fields.iter_mut().try_for_each(|(field, value)| typed(name, field, value))
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| typed(parent, name, item)),
        Value::String(text) if text.is_empty() && LISTS.contains(&name) => {
            *value = Value::Array(Vec::new());
            Ok(())
        }
        Value::String(text) => {
            if let Some(of_its_type) = scalar(parent, name, text)? {
                *value = of_its_type;
            }
            Ok(())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

/// The value of a text; none if it is to stay one.
fn scalar(parent: &str, name: &str, text: &str) -> Result<Option<Value>, ApiError> {
    let malformed = |what: &str| ApiError::client("MalformedInput", what);
    match name {
        "StartTime" | "EndTime" | "Timestamp" => {
            let time = OffsetDateTime::parse(text, &Rfc3339)
                .map_err(|_| malformed("timestamp must follow ISO8601"))?;
            let milliseconds = time.unix_timestamp_nanos() / 1_000_000;
            Ok(Some((milliseconds as f64 / 1000.0).into()))
        }
        "MaxDatapoints" | "MaxRecords" | "Period" | "StorageResolution" => {
            let number: i64 = text.parse().map_err(|_| malformed("Invalid Integer value"))?;
            Ok(Some(number.into()))
        }
        // The value of a dimension is a text.
        "Value" if parent != "MetricData" => Ok(None),
        "Value" | "Values" | "Counts" | "SampleCount" | "Sum" | "Minimum" | "Maximum" => {
            let number: f64 = text.parse().map_err(|_| malformed("Invalid Double value"))?;
            // JSON has no NaN and no infinity; the operation refuses their texts.
            Ok(Number::from_f64(number).map(Value::Number))
        }
        "ReturnData" => match text {
            "true" | "false" => Ok(Some((text == "true").into())),
            _ => Err(malformed("Invalid Boolean value")),
        },
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(mut input: Value) -> Result<Value, ApiError> {
        typed("", "", &mut input).map(|()| input)
    }

    #[test]
    fn texts_become_numbers_times_and_lists() {
        let input = json!({
            "StartTime": "2026-11-30T04:00:00Z", "MaxDatapoints": "5", "AlarmNames": "",
            "MetricDataQueries": [{"Id": "7", "ReturnData": "false", "MetricStat": {"Period": "60",
                "Metric": {"Dimensions": [{"Name": "Shop", "Value": "12"}]}}}],
            "MetricData": [{"Value": "1.5", "Timestamp": "2026-11-30T05:00:00.25+01:00",
                "Values": ["1", "-2e3"], "StatisticValues": {"Sum": "4"}}],
        });
        let time = 1_796_011_200.0;
        assert_eq!(
            read(input).unwrap(),
            json!({
                "StartTime": time, "MaxDatapoints": 5, "AlarmNames": [],
                "MetricDataQueries": [{"Id": "7", "ReturnData": false, "MetricStat": {"Period": 60,
                    "Metric": {"Dimensions": [{"Name": "Shop", "Value": "12"}]}}}],
                "MetricData": [{"Value": 1.5, "Timestamp": time + 0.25, "Values": [1.0, -2000.0],
                    "StatisticValues": {"Sum": 4.0}}],
            })
        );
    }

    #[test]
    fn a_text_of_another_type_is_malformed_input() {
        for (input, message) in [
            (json!({"StartTime": "1796011200"}), "timestamp must follow ISO8601"),
            (json!({"MaxRecords": "many"}), "Invalid Integer value"),
            (json!({"MetricData": [{"Value": "1,5"}]}), "Invalid Double value"),
            (json!({"MetricDataQueries": [{"ReturnData": "yes"}]}), "Invalid Boolean value"),
        ] {
            let error = read(input).unwrap_err();
            assert_eq!((error.code.as_str(), error.message.as_str()), ("MalformedInput", message));
        }
        let odd = json!({"MetricData": [{"Value": "NaN"}]});
        assert_eq!(read(odd.clone()).unwrap(), odd);
    }
}
