//! ARNs of alarms: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high`.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use ::envelope::Malformed;

/// The maximum length of `AlarmName` in PutMetricAlarm.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
const LONGEST_NAME: usize = 255;

/// The ARN of an alarm, of any kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlarmArn(String);

const FAULT: &str = "not an alarm's ARN, write arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME";

/// The text is not an alarm's ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", FAULT)]
pub struct BadArn;

impl AlarmArn {
    /// The Region's code.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account's number.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// The alarm's name, which may hold colons itself.
    pub fn name(&self) -> &str {
        self.part(6)
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(7, ':').nth(index).unwrap_or_default()
    }
}

impl FromStr for AlarmArn {
    type Err = BadArn;

    fn from_str(text: &str) -> Result<Self, BadArn> {
        let parts: Vec<_> = text.splitn(7, ':').collect();
        let ["arn", partition, "cloudwatch", region, account, "alarm", name] = parts.as_slice()
        else {
            return Err(BadArn);
        };
        let word = |text: &str| {
            let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
            !text.is_empty() && text.bytes().all(plain)
        };
        let number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let named = !name.is_empty() && name.chars().count() <= LONGEST_NAME;
        let sound = word(partition) && word(region) && number && named;
        if sound { Ok(Self(text.to_owned())) } else { Err(BadArn) }
    }
}

impl fmt::Display for AlarmArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Reads the ARN in `value`.
pub(super) fn field(
    value: Option<&Value>,
    kind: &'static str,
    field: &'static str,
) -> Result<AlarmArn, Malformed> {
    let fault = match value {
        Some(Value::String(text)) => match text.parse() {
            Ok(arn) => return Ok(arn),
            Err(BadArn) => FAULT,
        },
        Some(_) => "not a string",
        None => "absent",
    };
    Err(Malformed::Field { kind, field, fault })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn region_account_and_name_are_the_arns() {
        let arn: AlarmArn =
            "arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a: b/ü".parse().unwrap();
        assert_eq!(arn.region(), "cn-north-1");
        assert_eq!(arn.account(), "123456789012");
        assert_eq!(arn.name(), "a: b/ü");
    }

    #[test]
    fn what_is_no_alarms_arn_is_refused() {
        let long = "ü".repeat(LONGEST_NAME + 1);
        for text in [
            "",
            "web-cpu-high",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm:",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm",
            "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:night",
            "arn:aws:cloudwatch::123456789012:alarm:a",
            "arn:aws:cloudwatch:US East (N. Virginia):123456789012:alarm:a",
            "arn:aws:cloudwatch:us-east-1:12345678901:alarm:a",
            "arn:aws:cloudwatch:us-east-1:12345678901x:alarm:a",
            "arn:aws:sns:us-east-1:123456789012:alarm:a",
            "arn::cloudwatch:us-east-1:123456789012:alarm:a",
            &format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{long}"),
        ] {
            assert_eq!(text.parse::<AlarmArn>(), Err(BadArn), "{text}");
        }
        assert_eq!(BadArn.to_string(), FAULT);
    }

    proptest! {
        #[test]
        fn an_arn_is_written_as_it_was_read(text in "(arn:aws:cloudwatch:[a-z0-9-]{1,9}:[0-9]{12}:alarm:)?\\PC{0,20}") {
            if let Ok(arn) = text.parse::<AlarmArn>() {
                prop_assert_eq!(arn.to_string(), text);
                prop_assert_eq!(arn.account().len(), 12);
                prop_assert!(!arn.region().is_empty() && !arn.name().is_empty());
            }
        }
    }
}
