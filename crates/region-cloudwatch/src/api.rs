//! CloudWatch's operations.

use region_core::api::ApiError;
use serde_json::Value;

use crate::account::Account;
use crate::cloudwatch::CloudWatch;

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
            "ListTagsForResource" => self.list_tags_for_resource(input),
            "GetMetricData" => self.get_metric_data(input),
            "PutMetricData" => self.put_metric_data_call(account.now(), input),
            "SetAlarmState" => self.set_alarm_state(account, input),
            other => {
                let text = format!("the simulated region has no CloudWatch operation {other}");
                Err(ApiError::client("UnknownOperationException", text))
            }
        }
    }
}
