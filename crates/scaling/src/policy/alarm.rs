//! The alarm that a policy names.

use std::fmt;
use std::str::FromStr;

use aws_names::{AlarmArn, AlarmName, BadName};
use serde::Serialize;

/// An alarm by its name, which is unique in one account and Region, or by its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum NamedAlarm {
    Name(AlarmName),
    Arn(AlarmArn),
}

impl NamedAlarm {
    pub fn name(&self) -> AlarmName {
        match self {
            Self::Name(name) => name.clone(),
            Self::Arn(arn) => arn.name(),
        }
    }

    /// Whether it is this alarm.
    pub fn is(&self, alarm: &AlarmArn) -> bool {
        match self {
            Self::Name(name) => *name == alarm.name(),
            Self::Arn(arn) => arn == alarm,
        }
    }
}

impl FromStr for NamedAlarm {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        if text.starts_with("arn:") {
            text.parse().map(Self::Arn)
        } else {
            text.parse().map(Self::Name)
        }
    }
}

impl fmt::Display for NamedAlarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Arn(arn) => arn.fmt(f),
        }
    }
}
