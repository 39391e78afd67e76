//! The load on services, and what ECS and EC2 report of it: the use that a service makes of its
//! tasks, what a cluster has reserved, and the CPU that the instances of a group use, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html> and
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html>.
//!
//! A minute is what was true at its end. So are the 20 seconds of a service whose metrics have a
//! high resolution.

use std::collections::BTreeMap;

use region_cloudwatch::{Dimension, Measured, Metric, Resolution};
use serde::Deserialize;

use crate::arena::ServiceKey;
use crate::autoscaling::AutoScaling;
use crate::ecs::Ecs;
use region_core::Time;

/// A load to put on a service: 3.2 would keep 3.2 tasks wholly busy. Fewer tasks are
/// then used above 100 percent, as on EC2 they can be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct SetLoad {
    /// Its cluster (default: `default`).
    pub cluster: String,
    /// The service (default: `web`).
    pub service: String,
    /// In tasks' CPU (default: 0).
    pub cpu: f64,
    /// In tasks' memory (default: 0).
    pub memory: f64,
    /// Further metrics by which it shows, whether tasks run or not (default: none).
    pub metrics: Vec<LoadMetric>,
}

impl Default for SetLoad {
    fn default() -> Self {
        Self {
            cluster: "default".to_owned(),
            service: "web".to_owned(),
            cpu: 0.0,
            memory: 0.0,
            metrics: Vec::new(),
        }
    }
}

/// A further metric by which a load shows, such as the requests that a load balancer counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoadMetric {
    pub metric: Metric,
    /// How many samples of one value each minute has; none leaves the minute out.
    pub samples: u32,
    pub sum: f64,
}

impl LoadMetric {
    /// Its samples of a minute, if it has any.
    fn measured(&self) -> Option<Measured> {
        let count = f64::from(self.samples);
        let (metric, value) = (self.metric.clone(), self.sum / count);
        (count > 0.0).then_some(Measured { metric, unit: "None", value, count })
    }
}

/// The load on each service that has one, by cluster and service.
#[derive(Debug, Default)]
pub(crate) struct Loads(BTreeMap<(String, String), Load>);

/// What there is to do for a service, in tasks that it would keep wholly busy.
#[derive(Debug)]
struct Load {
    cpu: f64,
    memory: f64,
    metrics: Vec<LoadMetric>,
}

impl Loads {
    /// Put a load on a service, instead of the one before.
    pub(crate) fn set(&mut self, order: SetLoad) {
        let load = Load { cpu: order.cpu, memory: order.memory, metrics: order.metrics };
        self.0.insert((order.cluster, order.service), load);
    }

    /// The metrics of this resolution, of the time that is over.
    pub(crate) fn measure(&self, ecs: &Ecs, resolution: Resolution) -> Vec<Measured> {
        let mut measured = Vec::new();
        for ((cluster, service), load) in &self.0 {
            let Ok(key) = ecs.service(cluster, service) else { continue };
            if resolution == Resolution::Minute {
                measured.extend(load.metrics.iter().filter_map(LoadMetric::measured));
            }
            let often = resolution == Resolution::Third;
            let running = ecs.running(key) as f64;
            // Nothing is reported of what does not run.
            if running == 0.0 || ecs.high_resolution(key) != often {
                continue;
            }
            let dimensions = [("ClusterName", cluster.as_str()), ("ServiceName", service)];
            for (name, load) in [("CPUUtilization", load.cpu), ("MemoryUtilization", load.memory)] {
                let metric = ecs_metric(name, &dimensions);
                let value = 100.0 * load / running;
                measured.push(Measured { metric, unit: "Percent", value, count: running });
            }
        }
        if resolution == Resolution::Minute {
            measured.extend(reservations(ecs));
        }
        measured
    }

    /// The CPU utilization of each instance of the groups with detailed monitoring.
    pub(crate) fn measure_groups(
        &self,
        now: Time,
        ecs: &Ecs,
        auto_scaling: &AutoScaling,
    ) -> Vec<Measured> {
        let loaded = self.0.iter().filter_map(|((cluster, service), load)| {
            let key = ecs.service(cluster, service).ok()?;
            Some((key, load.cpu / ecs.running(key) as f64))
        });
        let shares: Vec<(ServiceKey, f64)> = loaded.collect();
        let share =
            |key| shares.iter().find(|(one, _)| *one == key).map_or(0.0, |(_, share)| *share);
        let mut measured = Vec::new();
        for (group, machines) in auto_scaling.monitored(now) {
            let dimensions = [("AutoScalingGroupName", group)];
            for machine in machines {
                let used = ecs.cpu_used(machine.key, share);
                let value = (100.0 * used / f64::from(machine.cpu)).min(100.0);
                let metric = metric("AWS/EC2", "CPUUtilization", &dimensions);
                measured.push(Measured { metric, unit: "Percent", value, count: 1.0 });
            }
        }
        measured
    }

    /// Whether a service that has a load is measured every 20 seconds.
    pub(crate) fn have_high_resolution(&self, ecs: &Ecs) -> bool {
        self.0.keys().any(|(cluster, service)| {
            ecs.service(cluster, service).is_ok_and(|key| ecs.high_resolution(key))
        })
    }
}

/// What is reserved of the clusters.
fn reservations(ecs: &Ecs) -> Vec<Measured> {
    let mut measured = Vec::new();
    for name in ecs.cluster_names() {
        let Some([cpu, memory]) = ecs.reservation(name) else { continue };
        for (metric, value) in [("CPUReservation", cpu), ("MemoryReservation", memory)] {
            let metric = ecs_metric(metric, &[("ClusterName", name)]);
            measured.push(Measured { metric, unit: "Percent", value, count: 1.0 });
        }
    }
    measured
}

fn ecs_metric(name: &str, dimensions: &[(&str, &str)]) -> Metric {
    metric("AWS/ECS", name, dimensions)
}

fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Metric {
    let dimension = |(name, value): &(&str, &str)| Dimension {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    Metric {
        namespace: namespace.to_owned(),
        metric_name: name.to_owned(),
        dimensions: dimensions.iter().map(dimension).collect(),
    }
}
