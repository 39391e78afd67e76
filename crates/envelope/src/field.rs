//! Required fields of messages.

use std::fmt::Display;
use std::str::FromStr;

use serde_json::Value;

use crate::Malformed;

/// A field of a message.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The kind of message.
    pub kind: &'static str,
    /// The path of the field.
    pub path: &'static str,
    pub value: Option<&'a Value>,
}

impl<'a> Field<'a> {
    /// Its text.
    ///
    /// # Errors
    /// It is absent, not a string, or empty.
    pub fn text(self) -> Result<&'a str, Malformed> {
        match self.value {
            Some(Value::String(text)) if !text.is_empty() => Ok(text),
            Some(Value::String(_)) => Err(self.is("empty")),
            Some(_) => Err(self.is("not a string")),
            None => Err(self.is("absent")),
        }
    }

    /// Its text, parsed.
    ///
    /// # Errors
    /// It has no text, or the parser refuses it.
    pub fn parsed<T: FromStr<Err: Display>>(self) -> Result<T, Malformed> {
        self.text()?.parse().map_err(|fault| self.is(fault))
    }

    /// The error that the field is `fault`.
    pub fn is(self, fault: impl Display) -> Malformed {
        Malformed::Field { kind: self.kind, field: self.path, fault: fault.to_string() }
    }
}
