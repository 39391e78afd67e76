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

use serde_json::Value;

use super::told::{Field, Told};
use super::{Malformed, Notification, Skip};

/// Reads the event of a Lambda action.
pub(super) fn action(event: &Value) -> Result<Notification, Malformed> {
    let arn = Field { path: "alarmArn", value: event.get("alarmArn") };
    let account = Field { path: "accountId", value: event.get("accountId") };
    let paths = ["alarmData.state.value", "alarmData.state.timestamp"];
    told("alarm action", arn, account, event.get("alarmData"), paths).notification()
}

/// Reads an EventBridge event by its `detail-type`.
pub(super) fn event(event: &Value) -> Result<Notification, Malformed> {
    let unknown = Ok(Notification::Skip { why: Skip::Unknown, alarm: None });
    // Anyone who may put events can set any other source.
    if event.get("source").and_then(Value::as_str) != Some("aws.cloudwatch") {
        return unknown;
    }
    let arn = Field { path: "resources[0]", value: event.pointer("/resources/0") };
    let account = Field { path: "account", value: event.get("account") };
    let paths = ["detail.state.value", "detail.state.timestamp"];
    let told = told("alarm event", arn, account, event.get("detail"), paths);
    match event.get("detail-type").and_then(Value::as_str) {
        Some("CloudWatch Alarm State Change") => told.notification(),
        Some("CloudWatch Alarm Configuration Change") => Ok(told.skip(Skip::ConfigurationChange)),
        Some("CloudWatch Alarm Contributor State Change") => Ok(told.skip(Skip::Contributor)),
        _ => unknown,
    }
}

/// The fields of the document. The alarm's ARN and account are outside of it.
fn told<'a>(
    kind: &'static str,
    arn: Field<'a>,
    account: Field<'a>,
    document: Option<&'a Value>,
    [state, at]: [&'static str; 2],
) -> Told<'a> {
    let document = document.unwrap_or(&Value::Null);
    let configuration = document.get("configuration").unwrap_or(&Value::Null);
    Told {
        kind,
        arn,
        account,
        state: Field { path: state, value: document.pointer("/state/value") },
        at: Field { path: at, value: document.pointer("/state/timestamp") },
        previous: document.pointer("/previousState/value"),
        contributor: document.get("alarmContributor"),
        muted: document.get("muteDetail"),
        suppressed: document.pointer("/state/actionsSuppressedBy"),
        reason_data: document.pointer("/state/reasonData"),
        threshold: configuration.get("threshold"),
        operator: configuration.get("comparisonOperator"),
        configuration,
    }
}
