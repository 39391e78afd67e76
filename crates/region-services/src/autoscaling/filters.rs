//! `Filters` of the reads
//! (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Filter.html>). Several filters
//! are joined with AND, the values of one with OR.

use std::collections::BTreeMap;

use serde_json::Value;
use time::format_description::well_known::Rfc3339;

use super::error::validation;
use super::model::{Activity, Tag};
use region_core::Time;
use region_core::api::ApiError;
use region_core::input::{text, texts};

/// A filter of groups by their tags.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TagFilter<'a> {
    by: TagPart<'a>,
    values: Vec<&'a str>,
}

#[derive(Debug, PartialEq, Eq)]
enum TagPart<'a> {
    Key,
    Value,
    /// The value of this key.
    ValueOf(&'a str),
}

impl<'a> TagFilter<'a> {
    /// The filters of a call.
    ///
    /// # Errors
    /// `ValidationError` for a filter of another name, or without values.
    pub(super) fn all(input: &'a Value) -> Result<Vec<Self>, ApiError> {
        let filters = named(input)?.into_iter().map(|(name, values)| {
            let by = match name {
                "tag-key" => TagPart::Key,
                "tag-value" => TagPart::Value,
                _ => TagPart::ValueOf(name.strip_prefix("tag:").ok_or_else(|| unknown(name))?),
            };
            Ok(Self { by, values })
        });
        filters.collect()
    }

    /// Whether a group with these tags passes.
    pub(super) fn passes(&self, tags: &BTreeMap<String, Tag>) -> bool {
        let wants = |text: &str| self.values.contains(&text);
        match self.by {
            TagPart::Key => tags.keys().any(|key| wants(key)),
            TagPart::Value => tags.values().any(|tag| wants(&tag.value)),
            TagPart::ValueOf(key) => tags.get(key).is_some_and(|tag| wants(&tag.value)),
        }
    }
}

/// A filter of scaling activities.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ActivityFilter<'a> {
    Status(Vec<&'a str>),
    NotBefore(Time),
    NotAfter(Time),
}

impl<'a> ActivityFilter<'a> {
    /// The filters of a call.
    ///
    /// # Errors
    /// `ValidationError` for a filter of another name, or a bound that is not one time.
    pub(super) fn all(input: &'a Value) -> Result<Vec<Self>, ApiError> {
        let filters = named(input)?.into_iter().map(|(name, values)| match name {
            "Status" => Ok(Self::Status(values)),
            "StartTimeLowerBound" => bound(name, &values).map(Self::NotBefore),
            "StartTimeUpperBound" => bound(name, &values).map(Self::NotAfter),
            _ => Err(unknown(name)),
        });
        filters.collect()
    }

    pub(super) fn passes(&self, activity: &Activity) -> bool {
        match self {
            Self::Status(wanted) => wanted.contains(&activity.status),
            Self::NotBefore(time) => activity.started_at >= *time,
            Self::NotAfter(time) => activity.started_at <= *time,
        }
    }
}

/// The names and values of the filters of a call.
fn named(input: &Value) -> Result<Vec<(&str, Vec<&str>)>, ApiError> {
    let filters = input.get("Filters").and_then(Value::as_array).into_iter().flatten();
    let filters = filters.map(|filter| {
        let name = text(filter, "Name").unwrap_or_default();
        match texts(filter, "Values") {
            values if values.is_empty() => Err(validation(format!("Filter {name} has no values"))),
            values => Ok((name, values)),
        }
    });
    filters.collect()
}

fn unknown(name: &str) -> ApiError {
    validation(format!("Filter type {name} is not correct"))
}

fn bound(name: &str, values: &[&str]) -> Result<Time, ApiError> {
    let time = match values {
        [value] => Time::parse(value, &Rfc3339).ok(),
        _ => None,
    };
    time.ok_or_else(|| validation(format!("Filter {name} takes one time, as 2026-01-31T12:00:00Z")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(filters: Value, tags: &[(&str, &str)]) -> bool {
        let tag = |(key, value): &(&str, &str)| ((*key).to_owned(), Tag::own((*value).to_owned()));
        let tags = tags.iter().map(tag).collect();
        let input = json!({ "Filters": filters });
        TagFilter::all(&input).unwrap().iter().all(|filter| filter.passes(&tags))
    }

    #[test]
    fn values_are_alternatives_and_filters_are_not() {
        let tags = [("stage", "blue"), ("owner", "web")];
        let key = json!({ "Name": "tag-key", "Values": ["stage", "none"] });
        let value = json!({ "Name": "tag-value", "Values": ["web"] });
        let pair = json!({ "Name": "tag:stage", "Values": ["green", "blue"] });
        let crossed = json!({ "Name": "tag:stage", "Values": ["web"] });
        for filter in [&key, &value, &pair] {
            assert!(passes(json!([filter]), &tags), "{filter}");
            assert!(!passes(json!([filter, crossed]), &tags), "{filter}");
        }
        assert!(passes(json!([key, value, pair]), &tags));
        assert!(!passes(json!([{ "Name": "tag-key", "Values": ["Stage"] }]), &tags));
        assert!(passes(json!([]), &[]));
    }

    #[test]
    fn a_filter_that_aws_does_not_have_is_refused() {
        for filter in [
            json!({ "Name": "tag", "Values": ["stage"] }),
            json!({ "Name": "tag-key" }),
            json!({ "Values": ["stage"] }),
        ] {
            let input = json!({ "Filters": [filter] });
            assert_eq!(TagFilter::all(&input).unwrap_err().code, "ValidationError", "{filter}");
        }
    }

    #[test]
    fn a_bound_is_one_time() {
        for values in
            [json!(["yesterday"]), json!(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"])]
        {
            let filter = json!({ "Name": "StartTimeLowerBound", "Values": values });
            let input = json!({ "Filters": [filter] });
            assert!(ActivityFilter::all(&input).is_err());
        }
    }
}
