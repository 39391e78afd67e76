//! Lifecycle messages that Auto Scaling sends to a notification target.
//!
//! A termination, as of 2024. Older messages lack `Origin` and `Destination`. Only the group and
//! the instance are read: which cluster they belong to is for the tags of the group to say.
//!
//! ```json
//! {"Origin":"AutoScalingGroup","LifecycleHookName":"ecs-tide-drain","Destination":"EC2",
//!  "AccountId":"123456789012","RequestId":"…","LifecycleTransition":"autoscaling:EC2_INSTANCE_TERMINATING",
//!  "AutoScalingGroupName":"demo-group","Service":"AWS Auto Scaling","Time":"2026-11-22T09:00:00.000Z",
//!  "EC2InstanceId":"i-0123456789abcdef0","LifecycleActionToken":"…","NotificationMetadata":"{\"cluster\":\"demo\"}"}
//! ```

use serde_json::Value;

use super::{Malformed, Notification, Skip, Terminating, field};

const KIND: &str = "lifecycle notification";

/// Parses a message of Auto Scaling, or any other message that is not an event.
pub(super) fn classify(message: &Value) -> Result<Notification, Malformed> {
    if message.get("LifecycleTransition").is_some() {
        return transition(message);
    }
    let event = message.get("Event").and_then(Value::as_str).unwrap_or_default();
    let skip = if event == "autoscaling:TEST_NOTIFICATION" {
        Skip::TestNotification
    } else if event.starts_with("autoscaling:EC2_INSTANCE_") {
        Skip::PlainNotification
    } else {
        Skip::Unknown
    };
    Ok(Notification::Skip(skip))
}

/// Parses a lifecycle action: the message itself, or the `detail` of its event.
pub(super) fn transition(action: &Value) -> Result<Notification, Malformed> {
    match field(action, KIND, "LifecycleTransition").text()? {
        "autoscaling:EC2_INSTANCE_TERMINATING" => {}
        "autoscaling:EC2_INSTANCE_LAUNCHING" => return Ok(Notification::Skip(Skip::Launching)),
        _ => return Ok(Notification::Skip(Skip::Unknown)),
    }
    Ok(Notification::Terminating(Terminating {
        group: field(action, KIND, "AutoScalingGroupName").parsed()?,
        instance: field(action, KIND, "EC2InstanceId").parsed()?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn terminating(metadata: &Value) -> Value {
        json!({
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "AutoScalingGroupName": "demo-group",
            "EC2InstanceId": "i-0123456789abcdef0",
            "NotificationMetadata": metadata,
        })
    }

    #[test]
    fn metadata_that_is_absent_empty_or_not_json_never_fails_a_notification() {
        for metadata in [json!(null), json!(""), json!("no json"), json!(7), json!("{\"x\":1}")] {
            let read = classify(&terminating(&metadata));
            assert!(matches!(read, Ok(Notification::Terminating(_))), "{metadata}");
        }
    }

    #[test]
    fn a_notification_without_its_instance_or_group_is_named() {
        for (field, value) in [("EC2InstanceId", json!(null)), ("AutoScalingGroupName", json!(12))]
        {
            let mut message = terminating(&json!(null));
            message[field] = value;
            let error = classify(&message).unwrap_err().to_string();
            assert_eq!(error, format!("lifecycle notification: field `{field}` is not a string"));
        }
        let error = classify(&json!({"LifecycleTransition": ""})).unwrap_err().to_string();
        assert_eq!(error, "lifecycle notification: field `LifecycleTransition` is empty");
    }

    #[test]
    fn test_notifications_launches_and_plain_notifications_are_typed_skips() {
        for (message, skip) in [
            (json!({"Event": "autoscaling:TEST_NOTIFICATION"}), Skip::TestNotification),
            (json!({"LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}), Skip::Launching),
            (json!({"Event": "autoscaling:EC2_INSTANCE_TERMINATE"}), Skip::PlainNotification),
            (json!({"Event": "order:PLACED"}), Skip::Unknown),
            (json!({"LifecycleTransition": "autoscaling:SOMETHING_NEW"}), Skip::Unknown),
        ] {
            assert_eq!(classify(&message), Ok(Notification::Skip(skip)));
        }
    }
}
