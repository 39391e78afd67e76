//! Target tracking as a policy of a rehearsal.

use load_model::{BadInput, Words};
use region::services::{
    Control, PredefinedMetric, PutCapacityProvider, PutTargetTrackingPolicy,
    RegisterScalableTarget, ScalingTarget, TrackedMetric,
};
use scenarios::scaling::{SERVICE, shown};
use scenarios::stack::CLUSTER;

use crate::policy::MOST;
use crate::setup::Setup;

/// Target tracking of the service. A capacity provider with managed scaling scales the group, unless
/// the number of instances stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracking {
    pub metric: Tracked,
    /// Where the metric is kept: percent, or requests of a target in a minute.
    pub target: usize,
    /// Whether CPU and memory are measured every 20 seconds.
    pub is_high_resolution: bool,
    /// Seconds from a scale-out to the next.
    pub out_cooldown: u64,
    /// Seconds from a scale-in to the next.
    pub in_cooldown: u64,
    /// Whether it removes tasks.
    pub scales_in: bool,
    pub cluster: TrackedCluster,
}

/// What a policy keeps at its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tracked {
    Cpu,
    Memory,
    RequestsPerTarget,
}

/// What scales the instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrackedCluster {
    /// A capacity provider with this target capacity in percent.
    Provider(usize),
    /// So many instances stay.
    Instances(usize),
}

/// Seconds of a cooldown that is not given
/// (<https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html>).
const COOLDOWN: f64 = 300.0;

/// The target capacity of a provider that is not given
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedScaling.html>).
const CAPACITY: usize = 100;

const METRICS: [(&str, Tracked); 3] = [
    ("cpu", Tracked::Cpu),
    ("memory", Tracked::Memory),
    ("requests-per-target", Tracked::RequestsPerTarget),
];

impl Tracking {
    pub(crate) fn read(words: &mut Words) -> Result<Self, BadInput> {
        let bad =
            |key: &str, problem: String| BadInput::new(format!("target-tracking.{key}"), problem);
        let metric = match words.take("metric") {
            None => Tracked::Cpu,
            Some(text) => METRICS
                .into_iter()
                .find_map(|(name, metric)| (name == text).then_some(metric))
                .ok_or_else(|| {
                    bad("metric", format!("`{text}` is not cpu, memory or requests-per-target"))
                })?,
        };
        let is_high_resolution = match words.take("period").as_deref() {
            None | Some("60s") => false,
            Some("20s") if metric != Tracked::RequestsPerTarget => true,
            Some("20s") => {
                return Err(bad("period", "only cpu and memory have 20s".to_owned()));
            }
            Some(text) => return Err(bad("period", format!("`{text}` is not 20s or 60s"))),
        };
        let scales_in = match words.take("scale-in").as_deref() {
            None | Some("yes") => true,
            Some("no") => false,
            Some(text) => return Err(bad("scale-in", format!("`{text}` is not yes or no"))),
        };
        let target = words
            .whole("target", 1_000_000)?
            .ok_or_else(|| bad("target", "is missing; give it, for example 60".to_owned()))?;
        let out_cooldown = words.seconds("out-cooldown", Some(COOLDOWN))?;
        let in_cooldown = words.seconds("in-cooldown", Some(COOLDOWN))?;
        let capacity = words.whole("capacity", 100)?;
        let cluster = match words.whole("instances", MOST)? {
            Some(_) if capacity.is_some() => {
                return Err(bad("capacity", "excludes instances".to_owned()));
            }
            Some(instances) => TrackedCluster::Instances(instances),
            None => TrackedCluster::Provider(capacity.unwrap_or(CAPACITY)),
        };
        Ok(Self {
            metric,
            target,
            is_high_resolution,
            out_cooldown: out_cooldown.round() as u64,
            in_cooldown: in_cooldown.round() as u64,
            scales_in,
            cluster,
        })
    }

    /// As it is read, without what is the default and without the instances.
    pub(crate) fn words(&self) -> Vec<String> {
        let metric = METRICS.into_iter().find(|(_, metric)| *metric == self.metric);
        let mut words = Vec::new();
        if let Some((name, _)) = metric.filter(|(_, metric)| *metric != Tracked::Cpu) {
            words.push(format!("metric={name}"));
        }
        words.push(format!("target={}", self.target));
        if self.is_high_resolution {
            words.push("period=20s".to_owned());
        }
        for (name, seconds) in
            [("out-cooldown", self.out_cooldown), ("in-cooldown", self.in_cooldown)]
        {
            if seconds != COOLDOWN as u64 {
                words.push(format!("{name}={seconds}s"));
            }
        }
        if !self.scales_in {
            words.push("scale-in=no".to_owned());
        }
        if let TrackedCluster::Provider(capacity) = self.cluster
            && capacity != CAPACITY
        {
            words.push(format!("capacity={capacity}"));
        }
        words
    }

    /// The capacity provider of the group, if it has one.
    pub(crate) fn provider(&self) -> Option<PutCapacityProvider> {
        let TrackedCluster::Provider(target_capacity) = self.cluster else { return None };
        Some(PutCapacityProvider { target_capacity, ..PutCapacityProvider::default() })
    }

    /// What puts the policy on the service.
    pub(crate) fn controls(&self, setup: &Setup) -> [Control; 2] {
        let metric = match (self.metric, self.is_high_resolution) {
            (Tracked::Cpu, false) => PredefinedMetric::ServiceCpu,
            (Tracked::Cpu, true) => PredefinedMetric::ServiceCpuHighResolution,
            (Tracked::Memory, false) => PredefinedMetric::ServiceMemory,
            (Tracked::Memory, true) => PredefinedMetric::ServiceMemoryHighResolution,
            (Tracked::RequestsPerTarget, _) => {
                PredefinedMetric::AlbRequestCountPerTarget(shown::resource_label())
            }
        };
        let (cluster, service) = (CLUSTER.to_owned(), SERVICE.to_owned());
        let target = ScalingTarget::Service { cluster: cluster.clone(), service: service.clone() };
        let metric = TrackedMetric::Predefined(metric);
        let policy =
            PutTargetTrackingPolicy::new("target-tracking", target, metric, self.target as f64);
        [
            Control::RegisterScalableTarget(RegisterScalableTarget {
                cluster,
                service,
                min: setup.tasks.min,
                max: setup.tasks.max,
            }),
            Control::PutTargetTrackingPolicy(PutTargetTrackingPolicy {
                scale_out_cooldown_seconds: self.out_cooldown,
                scale_in_cooldown_seconds: self.in_cooldown,
                disable_scale_in: !self.scales_in,
                ..policy
            }),
        ]
    }
}
