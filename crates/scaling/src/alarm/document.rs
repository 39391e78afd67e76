//! The document about an alarm: `alarmData` in a Lambda action, `detail` in an EventBridge event.
//!
//! ```json
//! {"source":"aws.cloudwatch","alarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high",
//!  "accountId":"123456789012","time":"2026-11-22T09:00:00.104+0000","region":"us-east-1",
//!  "alarmData":{"alarmName":"web-cpu-high",
//!    "state":{"value":"ALARM","reason":"…","reasonData":"{…}","timestamp":"2026-11-22T09:00:00.104+0000"},
//!    "previousState":{"value":"OK","reason":"…","timestamp":"…"},
//!    "configuration":{"metrics":[{"id":"m1","metricStat":{…},"returnData":true}]}}}
//! {"detail-type":"CloudWatch Alarm State Change","source":"aws.cloudwatch","account":"123456789012",
//!  "resources":["arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high"],"detail":{…}}
//! ```

use envelope::{Field, Malformed};
use serde_json::Value;

use super::fields::Fields;
use super::notification::Notification;
use super::skip::Skip;

/// Reads the event of a Lambda action.
pub(super) fn action(event: &Value) -> Result<Notification, Malformed> {
    let field = |path, value| Field { kind: "alarm action", path, value };
    let arn = field("alarmArn", event.get("alarmArn"));
    let account = field("accountId", event.get("accountId"));
    let paths = ["alarmData.state.value", "alarmData.state.timestamp"];
    fields(arn, account, event.get("alarmData"), paths).notification()
}

/// Reads an EventBridge event by its `detail-type`.
pub(super) fn event(event: &Value) -> Result<Notification, Malformed> {
    // Anyone who may put events can set any other source.
    if event.get("source").and_then(Value::as_str) != Some("aws.cloudwatch") {
        return Ok(Notification::Skip(Skip::Unknown));
    }
    let why = match event.get("detail-type").and_then(Value::as_str) {
        Some("CloudWatch Alarm State Change") => {
            let field = |path, value| Field { kind: "alarm event", path, value };
            let arn = field("resources[0]", event.pointer("/resources/0"));
            let account = field("account", event.get("account"));
            let paths = ["detail.state.value", "detail.state.timestamp"];
            let detail = event.get("detail");
            return fields(arn, account, detail, paths).notification();
        }
        Some("CloudWatch Alarm Configuration Change") => Skip::ConfigurationChange,
        Some("CloudWatch Alarm Contributor State Change") => Skip::Contributor,
        _ => Skip::Unknown,
    };
    Ok(Notification::Skip(why))
}

/// The fields of the document. The alarm's ARN and account are outside of it.
fn fields<'a>(
    arn: Field<'a>,
    account: Field<'a>,
    document: Option<&'a Value>,
    [state, at]: [&'static str; 2],
) -> Fields<'a> {
    let document = document.unwrap_or(&Value::Null);
    Fields {
        arn,
        account,
        state: Field { path: state, value: document.pointer("/state/value"), ..arn },
        at: Field { path: at, value: document.pointer("/state/timestamp"), ..arn },
        contributor: document.get("alarmContributor"),
        muted: document.get("muteDetail"),
        suppressed: document.pointer("/state/actionsSuppressedBy"),
        configuration: document.get("configuration"),
        reason_data: document.pointer("/state/reasonData"),
    }
}
