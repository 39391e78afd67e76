//! Reading the fields of an object so that every fault is named, not only the first.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::Fault;

/// An object that is being read. A getter that finds a fault adds it to the list and returns
/// `None` or the default.
pub(super) struct Fields<'a> {
    pub(super) path: String,
    fields: &'a Map<String, Value>,
    known: BTreeSet<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// Open a value that must be an object.
    pub(super) fn open(value: &'a Value, path: &str, faults: &'a mut Vec<Fault>) -> Option<Self> {
        let Some(fields) = value.as_object() else {
            faults.push(Fault {
                path: path.to_owned(),
                what: format!("is {}; give fields and their values", kind(value)),
            });
            return None;
        };
        Some(Self { path: path.to_owned(), fields, known: BTreeSet::new(), faults })
    }

    /// The path of a field.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path == ROOT { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Adds a fault of a field.
    pub(super) fn fault(&mut self, name: &str, what: impl Into<String>) {
        let path = self.at(name);
        self.faults.push(Fault { path, what: what.into() });
    }

    /// The list to which faults are added.
    pub(super) fn faults(&mut self) -> &mut Vec<Fault> {
        self.faults
    }

    /// A field that has a default.
    pub(super) fn given(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.fields.get(name)
    }

    /// A field that may be absent; `null` is absent too, as in what AWS's own tools print.
    pub(super) fn optional(&mut self, name: &'static str) -> Option<&'a Value> {
        self.given(name).filter(|value| !value.is_null())
    }

    /// A field that must be there.
    pub(super) fn required(&mut self, name: &'static str, want: &str) -> Option<&'a Value> {
        let value = self.optional(name);
        if value.is_none() {
            self.fault(name, format!("is missing; give {want}"));
        }
        value
    }

    /// A text that must be there.
    /// A required text that parses.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &'static str, want: &str) -> Option<T> {
        let text = self.text(name, want)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.wrong(name, &Value::from(text), want);
        }
        parsed
    }

    pub(super) fn text(&mut self, name: &'static str, want: &str) -> Option<&'a str> {
        let value = self.required(name, want)?;
        let text = value.as_str().filter(|text| !text.is_empty());
        if text.is_none() {
            self.wrong(name, value, want);
        }
        text
    }

    /// A whole number that must be there.
    pub(super) fn whole(&mut self, name: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.required(name, &whole(&range))?;
        self.whole_in(name, value, range)
    }

    /// A whole number that may be absent.
    pub(super) fn maybe_whole(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let value = self.optional(name)?;
        self.whole_in(name, value, range)
    }

    /// A whole number that has a default.
    pub(super) fn whole_or(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
        default: u32,
    ) -> i64 {
        let given = self.given(name);
        given.and_then(|value| self.whole_in(name, value, range)).unwrap_or(default.into())
    }

    /// A value as a whole number.
    pub(super) fn whole_in(
        &mut self,
        name: &str,
        value: &Value,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = value.as_i64().filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, value, &whole(&range));
        }
        number
    }

    /// A number that may be absent.
    pub(super) fn maybe_number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.optional(name)?;
        let number = value.as_f64().filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong(name, value, "a number");
        }
        number
    }

    /// A switch that has a default.
    pub(super) fn switch(&mut self, name: &'static str, default: bool) -> bool {
        let Some(value) = self.given(name) else { return default };
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong(name, value, "true or false");
        }
        flag.unwrap_or(default)
    }

    /// A list that must be there and hold something.
    pub(super) fn list(&mut self, name: &'static str, want: &str) -> Option<&'a Vec<Value>> {
        let value = self.required(name, want)?;
        let list = value.as_array().filter(|list| !list.is_empty());
        if list.is_none() {
            self.wrong(name, value, want);
        }
        list
    }

    /// A list that may be absent.
    pub(super) fn maybe_list(&mut self, name: &'static str, want: &str) -> Option<&'a Vec<Value>> {
        let value = self.given(name)?;
        let list = value.as_array();
        if list.is_none() {
            self.wrong(name, value, want);
        }
        list
    }

    /// Adds the fault that a value is not what is wanted.
    pub(super) fn wrong(&mut self, name: &str, value: &Value, want: &str) {
        self.fault(name, format!("is {}; give {want}", kind(value)));
    }

    /// Adds a fault for each unknown field.
    pub(super) fn close(self) {
        let fields = self.fields;
        for name in fields.keys().filter(|name| !self.known.contains(name.as_str())) {
            let known: Vec<&str> = self.known.iter().copied().collect();
            let what = format!("is unknown; there are {}", known.join(", "));
            // A field without a name has one in a message.
            let path = self.at(if name.is_empty() { "\"\"" } else { name });
            self.faults.push(Fault { path, what });
        }
    }
}

/// The path of the document itself.
pub(super) const ROOT: &str = "the document";

fn whole(range: &RangeInclusive<i64>) -> String {
    format!("a whole number from {} to {}", range.start(), range.end())
}

/// A value in a message: short ones as they are.
fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.is_empty() => "empty".to_owned(),
        Value::String(text) if text.chars().count() <= 64 => format!("{text:?}"),
        Value::String(_) => "a long text".to_owned(),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
