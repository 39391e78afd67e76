//! Capacity providers as they are ordered.

use serde::Deserialize;

/// The prefixes that a name may not have (API_CreateCapacityProvider).
const RESERVED: [&str; 3] = ["aws", "ecs", "fargate"];

/// The most of a step size and of a warm-up period (API_ManagedScaling).
const MOST: usize = 10_000;

/// A capacity provider of a group with managed scaling, to make or change (API_ManagedScaling).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutCapacityProvider {
    /// Its name (default: `provider`).
    pub name: String,
    /// The group that it scales (default: `group`). Its cluster is that of the group.
    pub group: String,
    /// What CapacityProviderReservation is kept at, in percent: 1 to 100 (AWS's default: 100).
    pub target_capacity: usize,
    /// The fewest instances of a scale-out: 1 to 10,000 (AWS's default: 1).
    pub minimum_scaling_step_size: usize,
    /// The most instances of a scale-out: 1 to 10,000 (AWS's default: 10,000).
    pub maximum_scaling_step_size: usize,
    /// Seconds from the launch of an instance in which the group does not scale out again: 0 to
    /// 10,000 (AWS's default: 300).
    pub instance_warmup_period_seconds: usize,
}

impl Default for PutCapacityProvider {
    fn default() -> Self {
        Self {
            name: "provider".to_owned(),
            group: "group".to_owned(),
            target_capacity: 100,
            minimum_scaling_step_size: 1,
            maximum_scaling_step_size: MOST,
            instance_warmup_period_seconds: 300,
        }
    }
}

impl PutCapacityProvider {
    /// Check the name and the ranges.
    ///
    /// # Errors
    /// The first fault, with the name of its field.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("name is needed".to_owned());
        }
        let lower = self.name.to_lowercase();
        if let Some(prefix) = RESERVED.iter().find(|prefix| lower.starts_with(*prefix)) {
            return Err(format!("name {} begins with {prefix}", self.name));
        }
        for (field, value, range) in [
            ("target-capacity", self.target_capacity, 1..=100),
            ("minimum-scaling-step-size", self.minimum_scaling_step_size, 1..=MOST),
            ("maximum-scaling-step-size", self.maximum_scaling_step_size, 1..=MOST),
            ("instance-warmup-period-seconds", self.instance_warmup_period_seconds, 0..=MOST),
        ] {
            if !range.contains(&value) {
                let (least, most) = range.into_inner();
                return Err(format!("{field} {value} is not {least} to {most}"));
            }
        }
        Ok(())
    }
}
