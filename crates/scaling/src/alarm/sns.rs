//! The message that an alarm's SNS action publishes.
//!
//! ```json
//! {"AlarmName":"web-cpu-high","AlarmDescription":null,"AWSAccountId":"123456789012","NewStateValue":"ALARM",
//!  "NewStateReason":"…","StateChangeTime":"2026-11-22T09:00:00.104+0000","Region":"US East (N. Virginia)",
//!  "AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high","OldStateValue":"OK",
//!  "Trigger":{"MetricName":"CPUUtilization","Namespace":"AWS/ECS","Statistic":"AVERAGE","Threshold":70.0,
//!             "ComparisonOperator":"GreaterThanThreshold","Period":60,"EvaluationPeriods":2}}
//! ```
//!
//! A composite alarm has `AlarmRule` and `TriggeringChildren` in place of `Trigger`.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>

use envelope::{Field, Malformed};
use serde_json::Value;

use super::fields::Fields;
use super::notification::Notification;

/// Reads the message.
pub(super) fn message(message: &Value) -> Result<Notification, Malformed> {
    let field = |path| Field { kind: "alarm message", path, value: message.get(path) };
    let trigger = message.get("Trigger").filter(|trigger| trigger.is_object());
    let fields = Fields {
        arn: field("AlarmArn"),
        account: field("AWSAccountId"),
        state: field("NewStateValue"),
        at: field("StateChangeTime"),
        contributor: message.get("AlarmContributorId"),
        muted: None,
        suppressed: message.get("ActionsSuppressedBy"),
        configuration: trigger.or(Some(message)),
        reason_data: message.get("NewStateReasonData"),
    };
    fields.notification()
}
