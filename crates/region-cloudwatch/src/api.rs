//! CloudWatch's operations.

use region_core::Time;
use region_core::api::ApiError;
use region_core::input::{Pages, text, texts};
use region_core::wording::put;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::account::Account;
use crate::alarm::{Alarm, Kind};
use crate::cloudwatch::CloudWatch;
use crate::data::PutMetricData;
use crate::error::validation;
use crate::state::{State, StateValue};

/// The most names in one call (API_DescribeAlarms).
const MOST_NAMES: usize = 100;

const PAGES: Pages =
    Pages { size: "MaxRecords", token: "NextToken", usual: 50, code: "InvalidNextToken" };

impl CloudWatch {
    /// Answer one call.
    ///
    /// # Errors
    /// The error that AWS returns, or an operation that is not simulated.
    pub fn call(
        &mut self,
        account: &mut dyn Account,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        match operation {
            "DescribeAlarms" => self.describe_alarms(input),
            "GetMetricData" => self.get_metric_data(input),
            "PutMetricData" => self.put_metric_data_call(account.now(), input),
            "SetAlarmState" => self.set_alarm_state(account, input),
            other => {
                let text = format!("the simulated region has no CloudWatch operation {other}");
                Err(ApiError::client("UnknownOperationException", text))
            }
        }
    }

    fn describe_alarms(&self, input: &Value) -> Result<Value, ApiError> {
        for filter in ["ChildrenOfAlarmName", "ParentsOfAlarmName"] {
            if text(input, filter).is_some() {
                return Err(validation(format!("the simulated region cannot filter by {filter}")));
            }
        }
        let names = texts(input, "AlarmNames");
        let (prefix, action) = (text(input, "AlarmNamePrefix"), text(input, "ActionPrefix"));
        if names.len() > MOST_NAMES || (!names.is_empty() && prefix.is_some()) {
            return Err(validation("AlarmNames are 100 at most, and go with no AlarmNamePrefix"));
        }
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
        });
        if let Some(next) = next {
            put(&mut answer, "NextToken", next);
        }
        Ok(answer)
    }

    fn put_metric_data_call(&mut self, now: Time, input: &Value) -> Result<Value, ApiError> {
        let order = PutMetricData::deserialize(input).map_err(|e| validation(e.to_string()))?;
        // Only AWS's own services write there (API_PutMetricData).
        if order.namespace.starts_with("AWS/") {
            let text = "The value AWS/ for parameter Namespace is invalid.";
            return Err(ApiError::client("InvalidParameterValue", text));
        }
        self.put_metric_data(now, order)?;
        Ok(json!({}))
    }

    /// The state lasts until the next evaluation. A scaling policy acts by the values in
    /// StateReasonData (API_SetAlarmState).
    fn set_alarm_state(
        &mut self,
        account: &mut dyn Account,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let name = text(input, "AlarmName").unwrap_or_default().to_owned();
        let value = input.get("StateValue").cloned().unwrap_or_default();
        let value = StateValue::deserialize(value)
            .map_err(|error| validation(format!("StateValue: {error}")))?;
        let reason =
            text(input, "StateReason").ok_or_else(|| validation("StateReason is needed"))?;
        let data = text(input, "StateReasonData");
        let read: Option<Value> = data.map(serde_json::from_str).transpose().map_err(|error| {
            ApiError::client("InvalidFormat", format!("StateReasonData is not JSON: {error}"))
        })?;
        let Some(before) = self.alarms.get(&name).map(|alarm| alarm.state.value) else {
            return Err(ApiError::client("ResourceNotFound", format!("there is no alarm {name}")));
        };
        let recent = read.as_ref().and_then(|data| data.get("recentDatapoints")?.as_array());
        let recent = recent.into_iter().flatten().filter_map(Value::as_f64).collect();
        let (reason, reason_data) = (reason.to_owned(), data.map(str::to_owned));
        let state = State { value, reason, reason_data, updated_at: account.now() };
        self.change_alarm(account, &name, state);
        if before != value {
            account.scale(self.scaling_actions(&name, recent));
        }
        Ok(json!({}))
    }
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
