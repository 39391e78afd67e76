//! The two alarms that AWS makes for a policy.
//!
//! AWS does not document when they go off: users see them in their accounts.

use region_cloudwatch::{
    Comparison, Dimension, Metric, MetricDataQuery, PutMetricAlarm, Statistic,
};

use super::Tracking;
use super::order::{PredefinedMetric, TrackedMetric};
use crate::order::ScalingTarget;

/// When the alarms go off: all of so many periods above the target value, or below a share of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Windows {
    /// Seconds of a period.
    period: u32,
    /// Periods of AlarmHigh.
    high: usize,
    /// Periods of AlarmLow.
    low: usize,
    /// The threshold of AlarmLow, as a share of the target value.
    low_share: f64,
}

impl Windows {
    /// 3 of 3 minutes, 15 of 15, and 10% below
    /// (<https://github.com/aws/containers-roadmap/issues/1208>). At high resolution the number of
    /// high periods is taken to be the same, and the time of the low ones.
    const SERVICE: Self = Self { period: 60, high: 3, low: 15, low_share: 0.9 };
    const SERVICE_HIGH_RESOLUTION: Self = Self { period: 20, high: 3, low: 45, low_share: 0.9 };
    /// The same, but 30% below
    /// (<https://github.com/aws-samples/amazon-chime-sdk-ml>).
    const GROUP: Self = Self { period: 60, high: 3, low: 15, low_share: 0.7 };

    /// 1 of 1 minute above, and 15 of 15 below the target value itself
    /// (<https://github.com/aws/containers-roadmap/issues/638>,
    /// <https://github.com/aws/containers-roadmap/issues/900>).
    pub(super) const MANAGED: Self = Self { period: 60, high: 1, low: 15, low_share: 1.0 };

    pub(super) fn of(target: &ScalingTarget, metric: &TrackedMetric) -> Self {
        match (target, metric) {
            (ScalingTarget::Group(_), _) => Self::GROUP,
            (_, TrackedMetric::Predefined(metric)) if metric.is_high_resolution() => {
                Self::SERVICE_HIGH_RESOLUTION
            }
            _ => Self::SERVICE,
        }
    }
}

impl Tracking {
    /// AlarmHigh and AlarmLow.
    pub fn alarms(&self) -> [PutMetricAlarm; 2] {
        let Windows { high, low, low_share, .. } = self.windows;
        let target = self.order.target_value;
        [
            self.alarm(&self.high, high, Comparison::GreaterThanThreshold, target),
            self.alarm(&self.low, low, Comparison::LessThanThreshold, target * low_share),
        ]
    }

    fn alarm(
        &self,
        name: &str,
        periods: usize,
        comparison: Comparison,
        threshold: f64,
    ) -> PutMetricAlarm {
        let arn = self.arn.clone();
        let alarm = PutMetricAlarm {
            alarm_name: name.to_owned(),
            alarm_description: Some(format!(
                "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}."
            )),
            alarm_actions: vec![arn],
            evaluation_periods: periods,
            threshold: Some(threshold),
            comparison_operator: Some(comparison),
            ..PutMetricAlarm::default()
        };
        match watched(&self.order.target, &self.order.metric) {
            Watched::Metric { metric, statistic, unit } => PutMetricAlarm {
                namespace: Some(metric.namespace),
                metric_name: Some(metric.metric_name),
                dimensions: metric.dimensions,
                statistic: Some(statistic),
                unit,
                period: Some(self.windows.period),
                ..alarm
            },
            Watched::Queries(metrics) => PutMetricAlarm { metrics, ..alarm },
        }
    }
}

/// What the alarms of a policy watch.
enum Watched {
    Metric { metric: Metric, statistic: Statistic, unit: Option<String> },
    Queries(Vec<MetricDataQuery>),
}

fn watched(target: &ScalingTarget, metric: &TrackedMetric) -> Watched {
    match metric {
        TrackedMetric::Predefined(metric) => predefined(target, metric),
        TrackedMetric::Customized(customized) => Watched::Metric {
            metric: customized.metric.clone(),
            statistic: customized.statistic,
            unit: customized.unit.clone(),
        },
        TrackedMetric::Queries(queries) => Watched::Queries(queries.clone()),
    }
}

fn predefined(target: &ScalingTarget, metric: &PredefinedMetric) -> Watched {
    let utilization = |name| Watched::Metric {
        metric: utilization(target, name),
        statistic: Statistic::Average,
        unit: Some("Percent".to_owned()),
    };
    match metric {
        PredefinedMetric::ServiceCpu
        | PredefinedMetric::ServiceCpuHighResolution
        | PredefinedMetric::GroupCpu => utilization("CPUUtilization"),
        PredefinedMetric::ServiceMemory | PredefinedMetric::ServiceMemoryHighResolution => {
            utilization("MemoryUtilization")
        }
        PredefinedMetric::AlbRequestCountPerTarget(label) => Watched::Metric {
            metric: requests_per_target(label),
            statistic: Statistic::Sum,
            unit: None,
        },
    }
}

fn utilization(target: &ScalingTarget, name: &str) -> Metric {
    let (namespace, dimensions) = match target {
        ScalingTarget::Service { cluster, service } => {
            let dimensions =
                vec![dimension("ClusterName", cluster), dimension("ServiceName", service)];
            ("AWS/ECS", dimensions)
        }
        ScalingTarget::Group(group) => ("AWS/EC2", vec![dimension("AutoScalingGroupName", group)]),
    };
    Metric { namespace: namespace.to_owned(), metric_name: name.to_owned(), dimensions }
}

/// The load balancer and the target group of a label, if it has both.
pub(super) fn label_parts(label: &str) -> Option<(&str, &str)> {
    let at = label.find("/targetgroup/")?;
    let (balancer, group) = (label.get(..at)?, label.get(at + 1..)?);
    let parts =
        |text: &str, count| text.split('/').filter(|part| !part.is_empty()).count() == count;
    let sound = balancer.starts_with("app/") && parts(balancer, 3) && parts(group, 3);
    sound.then_some((balancer, group))
}

fn requests_per_target(label: &str) -> Metric {
    let (balancer, group) = label_parts(label).unwrap_or_default();
    Metric {
        namespace: "AWS/ApplicationELB".to_owned(),
        metric_name: "RequestCountPerTarget".to_owned(),
        dimensions: vec![dimension("LoadBalancer", balancer), dimension("TargetGroup", group)],
    }
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension { name: name.to_owned(), value: value.to_owned() }
}
