//! What scales the service and its group during a rehearsal.

use std::collections::BTreeMap;
use std::fmt;

use load_model::{BadInput, Words};
use region::services::{Control, PutCapacityProvider};
use scenarios::scaling::{By, shown};

use crate::setup::Setup;
use crate::tracking::{TrackedCluster, Tracking};

/// A scaling policy, with parameters of the stacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// AWS's own step scaling, by `stacks/service-scaling.yaml` and `stacks/cluster-scaling.yaml`.
    Native(Stacks),
    /// The function alarm-scaling, by the same stacks.
    AlarmScaling(Stacks),
    /// Target tracking by Application Auto Scaling, and a capacity provider.
    TargetTracking(Tracking),
    /// A number of tasks that stays.
    Fixed { tasks: usize, instances: Option<usize> },
}

/// Parameters of the stacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stacks {
    /// Those that differ from the defaults of the templates.
    pub parameters: BTreeMap<String, String>,
    /// Instances of a group that is not scaled; none if it is.
    pub instances: Option<usize>,
}

/// Metrics of a service that a rehearsed load has.
const METRICS: [&str; 4] = ["cpu", "memory", "requests-per-target", "in-flight-per-task"];

/// The most tasks, and the most instances.
pub(crate) const MOST: usize = 1_000;

const NAMES: &str = "native, alarm-scaling, target-tracking or fixed";

impl Policy {
    /// Reads `native`, `alarm-scaling:ServiceOutPercent=80,instances=20`,
    /// `target-tracking:metric=cpu,target=60,period=20s` or `fixed:tasks=12`.
    ///
    /// # Errors
    /// The policy or a parameter is unknown, or the load does not have the metric.
    pub fn read(text: &str) -> Result<Self, BadInput> {
        let mut words = Words::read(text)?;
        let policy = match words.name.as_str() {
            "native" => Self::Native(Stacks::read(&mut words)?),
            "alarm-scaling" => Self::AlarmScaling(Stacks::read(&mut words)?),
            "target-tracking" => Self::TargetTracking(Tracking::read(&mut words)?),
            "fixed" => {
                let tasks = words
                    .whole("tasks", MOST)?
                    .ok_or_else(|| BadInput::new("fixed.tasks", "is missing"))?;
                Self::Fixed { tasks, instances: words.whole("instances", MOST)? }
            }
            other => return Err(BadInput::new("policy", format!("`{other}` is not {NAMES}"))),
        };
        words.end()?;
        Ok(policy)
    }

    /// What scales the tasks, and what the instances.
    pub(crate) fn by(&self) -> (By, By) {
        let by = match self {
            Self::Native(_) => By::Native,
            Self::AlarmScaling(_) => By::AlarmScaling,
            Self::TargetTracking(_) | Self::Fixed { .. } => By::Nobody,
        };
        (by, if self.instances().is_some() { By::Nobody } else { by })
    }

    /// The parameters of the stacks.
    pub(crate) fn parameters(&self) -> BTreeMap<String, String> {
        match self {
            Self::Native(stacks) | Self::AlarmScaling(stacks) => stacks.parameters.clone(),
            Self::TargetTracking(_) | Self::Fixed { .. } => BTreeMap::new(),
        }
    }

    /// What puts the policy on the service, beside the stacks.
    pub(crate) fn controls(&self, setup: &Setup) -> Vec<Control> {
        match self {
            Self::TargetTracking(tracking) => tracking.controls(setup).into(),
            _ => Vec::new(),
        }
    }

    /// The capacity provider of the group, if it has one.
    pub(crate) fn provider(&self) -> Option<PutCapacityProvider> {
        match self {
            Self::TargetTracking(tracking) => tracking.provider(),
            _ => None,
        }
    }

    /// Whether CPU and memory of the service are measured every 20 seconds.
    pub(crate) const fn is_high_resolution(&self) -> bool {
        matches!(self, Self::TargetTracking(Tracking { is_high_resolution: true, .. }))
    }

    /// Instances of a group that is not scaled.
    pub const fn instances(&self) -> Option<usize> {
        match self {
            Self::Native(stacks) | Self::AlarmScaling(stacks) => stacks.instances,
            Self::TargetTracking(tracking) => match tracking.cluster {
                TrackedCluster::Provider(_) => None,
                TrackedCluster::Instances(instances) => Some(instances),
            },
            Self::Fixed { instances, .. } => *instances,
        }
    }
}

impl Stacks {
    fn read(words: &mut Words) -> Result<Self, BadInput> {
        let instances = words.whole("instances", MOST)?;
        let name = words.name.clone();
        let field = |key: &str| format!("{name}.{key}");
        let given = words.rest();
        let known = scenarios::scaling::parameters()
            .map_err(|error| BadInput::new(name.clone(), error.to_string()))?;
        if let Some(key) = given.keys().find(|key| !known.contains(*key)) {
            let stacks =
                "is not a parameter of stacks/service-scaling.yaml or cluster-scaling.yaml";
            return Err(BadInput::new(field(key), stacks));
        }
        let mut parameters = BTreeMap::new();
        if let Some(metric) = given.get("ServiceMetric") {
            if !METRICS.contains(&metric.as_str()) {
                let problem =
                    format!("a rehearsed load has {}, not `{metric}`", METRICS.join(", "));
                return Err(BadInput::new(field("ServiceMetric"), problem));
            }
            if !matches!(metric.as_str(), "cpu" | "memory") {
                parameters = shown::parameters(metric);
            }
        }
        parameters.extend(given);
        Ok(Self { parameters, instances })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mut words) = match self {
            Self::Native(stacks) => ("native", stacks.words()),
            Self::AlarmScaling(stacks) => ("alarm-scaling", stacks.words()),
            Self::TargetTracking(tracking) => ("target-tracking", tracking.words()),
            Self::Fixed { tasks, .. } => ("fixed", vec![format!("tasks={tasks}")]),
        };
        words.extend(self.instances().map(|instances| format!("instances={instances}")));
        match words.is_empty() {
            true => f.write_str(name),
            false => write!(f, "{name}:{}", words.join(",")),
        }
    }
}

impl Stacks {
    fn words(&self) -> Vec<String> {
        self.parameters.iter().map(|(key, value)| format!("{key}={value}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_written_as_it_is_read() {
        for text in [
            "native",
            "alarm-scaling:ServiceOutMinutes=1,ServiceOutPercent=80,instances=20",
            "target-tracking:target=60",
            "target-tracking:metric=memory,target=55,period=20s,out-cooldown=60s,capacity=90",
            "target-tracking:metric=requests-per-target,target=900,scale-in=no,instances=4",
            "fixed:tasks=12",
            "fixed:tasks=12,instances=4",
        ] {
            assert_eq!(Policy::read(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn bad_policies_name_the_field() {
        for (text, message) in [
            ("steps", "policy: `steps` is not native, alarm-scaling, target-tracking or fixed"),
            ("fixed", "fixed.tasks: is missing"),
            ("fixed:tasks=0", "fixed.tasks: `0` is not 1 to 1000"),
            ("fixed:tasks=2,TasksMax=3", "fixed.TasksMax: is not a parameter of fixed"),
            ("native:Cluster=demo", "native.Cluster: is not a parameter of stacks/service"),
            ("native:TasksMost=3", "native.TasksMost: is not a parameter of stacks/service"),
            (
                "alarm-scaling:ServiceMetric=kinesis-lag",
                "alarm-scaling.ServiceMetric: a rehearsed load has cpu, memory,",
            ),
        ] {
            let error = Policy::read(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
