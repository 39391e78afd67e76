//! The parameters of test actions, with defaults for those that a test does not set.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::autoscaling::HookResult;
use crate::ecs::{ContainerStatus, Workload};

/// A group to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateGroup {
    /// Its name (default: `group`).
    pub name: String,
    /// Where its instances register (default: `default`); made if it is not there.
    pub cluster: String,
    /// Desired capacity (default: 2).
    pub desired: usize,
    /// Minimum size (default: 0).
    pub min: usize,
    /// Maximum size (default: 1,000).
    pub max: usize,
    /// Availability zones (default: `us-east-1a` and `us-east-1b`).
    pub zones: Vec<String>,
    /// CPU units of an instance (default: 4,096).
    pub cpu: u32,
    /// MiB of an instance (default: 16,384).
    pub memory: u32,
    /// Seconds from launch until InService (default: 60).
    pub boot_seconds: u64,
    /// Seconds from then until the agent registers (default: 20).
    pub registration_seconds: u64,
    /// The first instances are InService and ACTIVE at once (default: yes); later ones boot.
    pub ready: bool,
    /// It has a warm pool, and scale-in puts instances there (default: no).
    pub reuse_on_scale_in: bool,
    /// An abandoned terminating hook retains the instance (default: no).
    pub retain_on_abandon: bool,
    /// DefaultInstanceWarmup in seconds; none if not set.
    pub default_instance_warmup: Option<u64>,
    /// Its tags, such as `AmazonECSManaged`.
    pub tags: BTreeMap<String, String>,
}

impl Default for CreateGroup {
    fn default() -> Self {
        Self {
            name: "group".to_owned(),
            cluster: "default".to_owned(),
            desired: 2,
            min: 0,
            max: 1000,
            zones: vec!["us-east-1a".to_owned(), "us-east-1b".to_owned()],
            cpu: 4096,
            memory: 16_384,
            boot_seconds: 60,
            registration_seconds: 20,
            ready: true,
            reuse_on_scale_in: false,
            retain_on_abandon: false,
            default_instance_warmup: None,
            tags: BTreeMap::new(),
        }
    }
}

/// A group to change; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct UpdateGroup {
    /// Its name (default: `group`).
    pub name: String,
    /// Another minimum size; it raises a desired capacity below it.
    pub min: Option<usize>,
    /// Another maximum size; it lowers a desired capacity above it.
    pub max: Option<usize>,
    /// Further tags, or other values of them.
    pub tags: BTreeMap<String, String>,
}

impl Default for UpdateGroup {
    fn default() -> Self {
        Self { name: "group".to_owned(), min: None, max: None, tags: BTreeMap::new() }
    }
}

/// A terminating hook to make or change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutLifecycleHook {
    /// The group's name (default: `group`).
    pub group: String,
    /// The hook's name (default: `drain`).
    pub name: String,
    /// 30 to 7,200 (AWS's default: 3,600).
    pub heartbeat_seconds: u64,
    /// What a time-out means (AWS's default: ABANDON).
    pub default_result: HookResult,
    /// Its SNS topic, if it has one.
    pub topic_arn: Option<String>,
    /// NotificationMetadata.
    pub metadata: Option<String>,
}

impl Default for PutLifecycleHook {
    fn default() -> Self {
        Self {
            group: "group".to_owned(),
            name: "drain".to_owned(),
            heartbeat_seconds: 3600,
            default_result: HookResult::Abandon,
            topic_arn: None,
            metadata: None,
        }
    }
}

/// An instance to launch into a group's warm pool, where a foreign launch hook holds it first.
/// It boots and registers as usual meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct LaunchIntoWarmPool {
    /// The group's name (default: `group`).
    pub group: String,
    /// Seconds for which the hook holds it (default: 300).
    pub held_seconds: u64,
}

impl Default for LaunchIntoWarmPool {
    fn default() -> Self {
        Self { group: "group".to_owned(), held_seconds: 300 }
    }
}

