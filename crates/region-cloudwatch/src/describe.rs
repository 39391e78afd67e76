//! DescribeAlarms.

use region_core::api::ApiError;
use region_core::input::{Pages, text, texts};
use region_core::wording::put;
use serde_json::{Value, json};

use crate::alarm::{Alarm, Kind};
use crate::cloudwatch::CloudWatch;
use crate::constraints::{Violations, only};
use crate::error::{combined, validation};
use crate::state::StateValue;

const PAGES: Pages =
    Pages { size: "MaxRecords", token: "NextToken", usual: 50, code: "InvalidNextToken" };

const FIELDS: [&str; 9] = [
    "ActionPrefix",
    "AlarmNamePrefix",
    "AlarmNames",
    "AlarmTypes",
    "ChildrenOfAlarmName",
    "MaxRecords",
    "NextToken",
    "ParentsOfAlarmName",
    "StateValue",
];

impl CloudWatch {
    pub(crate) fn describe_alarms(&self, input: &Value) -> Result<Value, ApiError> {
        check(input)?;
        let names = texts(input, "AlarmNames");
        let (prefix, action) = (text(input, "AlarmNamePrefix"), text(input, "ActionPrefix"));
        let types = match texts(input, "AlarmTypes") {
            types if types.is_empty() => vec!["MetricAlarm"],
            types => types,
        };
        let state = text(input, "StateValue");
        let wanted = |alarm: &Alarm| {
            types.contains(&kind(alarm))
                && (names.is_empty() || names.contains(&alarm.name.as_str()))
                && prefix.is_none_or(|prefix| alarm.name.starts_with(prefix))
                && state.is_none_or(|state| state == alarm.state.value.as_str())
                && action.is_none_or(|action| acts(alarm, action))
        };
        let alarms = self.alarms.values().filter(|alarm| wanted(alarm));
        let (page, next) = PAGES.cut(input, alarms.enumerate())?;
        let shown = |of: &str| -> Value {
            page.iter().filter(|alarm| kind(alarm) == of).map(|alarm| alarm.shown()).collect()
        };
        let mut answer = json!({
            "MetricAlarms": shown("MetricAlarm"),
            "CompositeAlarms": shown("CompositeAlarm"),
            "LogAlarms": [],
        });
        if let Some(next) = next {
            put(&mut answer, "NextToken", next);
        }
        Ok(answer)
    }
}

fn check(input: &Value) -> Result<(), ApiError> {
    only(input, "DescribeAlarms", &FIELDS)?;
    let mut violations = Violations::default();
    violations.size(input, "AlarmNames", 0..=100);
    violations.length(input, "AlarmNamePrefix", 1..=255);
    violations.each_of(input, "AlarmTypes", &["MetricAlarm", "CompositeAlarm", "LogAlarm"]);
    violations.one_of(input, "StateValue", &StateValue::SHOWN);
    violations.length(input, "ActionPrefix", 1..=1_024);
    violations.number(input, "MaxRecords", 1..=100);
    violations.check()?;
    for filter in ["ChildrenOfAlarmName", "ParentsOfAlarmName"] {
        if text(input, filter).is_some() {
            return Err(validation(format!("the simulated region cannot filter by {filter}")));
        }
    }
    if !texts(input, "AlarmNames").is_empty() && text(input, "AlarmNamePrefix").is_some() {
        return Err(combined("AlarmNamePrefix and AlarmNames.member are mutually exclusive"));
    }
    Ok(())
}

fn kind(alarm: &Alarm) -> &'static str {
    match alarm.kind {
        Kind::Metric(_) => "MetricAlarm",
        Kind::Composite(_) => "CompositeAlarm",
    }
}

fn acts(alarm: &Alarm, prefix: &str) -> bool {
    let states = [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData];
    states
        .into_iter()
        .any(|state| alarm.actions.of(state).iter().any(|arn| arn.starts_with(prefix)))
}
