//! What to paste: the recommendation as scaling policies, for AWS's own scaling and for this
//! project's.

mod aws;
mod command;
mod project;
mod steps;
mod watch;
mod yaml;

use schemars::JsonSchema;
use serde::Serialize;

use self::watch::Watch;
use crate::advice::{Advice, Verdict};

/// Names that policies need. What is not given stands in capitals, to be filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The cluster's name.
    pub cluster: Option<String>,
    /// The service's name.
    pub service: Option<String>,
    /// Fewest tasks; 2 if it is `None`.
    pub min_tasks: Option<u32>,
    /// Most tasks; 10 if it is `None`.
    pub max_tasks: Option<u32>,
    /// The load balancer's full name, `app/name/id`.
    pub load_balancer: Option<String>,
    /// The target group's full name, `targetgroup/name/id`.
    pub target_group: Option<String>,
    /// The SQS queue's name.
    pub queue: Option<String>,
    /// The Kinesis stream's name.
    pub stream: Option<String>,
}

/// A text to paste.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Paste {
    /// What it is, and where it goes.
    pub title: String,
    /// The text.
    pub text: String,
}

/// The policies of a recommendation; none without one, or if its target is no number from 1e-9
/// to 1e15.
pub fn policies(advice: &Advice, names: &Names) -> Vec<Paste> {
    let Verdict::Recommended(recommendation) = &advice.verdict else { return Vec::new() };
    let Some(assessment) = advice.metrics.get(recommendation.index) else { return Vec::new() };
    let target = recommendation.target.value;
    if !(1e-9..=1e15).contains(&target) {
        return Vec::new();
    }
    let service = Service::new(names);
    let watch = Watch::of(assessment, recommendation.per_task, names, &service);
    // A task that starts changes nothing before it takes its share.
    let cooldown = advice.settings.start_up.clamp(0.0, 3600.0).ceil() as u32;
    let mut pastes = match recommendation.proportional {
        true => aws::tracking(&watch, target, cooldown, &service),
        false => aws::steps(&watch, target, cooldown, &service),
    };
    pastes.extend(project::pastes(&watch, (target, recommendation.at_knee), cooldown, &service));
    pastes
}

/// The service that scales, and its bounds.
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

    /// As Application Auto Scaling and the adapter know it.
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

/// A name, or what stands for it.
fn filled(name: Option<&String>, placeholder: &str) -> String {
    name.map_or_else(|| placeholder.to_owned(), Clone::clone)
}

/// Three digits of a positive number, cut towards more tasks.
fn three_digits(value: f64) -> f64 {
    let unit = 10_f64.powi(value.log10().floor() as i32 - 2);
    // A whole number of units may lie just below itself.
    let units = (value / unit * (1.0 + 1e-9)).floor();
    if unit >= 1.0 { units * unit } else { units / (1.0 / unit).round() }
}

#[cfg(test)]
mod tests;
