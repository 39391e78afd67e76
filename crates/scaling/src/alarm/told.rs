//! The fields of a message about an alarm, whatever its format, and their meaning.

use serde_json::Value;

use super::evaluation::number;
use super::{Alarm, AlarmArn, Evaluation, Malformed, Notification, Skip, StateValue};
use super::{arn, kind, timestamp};
use crate::Time;
use crate::step::Operator;

/// How the ARN in AWS's sample message begins.
const SAMPLE: &str = "arn:aws:cloudwatch:REGION:ACCOUNT_NUMBER:";

/// A field of a message, and its path in the format of the message.
pub(super) struct Field<'a> {
    pub path: &'static str,
    pub value: Option<&'a Value>,
}

/// The fields of a message. Only the ARN, the state and its time are required. DescribeAlarms has
/// all others, so if they are null or of the wrong type they count as absent.
pub(super) struct Told<'a> {
    /// The kind of message.
    pub kind: &'static str,
    pub arn: Field<'a>,
    pub account: Field<'a>,
    pub state: Field<'a>,
    pub at: Field<'a>,
    pub previous: Option<&'a Value>,
    /// Present if the message is about one time series of the alarm.
    pub contributor: Option<&'a Value>,
    pub muted: Option<&'a Value>,
    pub suppressed: Option<&'a Value>,
    pub configuration: &'a Value,
    pub reason_data: Option<&'a Value>,
    pub threshold: Option<&'a Value>,
    pub operator: Option<&'a Value>,
}

impl Told<'_> {
    /// The notification that the fields amount to.
    pub(super) fn notification(&self) -> Result<Notification, Malformed> {
        if is_told(self.contributor) {
            return Ok(self.skip(Skip::Contributor));
        }
        if text(self.arn.value).is_some_and(|arn| arn.starts_with(SAMPLE)) {
            return Ok(self.skip(Skip::Sample));
        }
        let arn = self.arn()?;
        let skip = |why| Ok(Notification::Skip { why, alarm: Some(arn.clone()) });
        match self.state()? {
            StateValue::Ok => return skip(Skip::Ok),
            StateValue::InsufficientData => return skip(Skip::InsufficientData),
            StateValue::Alarm => {}
        }
        if is_told(self.muted) {
            return skip(Skip::Muted);
        }
        if is_told(self.suppressed) {
            return skip(Skip::Suppressed);
        }
        let data = self.reason_data.and_then(opened);
        if data.as_ref().is_some_and(is_of_log_alarm) {
            return skip(Skip::LogAlarm);
        }
        let kind = match kind::of(self.configuration) {
            Ok(kind) => kind,
            Err(why) => return skip(why),
        };
        let evaluation = data.as_ref().and_then(Evaluation::of);
        let told = self.threshold.and_then(number);
        let threshold = told.or_else(|| evaluation.as_ref()?.threshold);
        Ok(Notification::Alarm(Alarm {
            at: self.at()?,
            previous: text(self.previous).and_then(StateValue::read),
            kind,
            threshold,
            operator: text(self.operator).and_then(Operator::read),
            evaluation,
            arn,
        }))
    }

    /// A skip, with the alarm if its ARN can be read.
    pub(super) fn skip(&self, why: Skip) -> Notification {
        Notification::Skip { why, alarm: self.arn().ok() }
    }

    /// The ARN. Its account must be the one that the message states, or the alarm may belong to
    /// another account.
    fn arn(&self) -> Result<AlarmArn, Malformed> {
        let arn = arn::field(self.arn.value, self.kind, self.arn.path)?;
        match text(self.account.value) {
            Some(account) if account != arn.account() => {
                Err(self.fault(&self.account, "not the account in the alarm's ARN"))
            }
            _ => Ok(arn),
        }
    }

    fn state(&self) -> Result<StateValue, Malformed> {
        let name = self.required(&self.state)?;
        StateValue::read(name)
            .ok_or_else(|| self.fault(&self.state, "none of ALARM, OK and INSUFFICIENT_DATA"))
    }

    fn at(&self) -> Result<Time, Malformed> {
        let at = self.required(&self.at)?;
        timestamp::read(at)
            .ok_or_else(|| self.fault(&self.at, "not a time, send 2026-11-22T09:00:00.000+0000"))
    }

    fn required<'a>(&self, field: &Field<'a>) -> Result<&'a str, Malformed> {
        match field.value {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(self.fault(field, "not a string")),
            None => Err(self.fault(field, "absent")),
        }
    }

    fn fault(&self, field: &Field<'_>, fault: &'static str) -> Malformed {
        Malformed::Field { kind: self.kind, field: field.path, fault }
    }
}

/// Present, and neither null nor an empty string.
fn is_told(value: Option<&Value>) -> bool {
    value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""))
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// Parses reason data, which is JSON in a string. Log alarms send an object instead.
fn opened(data: &Value) -> Option<Value> {
    match data {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Object(_) => Some(data.clone()),
        _ => None,
    }
}

/// Whether the data is that of a log alarm, which counts the results of queries.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_LogAlarm.html>
fn is_of_log_alarm(data: &Value) -> bool {
    data.get("queryResultsToEvaluate").is_some() || data.get("queryResultsToAlarm").is_some()
}
