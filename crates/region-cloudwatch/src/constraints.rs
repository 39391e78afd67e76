//! The constraints of the API's model, and what AWS says of a request that breaks some.

use std::ops::RangeInclusive;

use region_core::api::ApiError;
use serde_json::Value;

use crate::error::validation;

/// What a request breaks.
#[derive(Debug, Default)]
pub(crate) struct Violations(Vec<String>);

impl Violations {
    /// The field must be there.
    pub(crate) fn needs(&mut self, input: &Value, field: &str) {
        if input.get(field).is_none_or(Value::is_null) {
            self.add("null", field, "Member must not be null");
        }
    }

    /// The field, if it is there, must be one of these.
    pub(crate) fn one_of(&mut self, input: &Value, field: &str, allowed: &[&str]) {
        let Some(text) = input.get(field).and_then(Value::as_str) else { return };
        if !allowed.contains(&text) {
            self.add(&quoted(text), field, &enumerated(allowed));
        }
    }

    /// Each item of the field must be one of these.
    pub(crate) fn each_of(&mut self, input: &Value, field: &str, allowed: &[&str]) {
        let items = texts(input, field);
        if !items.iter().all(|item| allowed.contains(item)) {
            let constraint = format!("Member must satisfy constraint: [{}]", enumerated(allowed));
            self.add(&listed(&items), field, &constraint);
        }
    }

    /// The field, if it is there, must have so many characters.
    pub(crate) fn length(&mut self, input: &Value, field: &str, range: RangeInclusive<usize>) {
        let Some(text) = input.get(field).and_then(Value::as_str) else { return };
        self.within("length", text.chars().count(), &quoted(text), field, range);
    }

    /// The field must have so many items.
    pub(crate) fn size(&mut self, input: &Value, field: &str, range: RangeInclusive<usize>) {
        let items = texts(input, field);
        self.within("length", items.len(), &listed(&items), field, range);
    }

    /// The field, if it is there, must be a number in this range.
    pub(crate) fn number(&mut self, input: &Value, field: &str, range: RangeInclusive<i64>) {
        let Some(number) = input.get(field).and_then(Value::as_i64) else { return };
        self.within("value", number, &quoted(&number.to_string()), field, range);
    }

    fn within<N: PartialOrd + std::fmt::Display>(
        &mut self,
        what: &str,
        number: N,
        value: &str,
        field: &str,
        range: RangeInclusive<N>,
    ) {
        let (least, most) = range.into_inner();
        if number < least {
            let constraint = format!("Member must have {what} greater than or equal to {least}");
            self.add(value, field, &constraint);
        } else if number > most {
            let constraint = format!("Member must have {what} less than or equal to {most}");
            self.add(value, field, &constraint);
        }
    }

    fn add(&mut self, value: &str, field: &str, constraint: &str) {
        let mut name = field.to_owned();
        name.get_mut(..1).into_iter().for_each(str::make_ascii_lowercase);
        self.0
            .push(format!("Value {value} at '{name}' failed to satisfy constraint: {constraint}"));
    }

    /// All that is wrong.
    ///
    /// # Errors
    /// `ValidationError`, if anything is.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        let plural = match self.0.len() {
            0 => return Ok(()),
            1 => "",
            _ => "s",
        };
        let (count, all) = (self.0.len(), self.0.join("; "));
        Err(validation(format!("{count} validation error{plural} detected: {all}")))
    }
}

/// Refuse fields that the simulated region would not read.
///
/// # Errors
/// `ValidationError`, with the name of the field.
pub(crate) fn only(input: &Value, operation: &str, known: &[&str]) -> Result<(), ApiError> {
    match region_core::input::unread(input, known) {
        None => Ok(()),
        Some(field) => Err(validation(format!(
            "the simulated region does not read {field} of {operation}, leave it out"
        ))),
    }
}

fn texts<'a>(input: &'a Value, field: &str) -> Vec<&'a str> {
    region_core::input::texts(input, field)
}

fn enumerated(allowed: &[&str]) -> String {
    format!("Member must satisfy enum value set: [{}]", allowed.join(", "))
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}

fn listed(items: &[&str]) -> String {
    quoted(&format!("[{}]", items.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_that_is_wrong_is_counted_and_listed() {
        let input = json!({"ScanBy": "Newest", "AlarmTypes": ["Siren"], "MaxRecords": 0,
            "AlarmNames": ["a", "b"], "ActionPrefix": "", "Note": null});
        let mut violations = Violations::default();
        violations.one_of(&input, "ScanBy", &["Up", "Down"]);
        violations.each_of(&input, "AlarmTypes", &["MetricAlarm"]);
        violations.number(&input, "MaxRecords", 1..=100);
        violations.size(&input, "AlarmNames", 0..=1);
        violations.length(&input, "ActionPrefix", 1..=9);
        violations.needs(&input, "Note");
        let error = violations.check().unwrap_err();
        assert_eq!(
            error.message,
            "6 validation errors detected: Value 'Newest' at 'scanBy' failed to satisfy \
             constraint: Member must satisfy enum value set: [Up, Down]; Value '[Siren]' at \
             'alarmTypes' failed to satisfy constraint: Member must satisfy constraint: [Member \
             must satisfy enum value set: [MetricAlarm]]; Value '0' at 'maxRecords' failed to \
             satisfy constraint: Member must have value greater than or equal to 1; Value '[a, b]' \
             at 'alarmNames' failed to satisfy constraint: Member must have length less than or \
             equal to 1; Value '' at 'actionPrefix' failed to satisfy constraint: Member must have \
             length greater than or equal to 1; Value null at 'note' failed to satisfy constraint: \
             Member must not be null"
        );
    }

    #[test]
    fn a_sound_request_breaks_nothing() {
        let input = json!({"ScanBy": "Up", "MaxRecords": 100});
        let mut violations = Violations::default();
        violations.one_of(&input, "ScanBy", &["Up", "Down"]);
        violations.one_of(&input, "Absent", &["Up"]);
        violations.number(&input, "MaxRecords", 1..=100);
        violations.needs(&input, "ScanBy");
        assert_eq!(violations.check(), Ok(()));
    }

    #[test]
    fn a_field_that_is_not_read_is_refused_by_name() {
        assert_eq!(only(&json!({"A": 1, "B": null}), "Get", &["A"]), Ok(()));
        let error = only(&json!({"A": 1, "B": 2}), "Get", &["A"]).unwrap_err();
        assert_eq!(error.message, "the simulated region does not read B of Get, leave it out");
    }
}
