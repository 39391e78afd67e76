//! Tags of alarms, and ListTagsForResource.

use std::collections::BTreeMap;

use region_core::api::ApiError;
use region_core::input::text;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloudwatch::CloudWatch;
use crate::constraints::{Violations, only};
use crate::error::{invalid, validation};
use crate::names::{alarm_arn, alarm_name};

/// Tags of one alarm, and characters of a key and of a value (API_Tag, API_PutMetricAlarm).
const MOST: usize = 50;
const LONGEST: (usize, usize) = (128, 256);

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// All tags that an alarm is to have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SetAlarmTags {
    pub alarm_name: String,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// Tags by their key.
pub(crate) fn tags(listed: &[Tag]) -> Result<BTreeMap<String, String>, String> {
    let mut tags = BTreeMap::new();
    for Tag { key, value } in listed {
        let fits =
            (1..=LONGEST.0).contains(&key.chars().count()) && value.chars().count() <= LONGEST.1;
        if !fits || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(format!("Invalid tag: {key}={value}"));
        }
        if tags.insert(key.clone(), value.clone()).is_some() {
            return Err(format!("the tag {key} is given twice"));
        }
    }
    match tags.len() <= MOST {
        true => Ok(tags),
        false => Err(format!("an alarm can have at most {MOST} tags")),
    }
}

impl CloudWatch {
    /// Replace all tags of an alarm.
    ///
    /// # Errors
    /// The alarm does not exist, or AWS would refuse these tags.
    pub fn set_alarm_tags(&mut self, order: SetAlarmTags) -> Result<(), ApiError> {
        let tags = tags(&order.tags).map_err(validation)?;
        let alarm = self.alarms.get_mut(&order.alarm_name);
        alarm.ok_or_else(|| unknown(&order.alarm_name))?.tags = tags;
        Ok(())
    }

    pub(crate) fn list_tags_for_resource(&self, input: &Value) -> Result<Value, ApiError> {
        only(input, "ListTagsForResource", &["ResourceARN"])?;
        let mut violations = Violations::default();
        violations.needs(input, "ResourceARN");
        violations.length(input, "ResourceARN", 1..=1_024);
        violations.check()?;
        let arn = text(input, "ResourceARN").unwrap_or_default();
        let name = alarm_name(arn);
        if alarm_arn(name) != arn {
            let what = "the simulated region has tags of alarms of its own only, not of";
            return Err(invalid(format!("{what} {arn}")));
        }
        let alarm = self.alarms.get(name).ok_or_else(|| unknown(name))?;
        let tags = alarm.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value}));
        Ok(json!({"Tags": tags.collect::<Vec<_>>()}))
    }
}

fn unknown(name: &str) -> ApiError {
    ApiError {
        status: 404,
        code: "ResourceNotFoundException".to_owned(),
        message: format!("there is no alarm {name}"),
    }
}
