//! SetAlarmState.

use region_core::api::ApiError;
use region_core::input::text;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::account::Account;
use crate::cloudwatch::CloudWatch;
use crate::constraints::{Violations, only};
use crate::error::validation;
use crate::state::{State, StateValue};

impl CloudWatch {
    /// The state lasts until the next evaluation. A scaling policy acts by the values in
    /// StateReasonData (API_SetAlarmState).
    pub(crate) fn set_alarm_state(
        &mut self,
        account: &mut dyn Account,
        input: &Value,
    ) -> Result<Value, ApiError> {
        check(input)?;
        let name = text(input, "AlarmName").unwrap_or_default().to_owned();
        let value = input.get("StateValue").cloned().unwrap_or_default();
        let value = StateValue::deserialize(value)
            .map_err(|error| validation(format!("StateValue: {error}")))?;
        let Some(before) = self.alarms.get(&name).map(|alarm| alarm.state.value) else {
            return Err(not_found());
        };
        let data = text(input, "StateReasonData");
        let read: Option<Value> = data.map(serde_json::from_str).transpose().map_err(|error| {
            ApiError::client("InvalidFormat", format!("StateReasonData is not JSON: {error}"))
        })?;
        let recent = read.as_ref().and_then(|data| data.get("recentDatapoints")?.as_array());
        let recent = recent.into_iter().flatten().filter_map(Value::as_f64).collect();
        let reason = text(input, "StateReason").unwrap_or_default().to_owned();
        let reason_data = data.map(str::to_owned);
        let state = State { value, reason, reason_data, updated_at: account.now() };
        self.change_alarm(account, &name, state);
        if before != value {
            account.scale(self.scaling_actions(&name, recent));
        }
        Ok(json!({}))
    }
}

fn check(input: &Value) -> Result<(), ApiError> {
    let fields = ["AlarmName", "StateReason", "StateReasonData", "StateValue"];
    only(input, "SetAlarmState", &fields)?;
    let mut violations = Violations::default();
    for field in ["AlarmName", "StateValue", "StateReason"] {
        violations.needs(input, field);
    }
    violations.length(input, "AlarmName", 1..=255);
    violations.one_of(input, "StateValue", &StateValue::SHOWN);
    violations.length(input, "StateReason", 0..=1_023);
    violations.length(input, "StateReasonData", 0..=4_000);
    violations.check()
}

/// CloudWatch has no words for an alarm that is not there.
fn not_found() -> ApiError {
    ApiError { status: 404, code: "ResourceNotFound".to_owned(), message: String::new() }
}
