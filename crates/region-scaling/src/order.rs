//! Scalable targets and policies as they are ordered.

use serde::Deserialize;

/// A service that may be scaled, and its bounds (API_RegisterScalableTarget).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegisterScalableTarget {
    /// Its cluster (default: `default`).
    pub cluster: String,
    /// The service (default: `web`).
    pub service: String,
    /// The fewest tasks (default: 1).
    pub min: usize,
    /// The most tasks (default: 100).
    pub max: usize,
}

impl Default for RegisterScalableTarget {
    fn default() -> Self {
        Self { cluster: "default".to_owned(), service: "web".to_owned(), min: 1, max: 100 }
    }
}

/// What a policy scales.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScalingTarget {
    /// The tasks of a service; it must be a scalable target.
    Service {
        cluster: String,
        /// Its name.
        service: String,
    },
    /// The instances of a group, by its name.
    Group(String),
}

/// What an adjustment is a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum AdjustmentType {
    /// Tasks or instances more or less.
    ChangeInCapacity,
    /// Tasks or instances.
    ExactCapacity,
    /// Percent of the present capacity, more or less.
    PercentChangeInCapacity,
}

/// How the alarm's values become the one that steps are chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum MetricAggregation {
    /// The mean.
    Average,
    /// The smallest.
    Minimum,
    /// The largest.
    Maximum,
}

/// A step, its bounds as offsets from the alarm's threshold (API_StepAdjustment).
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct StepAdjustment {
    /// The lower bound; none for none.
    pub lower: Option<f64>,
    /// The upper bound; none for none.
    pub upper: Option<f64>,
    /// By how much, or to what.
    pub adjustment: i64,
}

/// A step scaling policy to make or change.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutStepPolicy {
    pub name: String,
    /// What it scales.
    pub target: ScalingTarget,
    /// What its adjustments are numbers of.
    pub adjustment_type: AdjustmentType,
    /// Its steps, in any order.
    pub steps: Vec<StepAdjustment>,
    /// The least change, where it is in percent.
    #[serde(default)]
    pub min_adjustment_magnitude: Option<u32>,
    /// How values become one (AWS's default: Average).
    #[serde(default = "average")]
    pub aggregation: MetricAggregation,
    /// Of a service: seconds until the next activity may be (AWS's default: 300).
    #[serde(default = "five_minutes")]
    pub cooldown_seconds: u64,
    /// Of a group: seconds from InService until an instance counts (default: the group's).
    #[serde(default)]
    pub estimated_instance_warmup_seconds: Option<u64>,
}

fn average() -> MetricAggregation {
    MetricAggregation::Average
}

pub(super) fn five_minutes() -> u64 {
    300
}

impl PutStepPolicy {
    /// A policy of these steps, with AWS's defaults.
    pub fn new(
        name: &str,
        target: ScalingTarget,
        adjustment_type: AdjustmentType,
        steps: Vec<StepAdjustment>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            target,
            adjustment_type,
            steps,
            min_adjustment_magnitude: None,
            aggregation: average(),
            cooldown_seconds: five_minutes(),
            estimated_instance_warmup_seconds: None,
        }
    }
}
