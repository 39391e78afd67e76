//! Policies: what an operator wants an alarm to do.
//!
//! The fields have the names that they have at AWS (PutScalingPolicy of Application Auto
//! Scaling, RegisterScalableTarget), so that the steps of an existing policy can be pasted.
//! The document is YAML, and therefore JSON too; `policy.schema.json` lets editors complete it.

mod alarm;
mod check;
mod cluster;
mod document;
mod fields;
mod read;
mod target;
mod text;

use std::fmt;

use aws_names::AlarmArn;
use serde::Serialize;

pub use alarm::NamedAlarm;
pub use cluster::Cluster;
pub use document::{PATH, TARGET_TAG, document_of_cluster, group_of_cluster, target_of_tag};
pub use target::Target;

/// The policies of a target, or of several in a user's own file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "Scaling policies of ecs-tide"))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policies {
    /// Where an editor finds the schema; ignored otherwise.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Several may name the same alarm or the same target: the largest capacity wins.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub policies: Vec<Policy>,
    /// The clusters whose services and group are decided together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<Cluster>,
}

/// What one alarm does to one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Policy {
    /// The alarm's name or ARN. Metric, metric math and composite alarms scale.
    #[cfg_attr(test, schemars(with = "String", length(min = 1)))]
    pub alarm: NamedAlarm,
    /// What is scaled: `service/<cluster>/<service>` or `autoScalingGroup/<name>`.
    pub resource_id: Target,
    /// The least capacity; the same in every policy of a target.
    #[cfg_attr(test, schemars(range(max = 2_147_483_647)))]
    pub min_capacity: u32,
    /// The greatest capacity; the same in every policy of a target.
    #[cfg_attr(test, schemars(range(max = 2_147_483_647)))]
    pub max_capacity: u32,
    /// What the ScalingAdjustment of a step means.
    pub adjustment_type: AdjustmentType,
    /// Ranges of the metric, without gap or overlap, and what each does.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub step_adjustments: Vec<StepAdjustment>,
    /// The least change; only with PercentChangeInCapacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(range(min = 1, max = 2_147_483_647)))]
    pub min_adjustment_magnitude: Option<u32>,
    /// Seconds after a scale-out in which only a larger step adds to it, and nothing scales in.
    #[cfg_attr(test, schemars(default = "default_cooldown", range(max = 86_400)))]
    pub scale_out_cooldown: u32,
    /// Seconds after a scale-in in which nothing scales in.
    #[cfg_attr(test, schemars(default = "default_cooldown", range(max = 86_400)))]
    pub scale_in_cooldown: u32,
    /// What to do in ALARM when the metric's value is not known.
    #[serde(default)]
    pub missing_data: MissingData,
    /// The share of the cluster's container instances that may drain while the group scales
    /// in; only with an Auto Scaling group that is named in Clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(range(max = 100)))]
    pub max_draining_percent: Option<u32>,
    /// Whether the policy acts at all.
    #[cfg_attr(test, schemars(default = "default_enabled"))]
    pub enabled: bool,
}

/// Seconds: what Application Auto Scaling takes for a step scaling policy of an ECS service
/// without a cooldown.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html>
pub const DEFAULT_COOLDOWN: u32 = 300;

/// A longer cooldown is a policy that is off.
const LONGEST_COOLDOWN: u32 = 86_400;

#[cfg(test)]
fn default_cooldown() -> u32 {
    DEFAULT_COOLDOWN
}

#[cfg(test)]
fn default_enabled() -> bool {
    true
}

/// What a ScalingAdjustment means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum AdjustmentType {
    /// It is added to the current capacity.
    ChangeInCapacity,
    /// It is the new capacity.
    ExactCapacity,
    /// It is a percentage of the current capacity, added to it.
    PercentChangeInCapacity,
}

/// One range of the metric, relative to the alarm's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct StepAdjustment {
    /// Where the range begins, less the threshold; without it, at negative infinity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_interval_lower_bound: Option<f64>,
    /// Where the range ends, less the threshold; without it, at infinity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric_interval_upper_bound: Option<f64>,
    /// By how much, or to what, to scale; 0 holds the capacity.
    #[cfg_attr(test, schemars(range(min = -2_147_483_648_i64, max = 2_147_483_647)))]
    pub scaling_adjustment: i32,
}

/// What to do in ALARM when the metric's value is not known: it stopped, or the alarm is a
/// composite, which has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum MissingData {
    /// Leave the capacity as it is.
    #[default]
    Hold,
    /// Act as if the metric were at the threshold: the step that begins or ends there.
    FirstStep,
    /// Set this capacity.
    ScaleTo(#[cfg_attr(test, schemars(range(max = 2_147_483_647)))] u32),
    /// Raise the capacity to this, if it is less.
    AtLeast(#[cfg_attr(test, schemars(range(max = 2_147_483_647)))] u32),
}

impl Policies {
    /// Read policies from YAML or JSON text.
    ///
    /// # Errors
    /// Every fault.
    pub fn read(text: &str) -> Result<Self, Faults> {
        Self::from_parsed(text::parse(text))
    }

    /// Read policies from JSON.
    ///
    /// # Errors
    /// Every fault.
    pub fn from_value(value: &serde_json::Value) -> Result<Self, Faults> {
        Self::from_parsed(Ok(value.clone()))
    }

    fn from_parsed(value: Result<serde_json::Value, Fault>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let value = value.map_err(|fault| Faults(vec![fault]))?;
        let read = read::policies(&value, &mut faults);
        if let Some(all) = &read {
            check::one_pair_of_bounds(&all.policies, &mut faults);
            cluster::check(all, &mut faults);
        }
        read.filter(|_| faults.is_empty()).ok_or(Faults(faults))
    }

    /// The policies of an alarm.
    pub fn of<'a>(&'a self, alarm: &'a AlarmArn) -> impl Iterator<Item = &'a Policy> {
        self.policies.iter().filter(|policy| policy.alarm.is(alarm))
    }
}

impl Policy {
    /// Whether it may lower the capacity.
    pub fn may_shrink(&self) -> bool {
        self.adjustment_type == AdjustmentType::ExactCapacity
            || self.step_adjustments.iter().any(|step| step.scaling_adjustment < 0)
            || matches!(self.missing_data, MissingData::ScaleTo(_))
    }
}

/// One fault of a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {what}")]
pub struct Fault {
    /// The field, as `Policies[0].StepAdjustments[1].ScalingAdjustment`.
    pub path: String,
    /// What is wrong with it and what to do.
    pub what: String,
}

/// Every fault of a policy document, in its order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if number == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
