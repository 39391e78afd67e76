//! What PutMetricData refuses, in CloudWatch's words.

use region_core::Time;
use region_core::api::ApiError;
use region_core::input::text;
use serde_json::Value;
use time::Duration;

use crate::constraints::only;
use crate::error::{combined, invalid, member, missing, validation};
use crate::put_data::{MetricDatum, StatisticSet};
use crate::units;

/// Values lie between this and its negative (API_PutMetricData).
const LARGEST: f64 = 2.348_542_582_773_833e108;

/// The most data of one call, and the most of one datum (API_PutMetricData).
const MOST_DATA: usize = 1_000;
const MOST_VALUES: usize = 150;
const MOST_DIMENSIONS: usize = 30;

/// Check a request before it is read.
///
/// # Errors
/// For a value that is missing, not a number or too old, and for a field that is not simulated.
pub(crate) fn request(now: Time, input: &Value) -> Result<(), ApiError> {
    only(input, "PutMetricData", &["Namespace", "MetricData"])?;
    text(input, "Namespace").ok_or_else(|| missing("Namespace"))?;
    let data = input.get("MetricData").and_then(Value::as_array);
    let data = data.filter(|data| !data.is_empty()).ok_or_else(|| missing("MetricData"))?;
    at_most("MetricData", data.len(), MOST_DATA)?;
    for (index, datum) in data.iter().enumerate() {
        let place = member("MetricData", index);
        text(datum, "MetricName").ok_or_else(|| missing(&format!("{place}.MetricName")))?;
        numbers(&place, datum)?;
        if let Some(set) = datum.get("StatisticValues").filter(|set| !set.is_null()) {
            let place = format!("{place}.StatisticValues");
            for field in ["Maximum", "Minimum", "SampleCount", "Sum"] {
                let field = set.get(field).ok_or_else(|| missing(&format!("{place}.{field}")));
                field?;
            }
            numbers(&place, set)?;
        }
        recent(&place, now, datum)?;
    }
    Ok(())
}

/// What JSON has no number for, such as NaN, comes as a text.
fn numbers(place: &str, fields: &Value) -> Result<(), ApiError> {
    let scalars = ["Value", "Maximum", "Minimum", "SampleCount", "Sum"].into_iter();
    let scalars = scalars.filter_map(|field| Some((field.to_owned(), fields.get(field)?)));
    let lists = ["Values", "Counts"].into_iter().flat_map(|field| {
        let items = fields.get(field).and_then(Value::as_array).into_iter().flatten();
        items.enumerate().map(move |(index, item)| (member(field, index), item))
    });
    match scalars.chain(lists).find_map(|(field, value)| Some((field, value.as_str()?))) {
        None => Ok(()),
        Some((field, text)) => Err(bad_value(text, &format!("{place}.{field}"))),
    }
}

fn recent(place: &str, now: Time, datum: &Value) -> Result<(), ApiError> {
    let Some(seconds) = datum.get("Timestamp").and_then(Value::as_f64) else { return Ok(()) };
    let ago = now.unix_timestamp() as f64 - seconds;
    let oldest = Duration::weeks(2).as_seconds_f64();
    match (-Duration::hours(2).as_seconds_f64()..=oldest).contains(&ago) {
        true => Ok(()),
        false => Err(invalid(format!(
            "The parameter {place}.Timestamp must specify a time within the past two weeks."
        ))),
    }
}

/// Check each datum.
///
/// # Errors
/// Values that are not there, are invalid or do not go together, units that CloudWatch does not
/// have, and high resolution.
pub(crate) fn data(data: &[MetricDatum]) -> Result<(), ApiError> {
    for (index, datum) in data.iter().enumerate() {
        let place = member("MetricData", index);
        together(&place, datum)?;
        at_most(&format!("{place}.Dimensions"), datum.dimensions.len(), MOST_DIMENSIONS)?;
        at_most(&format!("{place}.Values"), datum.values.len(), MOST_VALUES)?;
        values(&place, datum)?;
        if datum.unit.as_ref().is_some_and(|unit| units::unit(unit).is_none()) {
            return Err(invalid(units::unknown(&format!("{place}.Unit"))));
        }
        if datum.storage_resolution.is_some_and(|seconds| seconds != 60) {
            let text = "has no high resolution, leave StorageResolution of";
            return Err(validation(format!("the simulated region {text} {place} at 60")));
        }
    }
    Ok(())
}

fn together(place: &str, datum: &MetricDatum) -> Result<(), ApiError> {
    let given = [
        ("Value", datum.value.is_some()),
        ("Values", !datum.values.is_empty()),
        ("StatisticValues", datum.statistic_values.is_some()),
    ];
    let given: Vec<&str> =
        given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    match given.as_slice() {
        [first, second, ..] => Err(combined(format!(
            "The parameters {place}.{first} and {place}.{second} are mutually exclusive and you \
             have specified both."
        ))),
        _ if !datum.counts.is_empty() && datum.counts.len() != datum.values.len() => Err(invalid(
            format!("The parameters {place}.Values and {place}.Counts must be of the same size."),
        )),
        [] => Err(ApiError::client(
            "MissingParameter",
            format!(
                "At least one of the parameters {place}.Value, {place}.Values or \
                 {place}.StatisticValues must be specified."
            ),
        )),
        [_] => Ok(()),
    }
}

fn values(place: &str, datum: &MetricDatum) -> Result<(), ApiError> {
    let one = datum.value.iter().map(|value| ("Value".to_owned(), *value));
    let several = datum.values.iter().enumerate();
    let several = several.map(|(index, value)| (member("Values", index), *value));
    if let Some((field, value)) = one.chain(several).find(|(_, value)| value.abs() > LARGEST) {
        return Err(bad_value(&value.to_string(), &format!("{place}.{field}")));
    }
    let counts = datum.counts.iter().enumerate();
    if let Some((index, count)) = counts.into_iter().find(|(_, count)| **count <= 0.0) {
        let field = member("Counts", index);
        return Err(bad_value(&count.to_string(), &format!("{place}.{field}")));
    }
    datum.statistic_values.map_or(Ok(()), |set| set_values(place, set))
}

fn set_values(place: &str, set: StatisticSet) -> Result<(), ApiError> {
    let place = format!("{place}.StatisticValues");
    if set.maximum < set.minimum {
        return Err(invalid(format!(
            "The parameter {place}.Maximum must be greater than {place}.Minimum."
        )));
    }
    match set.sample_count > 0.0 {
        true => Ok(()),
        false => Err(invalid(format!("The parameter {place}.SampleCount must be greater than 0."))),
    }
}

fn at_most(place: &str, count: usize, most: usize) -> Result<(), ApiError> {
    match count <= most {
        true => Ok(()),
        false => Err(invalid(format!(
            "The collection {place} must not have a size greater than {most}."
        ))),
    }
}

fn bad_value(value: &str, place: &str) -> ApiError {
    invalid(format!("The value {value} for parameter {place} is invalid."))
}
