//! Names and ARNs of alarms.

use region_core::names::{ACCOUNT, REGION};

/// The ARN of an alarm.
pub(crate) fn alarm_arn(name: &str) -> String {
    format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}")
}

/// The name of an alarm that is given by name or ARN.
pub(crate) fn alarm_name(name_or_arn: &str) -> &str {
    match name_or_arn.starts_with("arn:") {
        true => name_or_arn.splitn(7, ':').last().unwrap_or(name_or_arn),
        false => name_or_arn,
    }
}
