//! The state of an alarm.

use region_core::Time;
use serde::Deserialize;

/// The state of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StateValue {
    /// Within the threshold; of a composite alarm, the rule is not met.
    Ok,
    /// Beyond the threshold; of a composite alarm, the rule is met.
    Alarm,
    /// New, or without data.
    InsufficientData,
}

impl StateValue {
    /// CloudWatch's own words, in the order of its error messages.
    pub(crate) const SHOWN: [&'static str; 3] = ["INSUFFICIENT_DATA", "ALARM", "OK"];

    /// CloudWatch's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// A state, why, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) value: StateValue,
    pub(crate) reason: String,
    /// JSON as text.
    pub(crate) reason_data: Option<String>,
    pub(crate) updated_at: Time,
}
