//! The fields of a message about an alarm, whatever its format, and their meaning.

use aws_names::AlarmArn;
use envelope::{Field, Malformed};
use serde_json::Value;

use super::configuration::unsupported;
use super::notification::Notification;
use super::skip::Skip;
use super::state_value::StateValue;
use super::timestamp;
use crate::Time;

/// How the ARN in AWS's sample message begins.
const SAMPLE: &str = "arn:aws:cloudwatch:REGION:ACCOUNT_NUMBER:";

/// The fields of a message that decide. Only the ARN, the state and its time are required; others
/// count as absent if they are null or of the wrong type.
pub(super) struct Fields<'a> {
    pub arn: Field<'a>,
    pub account: Field<'a>,
    pub state: Field<'a>,
    pub at: Field<'a>,
    /// Present if the message is about one time series of the alarm.
    pub contributor: Option<&'a Value>,
    pub muted: Option<&'a Value>,
    pub suppressed: Option<&'a Value>,
    /// What the alarm watches.
    pub configuration: Option<&'a Value>,
    /// What the state was evaluated on.
    pub reason_data: Option<&'a Value>,
}

impl Fields<'_> {
    /// The notification that the fields amount to.
    pub(super) fn notification(&self) -> Result<Notification, Malformed> {
        if is_given(self.contributor) {
            return Ok(Notification::Skip(Skip::Contributor));
        }
        if text(self.arn.value).is_some_and(|arn| arn.starts_with(SAMPLE)) {
            return Ok(Notification::Skip(Skip::Sample));
        }
        let arn = self.arn()?;
        if let Some(why) = self.held_back(self.state()?) {
            return Ok(Notification::Skip(why));
        }
        Ok(Notification::Alarm { arn, at: self.at()? })
    }

    /// Why the present state, which is sound, scales nothing.
    fn held_back(&self, state: StateValue) -> Option<Skip> {
        match state {
            StateValue::Ok => Some(Skip::Ok),
            StateValue::InsufficientData => Some(Skip::InsufficientData),
            StateValue::Alarm if is_given(self.muted) => Some(Skip::Muted),
            StateValue::Alarm if is_given(self.suppressed) => Some(Skip::Suppressed),
            StateValue::Alarm if self.reason_data.is_some_and(is_of_log_alarm) => {
                Some(Skip::LogAlarm)
            }
            StateValue::Alarm => unsupported(self.configuration?),
        }
    }

    /// The ARN. Its account must be the one that the message states, or the alarm may belong to
    /// another account.
    fn arn(&self) -> Result<AlarmArn, Malformed> {
        let arn: AlarmArn = self.arn.parsed()?;
        match text(self.account.value) {
            Some(account) if account != arn.arn().account => {
                Err(self.account.is("not the account in the alarm's ARN"))
            }
            _ => Ok(arn),
        }
    }

    fn state(&self) -> Result<StateValue, Malformed> {
        StateValue::read(self.state.text()?)
            .ok_or_else(|| self.state.is("none of ALARM, OK and INSUFFICIENT_DATA"))
    }

    fn at(&self) -> Result<Time, Malformed> {
        timestamp::read(self.at.text()?)
            .ok_or_else(|| self.at.is("not a time, send 2026-11-22T09:00:00.000+0000"))
    }
}

/// Present, and neither null nor an empty string.
fn is_given(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// Whether reason data is that of a log alarm, which counts the results of queries. Log alarms send
/// an object, others JSON in a string.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_LogAlarm.html>
fn is_of_log_alarm(reason_data: &Value) -> bool {
    let counts = |data: &Value| {
        data.get("queryResultsToEvaluate").is_some() || data.get("queryResultsToAlarm").is_some()
    };
    match reason_data {
        Value::String(text) => serde_json::from_str(text).is_ok_and(|data| counts(&data)),
        data => counts(data),
    }
}
