//! CreateOrUpdateTags and DeleteTags.

use serde_json::{Value, json};

use super::AutoScaling;
use super::error::validation;
use super::model::Tag;
use crate::arena::GroupKey;
use region_core::api::ApiError;
use region_core::input::{flag, text};

/// Tags of one group (Auto Scaling service quotas).
const MOST: usize = 50;
/// Characters of a key and of a value (API_Tag).
const LONGEST: (usize, usize) = (128, 256);

fn listed(input: &Value) -> Result<&Vec<Value>, ApiError> {
    let listed = input.get("Tags").and_then(Value::as_array).filter(|tags| !tags.is_empty());
    listed.ok_or_else(|| validation("1 validation error detected: no Tags"))
}

/// A tag as DescribeAutoScalingGroups shows it.
pub(super) fn show_tag(group: &str, key: &str, tag: &Tag) -> Value {
    json!({
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": tag.value,
        "PropagateAtLaunch": tag.propagates,
    })
}

impl AutoScaling {
    /// All of the tags, or none if one is refused.
    pub(super) fn create_or_update_tags(&mut self, input: &Value) -> Result<Value, ApiError> {
        let read =
            listed(input)?.iter().map(|tag| self.read_tag(tag)).collect::<Result<Vec<_>, _>>()?;
        for (group, key, _) in &read {
            let held = &self.groups[*group].tags;
            let new = read.iter().filter(|(g, k, _)| g == group && !held.contains_key(k));
            if !held.contains_key(key) && held.len() + new.count() > MOST {
                let text = "You have reached the limit of 50 tags for this resource.";
                return Err(ApiError::client("LimitExceeded", text));
            }
        }
        for (group, key, tag) in read {
            self.groups[group].tags.insert(key, tag);
        }
        Ok(json!({}))
    }

    /// A tag whose value is given and not the one that it has is kept
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/delete-tag.html>).
    pub(super) fn delete_tags(&mut self, input: &Value) -> Result<Value, ApiError> {
        let named = listed(input)?.iter().map(|tag| {
            let group = self.group_of(tag)?;
            Ok((group, text(tag, "Key").unwrap_or_default(), text(tag, "Value")))
        });
        for (group, key, value) in named.collect::<Result<Vec<_>, ApiError>>()? {
            let tags = &mut self.groups[group].tags;
            let is_it = |tag: &Tag| value.is_none_or(|value| tag.value == value);
            if tags.get(key).is_some_and(is_it) {
                tags.remove(key);
            }
        }
        Ok(json!({}))
    }

    fn group_of(&self, tag: &Value) -> Result<GroupKey, ApiError> {
        if !matches!(text(tag, "ResourceType"), None | Some("auto-scaling-group")) {
            return Err(validation("The only supported resource type is auto-scaling-group."));
        }
        self.group_named(text(tag, "ResourceId").unwrap_or_default())
    }

    fn read_tag(&self, tag: &Value) -> Result<(GroupKey, String, Tag), ApiError> {
        let group = self.group_of(tag)?;
        let key = text(tag, "Key").unwrap_or_default();
        let value = text(tag, "Value").unwrap_or_default();
        let short = key.chars().count() <= LONGEST.0 && value.chars().count() <= LONGEST.1;
        if key.is_empty() || !short || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(validation(format!("Invalid tag: {key}={value}")));
        }
        let propagates = flag(tag, "PropagateAtLaunch");
        Ok((group, key.to_owned(), Tag { value: value.to_owned(), propagates }))
    }
}