/// A service to make.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateService {
    /// Its name (default: `web`).
    pub name: String,
    /// Its cluster (default: `default`).
    pub cluster: String,
    /// One task on each ACTIVE instance; `desired` means nothing then.
    pub daemon: bool,
    /// Desired count (default: 2).
    pub desired: usize,
    /// minimumHealthyPercent (AWS's default: 100).
    pub minimum_healthy_percent: usize,
    /// maximumPercent (AWS's default: 200).
    pub maximum_percent: usize,
    /// What its tasks need and how long they take.
    pub workload: Workload,
    /// A custom attribute that a container instance must carry, and its value.
    pub constraint: Option<(String, String)>,
    /// The first tasks are RUNNING and healthy at once (default: yes).
    pub ready: bool,
}

impl Default for CreateService {
    fn default() -> Self {
        Self {
            name: "web".to_owned(),
            cluster: "default".to_owned(),
            daemon: false,
            desired: 2,
            minimum_healthy_percent: 100,
            maximum_percent: 200,
            workload: Workload::default(),
            constraint: None,
            ready: true,
        }
    }
}

/// A service to change; what is not given stays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct UpdateService {
    /// Its name (default: `web`).
    pub name: String,
    /// Its cluster (default: `default`).
    pub cluster: String,
    /// Another desired count.
    pub desired: Option<usize>,
    /// Another minimumHealthyPercent.
    pub minimum_healthy_percent: Option<usize>,
    /// Another maximumPercent.
    pub maximum_percent: Option<usize>,
    /// Replace every task by a new one, in a deployment (default: no).
    pub deploy: bool,
    /// What tasks need from now on; this too begins a deployment.
    pub workload: Option<Workload>,
}

impl Default for UpdateService {
    fn default() -> Self {
        Self {
            name: "web".to_owned(),
            cluster: "default".to_owned(),
            desired: None,
            minimum_healthy_percent: None,
            maximum_percent: None,
            deploy: false,
            workload: None,
        }
    }
}

/// Standalone tasks to run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct RunTask {
    /// Where (default: `default`).
    pub cluster: String,
    /// On this instance; by default on the one with the most free capacity.
    pub instance: Option<String>,
    /// The family of the task definition (default: `job`).
    pub family: String,
    /// What each needs and how long it takes.
    pub workload: Workload,
    /// How many (default: 1).
    pub count: usize,
    /// Seconds from RUNNING until each ends by itself; none for never.
    pub ends_after_seconds: Option<u64>,
    /// RUNNING at once (default: yes).
    pub ready: bool,
}

impl Default for RunTask {
    fn default() -> Self {
        Self {
            cluster: "default".to_owned(),
            instance: None,
            family: "job".to_owned(),
            workload: Workload::default(),
            count: 1,
            ends_after_seconds: None,
            ready: true,
        }
    }
}

/// A task to protect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ProtectTask {
    /// ARN or id.
    pub task: String,
    /// From now; 0 ends the protection.
    pub for_seconds: u64,
}

/// An instance to end through its group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TerminateInstance {
    /// The EC2 id.
    pub instance: String,
    /// Lower the desired capacity, so that nothing replaces it (default: no).
    #[serde(default)]
    pub decrement: bool,
}

/// A Spot interruption.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InterruptSpot {
    /// The EC2 id.
    pub instance: String,
    /// Whether the instance is really taken (default: yes).
    #[serde(default = "yes")]
    pub takes_place: bool,
    /// How long after the warning (AWS: 120).
    #[serde(default = "two_minutes")]
    pub after_seconds: u64,
}

fn yes() -> bool {
    true
}

fn two_minutes() -> u64 {
    120
}

/// A registration in another cluster.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegisterIn {
    /// The EC2 id.
    pub instance: String,
    /// The other cluster, which must exist.
    pub cluster: String,
    /// Its registrations so far are removed by force (default: no).
    #[serde(default)]
    pub instead: bool,
}

/// A status set by an operator.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SetState {
    /// The EC2 id.
    pub instance: String,
    /// ACTIVE or DRAINING.
    pub status: ContainerStatus,
}

/// The agents of an instance, connected or disconnected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AgentConnected {
    /// The EC2 id.
    pub instance: String,
    /// Whether they are connected from now on.
    pub connected: bool,
}

/// Custom attributes of other owners.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FillAttributes {
    /// The EC2 id.
    pub instance: String,
    /// How many, without values, on each of its registrations.
    pub count: usize,
}
