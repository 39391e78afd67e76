//! The parameters of test actions on ECS, with defaults for those that a test does not set.

use serde::Deserialize;

use super::status::ContainerStatus;
use super::workload::Workload;

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
    /// `monitoring` sets the resolution of its metrics to 20 seconds (default: no, 60 seconds).
    pub high_resolution: bool,
    /// The capacity provider of its strategy, which must exist (default: none). Tasks that find no
    /// place wait for one in PROVISIONING.
    pub capacity_provider: Option<String>,
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
            high_resolution: false,
            capacity_provider: None,
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
    /// Whether the resolution of its metrics is 20 seconds; a change begins a deployment.
    pub high_resolution: Option<bool>,
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
            high_resolution: None,
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
