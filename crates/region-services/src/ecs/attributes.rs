//! PutAttributes, DeleteAttributes and ListAttributes.

use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use super::fields::choice;
use super::ids::{Kind, full_arn};
use super::list::{PAGES, paged};
use super::show::attribute_json;
use crate::arena::{ContainerKey, Key as _};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::text;
use region_core::wording::put;

/// Custom attributes a container instance may carry (ECS service quotas).
const MOST: usize = 10;
/// More than the attributes that a container instance has, so that each gets a number of its own.
const PLACES: usize = 100;
/// Attributes in one call (PutAttributes).
const MOST_IN_A_CALL: usize = 10;
/// Characters of a name or value (API_Attribute).
const LONGEST: usize = 128;

fn of_charset(text: &str, also: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
    !text.is_empty() && text.chars().count() <= LONGEST && text.chars().all(fits)
}

/// API_Attribute: a value "cannot start or end with a space".
fn is_value(text: &str) -> bool {
    of_charset(text, "-_.@/\\: ") && text.trim() == text
}

impl Ecs {
    pub(super) fn put_attributes(
        &mut self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let listed = self.attribute_targets(input)?;
        for (_, name, value) in &listed {
            if !of_charset(name, "-_./\\") {
                return Err(invalid(format!("Invalid attribute name: {name}")));
            }
            if let Some(value) = value.as_ref().filter(|value| !is_value(value)) {
                return Err(invalid(format!("Invalid attribute value: {value}")));
            }
        }
        let targets = listed.iter().map(|(target, _, _)| *target);
        for target in targets.collect::<std::collections::BTreeSet<_>>() {
            let held = &self.containers[target].attributes;
            let new = listed.iter().filter(|(t, name, _)| *t == target && !held.contains_key(name));
            if held.len() + new.count() > MOST {
                let text = "You can apply up to 10 custom attributes for each resource.";
                return Err(ApiError::client("AttributeLimitExceededException", text));
            }
        }
        for (target, name, value) in listed {
            self.containers[target].attributes.insert(name, value);
            self.record_container(context, target);
        }
        Ok(json!({ "attributes": input.get("attributes") }))
    }

    /// Put `count` attributes of other owners, up to the limit.
    pub(super) fn fill_attributes_of(
        &mut self,
        context: &Context,
        key: ContainerKey,
        count: usize,
    ) {
        let held = &mut self.containers[key].attributes;
        let room = MOST.saturating_sub(held.len());
        held.extend((1..=count.min(room)).map(|n| (format!("someone.else-{n}"), None)));
        self.record_container(context, key);
    }

    pub(super) fn delete_attributes(
        &mut self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        for (target, name, value) in self.attribute_targets(input)? {
            let held = &mut self.containers[target].attributes;
            // With a value given, only that very pair is deleted.
            if value.is_none() || held.get(&name) == Some(&value) {
                held.remove(&name);
            }
            self.record_container(context, target);
        }
        Ok(json!({ "attributes": input.get("attributes") }))
    }

    /// One entry for each attribute of each container instance (API_ListAttributes).
    pub(super) fn list_attributes(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?;
        if choice(input, "targetType", &["container-instance"])?.is_none() {
            return Err(invalid("targetType cannot be empty."));
        }
        let (wanted, value) = (text(input, "attributeName"), text(input, "attributeValue"));
        if value.is_some() && wanted.is_none() {
            return Err(invalid("attributeValue needs an attributeName."));
        }
        let seen = self.containers_of(cluster);
        let seen = seen.filter_map(|key| Some((key, self.seen_container(context, key)?)));
        let mut found = Vec::new();
        for (key, state) in seen {
            let container = &self.containers[key];
            for (place, (name, held)) in container.attributes_of(&state.attributes).enumerate() {
                if wanted.is_none_or(|wanted| name == wanted)
                    && value.is_none_or(|value| held == Some(value))
                {
                    let mut shown = attribute_json(name, held);
                    put(&mut shown, "targetId", container.arn.as_str());
                    found.push((key.index() * PLACES + place, shown));
                }
            }
        }
        let (page, next) = PAGES.cut(input, found.into_iter())?;
        Ok(paged("attributes", page, next))
    }

    fn attribute_targets(
        &self,
        input: &Value,
    ) -> Result<Vec<(ContainerKey, String, Option<String>)>, ApiError> {
        let cluster = self.cluster_of(input)?;
        let listed =
            input.get("attributes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if listed.is_empty() || listed.len() > MOST_IN_A_CALL {
            return Err(invalid("You can specify up to 10 attributes in a single call."));
        }
        let mut targets = Vec::new();
        for attribute in listed {
            if !matches!(text(attribute, "targetType"), None | Some("container-instance")) {
                return Err(invalid("Invalid targetType."));
            }
            let target = text(attribute, "targetId").ok_or_else(|| invalid("Missing targetId."))?;
            let key = self
                .container_in(cluster, &full_arn(Kind::ContainerInstance, cluster, target)?)
                .filter(|key| self.containers[*key].status != super::ContainerStatus::Inactive);
            let key = key.ok_or_else(|| {
                ApiError::client("TargetNotFoundException", format!("Target {target} not found."))
            })?;
            let name = text(attribute, "name").unwrap_or_default().to_owned();
            // An empty value is a value, and a bad one; absence is not.
            let value = attribute.get("value").and_then(Value::as_str).map(str::to_owned);
            targets.push((key, name, value));
        }
        Ok(targets)
    }
}
