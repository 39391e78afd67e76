//! Target tracking policies as they are ordered.

use region_cloudwatch::{Metric, MetricDataQuery, Statistic};
use serde::Deserialize;

use crate::order::{ScalingTarget, five_minutes};

/// A target tracking policy to make or change: of a service as in
/// API_TargetTrackingScalingPolicyConfiguration of Application Auto Scaling, of a group as in
/// API_TargetTrackingConfiguration of EC2 Auto Scaling.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutTargetTrackingPolicy {
    pub name: String,
    /// What it scales; a service must be a scalable target.
    pub target: ScalingTarget,
    /// Another one than that of any other target tracking policy of the target.
    pub metric: TrackedMetric,
    /// Where the metric is to be kept; above 0.
    pub target_value: f64,
    /// Of a service: seconds until the next scale-out may be (AWS's default: 300).
    #[serde(default = "five_minutes")]
    pub scale_out_cooldown_seconds: u64,
    /// Of a service: seconds until the next scale-in may be (AWS's default: 300).
    #[serde(default = "five_minutes")]
    pub scale_in_cooldown_seconds: u64,
    /// It only scales out (default: no).
    #[serde(default)]
    pub disable_scale_in: bool,
    /// Of a group: seconds from InService until an instance counts (default: the group's).
    #[serde(default)]
    pub estimated_instance_warmup_seconds: Option<u64>,
}

/// The metric that a policy keeps at its target value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TrackedMetric {
    Predefined(PredefinedMetric),
    /// A CustomizedMetricSpecification of one metric.
    Customized(CustomizedMetric),
    /// A CustomizedMetricSpecification of queries; one of them returns data.
    Queries(Vec<MetricDataQuery>),
}

/// A metric that AWS names: PredefinedMetricType.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum PredefinedMetric {
    #[serde(rename = "ECSServiceAverageCPUUtilization")]
    ServiceCpu,
    #[serde(rename = "ECSServiceAverageMemoryUtilization")]
    ServiceMemory,
    /// The service must have metrics of high resolution.
    #[serde(rename = "ECSServiceAverageCPUUtilizationHighResolution")]
    ServiceCpuHighResolution,
    /// The service must have metrics of high resolution.
    #[serde(rename = "ECSServiceAverageMemoryUtilizationHighResolution")]
    ServiceMemoryHighResolution,
    /// With the ResourceLabel: `app/NAME/ID/targetgroup/NAME/ID`.
    #[serde(rename = "ALBRequestCountPerTarget")]
    AlbRequestCountPerTarget(String),
    #[serde(rename = "ASGAverageCPUUtilization")]
    GroupCpu,
}

/// One metric of any namespace.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CustomizedMetric {
    /// It must fall in proportion as capacity is added.
    pub metric: Metric,
    pub statistic: Statistic,
    /// The unit that its samples must have.
    #[serde(default)]
    pub unit: Option<String>,
}

impl PutTargetTrackingPolicy {
    /// A policy with AWS's defaults.
    pub fn new(
        name: &str,
        target: ScalingTarget,
        metric: TrackedMetric,
        target_value: f64,
    ) -> Self {
        Self {
            name: name.to_owned(),
            target,
            metric,
            target_value,
            scale_out_cooldown_seconds: five_minutes(),
            scale_in_cooldown_seconds: five_minutes(),
            disable_scale_in: false,
            estimated_instance_warmup_seconds: None,
        }
    }
}

impl PredefinedMetric {
    /// AWS's own word.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::ServiceCpu => "ECSServiceAverageCPUUtilization",
            Self::ServiceMemory => "ECSServiceAverageMemoryUtilization",
            Self::ServiceCpuHighResolution => "ECSServiceAverageCPUUtilizationHighResolution",
            Self::ServiceMemoryHighResolution => "ECSServiceAverageMemoryUtilizationHighResolution",
            Self::AlbRequestCountPerTarget(_) => "ALBRequestCountPerTarget",
            Self::GroupCpu => "ASGAverageCPUUtilization",
        }
    }

    pub(super) fn is_high_resolution(&self) -> bool {
        matches!(self, Self::ServiceCpuHighResolution | Self::ServiceMemoryHighResolution)
    }
}
