//! What a target tracking policy must be.

use region_cloudwatch::{MetricDataQuery, Statistic};

use super::alarms::label_parts;
use super::order::{PredefinedMetric, PutTargetTrackingPolicy, TrackedMetric};
use crate::order::ScalingTarget;

impl PutTargetTrackingPolicy {
    /// Check what the policy says by itself.
    ///
    /// # Errors
    /// The first fault, with the name of its field.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("name is needed".to_owned());
        }
        if !(self.target_value.is_finite() && self.target_value > 0.0) {
            return Err(format!("target-value {} is not above 0", self.target_value));
        }
        match &self.metric {
            TrackedMetric::Predefined(metric) => predefined(&self.target, metric),
            TrackedMetric::Customized(metric) => statistic(metric.statistic),
            TrackedMetric::Queries(queries) => periods(queries),
        }
    }
}

fn predefined(target: &ScalingTarget, metric: &PredefinedMetric) -> Result<(), String> {
    let name = metric.as_str();
    let suits = match metric {
        PredefinedMetric::AlbRequestCountPerTarget(label) => {
            label_parts(label).ok_or_else(|| {
                format!(
                    "the label {label:?} of metric {name} is not \
                     app/NAME/ID/targetgroup/NAME/ID"
                )
            })?;
            true
        }
        PredefinedMetric::GroupCpu => matches!(target, ScalingTarget::Group(_)),
        _ => matches!(target, ScalingTarget::Service { .. }),
    };
    match suits {
        true => Ok(()),
        false => Err(format!("metric {name} does not suit the target")),
    }
}

fn statistic(statistic: Statistic) -> Result<(), String> {
    match statistic {
        Statistic::Average
        | Statistic::Sum
        | Statistic::Minimum
        | Statistic::Maximum
        | Statistic::SampleCount => Ok(()),
        Statistic::P50 | Statistic::P95 | Statistic::P99 => {
            Err("statistic of metric is a percentile".to_owned())
        }
    }
}

/// Target tracking reads minutes.
fn periods(queries: &[MetricDataQuery]) -> Result<(), String> {
    let stats = queries.iter().filter_map(|query| Some((&query.id, query.metric_stat.as_ref()?)));
    match stats.into_iter().find(|(_, stat)| stat.period != 60) {
        None => Ok(()),
        Some((id, stat)) => {
            Err(format!("period {} of query {id} of metric is not 60", stat.period))
        }
    }
}
