//! Commands as text.

use std::borrow::Cow;

use serde::Serialize;

/// A command of the AWS CLI, an option on each line.
#[derive(Debug)]
pub(super) struct Command(String);

impl Command {
    /// `what` is a service and an operation.
    pub(super) fn new(what: &str) -> Self {
        Self(format!("aws {what}"))
    }

    /// An option with a value, which is quoted as the shell needs.
    pub(super) fn with(self, option: &str, value: &str) -> Self {
        // Only a null character cannot be quoted, and no name has one.
        let value = shlex::try_quote(value).unwrap_or(Cow::Borrowed("''"));
        self.raw(option, &value)
    }

    /// An option with a value for the shell to expand.
    pub(super) fn raw(self, option: &str, value: &str) -> Self {
        Self(format!("{} \\\n  --{option} {value}", self.0))
    }

    /// An option with JSON.
    pub(super) fn json(self, option: &str, value: &impl Serialize) -> Self {
        self.with(option, &json(value))
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// JSON to read.
fn json(value: &impl Serialize) -> String {
    // These are structures of texts and finite numbers, which all have a form in JSON.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
