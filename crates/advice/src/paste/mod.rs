//! The recommendation as scaling policies to paste, for Application Auto Scaling and for ecs-tide.

mod aws;
mod command;
mod project;
mod steps;
mod watch;

use schemars::JsonSchema;
use serde::Serialize;

use self::watch::Watch;
use crate::advice::{Advice, Verdict};

/// Names for the policies. A missing name becomes a placeholder in capitals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Name of the cluster.
    pub cluster: Option<String>,
    /// Name of the service.
    pub service: Option<String>,
    /// Fewest tasks; 2 if it is `None`.
    pub min_tasks: Option<u32>,
    /// Most tasks; 10 if it is `None`.
    pub max_tasks: Option<u32>,
    /// Full name of the load balancer, `app/name/id`.
    pub load_balancer: Option<String>,
    /// Full name of the target group, `targetgroup/name/id`.
    pub target_group: Option<String>,
    /// Name of the SQS queue.
    pub queue: Option<String>,
    /// Name of the Kinesis stream.
    pub stream: Option<String>,
}

/// A text to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Paste {
    /// The content of the text, and where to paste it.
    pub title: String,
    /// The text.
    pub text: String,
}

/// The policies for a recommendation. Empty without a recommendation, or if the target is outside
/// 1e-9 to 1e15.
pub fn policies(advice: &Advice, names: &Names) -> Vec<Paste> {
    let Verdict::Recommended(recommendation) = &advice.verdict else { return Vec::new() };
    let Some(assessment) = advice.metrics.get(recommendation.index) else { return Vec::new() };
    let target = recommendation.target.value;
    if !(1e-9..=1e15).contains(&target) {
        return Vec::new();
    }
    let service = Service::new(names);
    let watch = Watch::of(assessment, recommendation.per_task, names, &service);
    // A starting task has no effect before it takes its share of the load.
    let cooldown = advice.settings.start_up.clamp(0.0, 3600.0).ceil() as u32;
    let mut pastes = match recommendation.proportional {
        true => aws::tracking(&watch, target, cooldown, &service),
        false => aws::steps(&watch, target, cooldown, &service),
    };
    pastes.extend(project::pastes(&watch, (target, recommendation.at_knee), cooldown, &service));
    pastes
}

/// The service to scale, and its bounds.
#[derive(Debug, Clone)]
struct Service {
    cluster: String,
    name: String,
    min: u32,
    max: u32,
}

impl Service {
    fn new(names: &Names) -> Self {
        let min = names.min_tasks.unwrap_or(2);
        Self {
            cluster: filled(names.cluster.as_ref(), "CLUSTER"),
            name: filled(names.service.as_ref(), "SERVICE"),
            min,
            max: names.max_tasks.unwrap_or(10).max(min),
        }
    }

    /// Its resource ID in Application Auto Scaling and in documents of ecs-tide.
    fn resource(&self) -> String {
        format!("service/{}/{}", self.cluster, self.name)
    }

    /// Its dimensions in `AWS/ECS`.
    fn dimensions(&self) -> Vec<(String, String)> {
        vec![
            ("ClusterName".to_owned(), self.cluster.clone()),
            ("ServiceName".to_owned(), self.name.clone()),
        ]
    }
}

/// A name, or its placeholder.
fn filled(name: Option<&String>, placeholder: &str) -> String {
    name.map_or_else(|| placeholder.to_owned(), Clone::clone)
}

/// A positive number cut to three digits, in the direction of more tasks.
fn three_digits(value: f64) -> f64 {
    let unit = 10_f64.powi(value.log10().floor() as i32 - 2);
    // By rounding, a whole number of units may be slightly too small.
    let units = (value / unit * (1.0 + 1e-9)).floor();
    if unit >= 1.0 { units * unit } else { units / (1.0 / unit).round() }
}

#[cfg(test)]
mod tests;
