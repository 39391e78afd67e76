//! What ECS measures: the use that a service makes of its tasks, and what a cluster has
//! reserved, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>.
//!
//! A minute is what was true at its end.

use serde::Deserialize;
use time::Duration;

use super::metrics::{MINUTE, MetricId, Summary};
use super::query::Metric;
use crate::Services;
use crate::error::refused;
use crate::input::short;
use region_core::Time;
use region_core::api::ApiError;

/// A minute's metrics.
pub(super) type Measured = Vec<(MetricId, Time, Summary)>;

/// What there is to do for a service, in tasks that it would keep wholly busy.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Load {
    cpu: f64,
    memory: f64,
    metrics: Vec<LoadMetric>,
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

fn ecs(name: &str, dimensions: &[(&str, &str)]) -> MetricId {
    let dimensions = dimensions.iter();
    MetricId {
        namespace: "AWS/ECS".to_owned(),
        name: name.to_owned(),
        dimensions: dimensions
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

impl Services {
    /// Put a load on a service, instead of the one before.
    ///
    /// # Errors
    /// When there is no such service, or a load below nothing.
    pub(crate) fn set_load(&mut self, order: SetLoad) -> Result<(), ApiError> {
        let cluster = self.ecs.known_cluster(&order.cluster)?.to_owned();
        self.ecs.service(&cluster, &order.service)?;
        if !(order.cpu >= 0.0 && order.memory >= 0.0) {
            return Err(refused("a load cannot be below 0"));
        }
        let service = short(&order.service).to_owned();
        let load = Load { cpu: order.cpu, memory: order.memory, metrics: order.metrics };
        self.cloudwatch.loads.insert((cluster, service), load);
        self.begin_minutes();
        Ok(())
    }

    /// The metrics of the minute that is over.
    pub(super) fn measure(&self) -> Measured {
        let since = self.context.now - Duration::seconds(MINUTE);
        let mut measured = Vec::new();
        for ((cluster, service), load) in &self.cloudwatch.loads {
            let Ok(key) = self.ecs.service(cluster, service) else { continue };
            for LoadMetric { metric, samples, sum } in &load.metrics {
                let count = f64::from(*samples);
                if count > 0.0 {
                    measured.push((metric.id(), since, Summary::of(sum / count, count)));
                }
            }
            let running = self.ecs.running(key) as f64;
            // Nothing is reported of what does not run.
            if running == 0.0 {
                continue;
            }
            let dimensions = [("ClusterName", cluster.as_str()), ("ServiceName", service)];
            for (name, load) in [("CPUUtilization", load.cpu), ("MemoryUtilization", load.memory)] {
                let used = Summary::of(100.0 * load / running, running);
                measured.push((ecs(name, &dimensions), since, used));
            }
        }
        for name in self.ecs.cluster_names() {
            let Some([cpu, memory]) = self.ecs.reservation(name) else { continue };
            for (metric, percent) in [("CPUReservation", cpu), ("MemoryReservation", memory)] {
                let id = ecs(metric, &[("ClusterName", name)]);
                measured.push((id, since, Summary::of(percent, 1.0)));
            }
        }
        measured
    }
}
