//! The parameters of test actions on groups and EC2 instances, with defaults for those that a test
//! does not set.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::action::{HookResult, HookTransition};

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
    /// The CPU utilization of its instances is measured every minute (default: no; the metrics of
    /// every five minutes that AWS then has are left out).
    pub detailed_monitoring: bool,
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
            detailed_monitoring: false,
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
    /// The keys of tags to remove.
    pub remove_tags: Vec<String>,
}

impl Default for UpdateGroup {
    fn default() -> Self {
        Self {
            name: "group".to_owned(),
            min: None,
            max: None,
            tags: BTreeMap::new(),
            remove_tags: Vec::new(),
        }
    }
}

/// A lifecycle hook to make or change.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutLifecycleHook {
    /// The group's name (default: `group`).
    pub group: String,
    /// The hook's name (default: `drain`).
    pub name: String,
    /// What it holds up (default: the termination).
    pub transition: HookTransition,
    /// 30 to 7,200 (AWS's default: 3,600).
    pub heartbeat_seconds: u64,
    /// What a time-out means (AWS's default: ABANDON).
    pub default_result: HookResult,
    /// Its SNS topic, if it has one.
    pub topic_arn: Option<String>,
    /// The role that publishes to the topic.
    pub role_arn: Option<String>,
    /// NotificationMetadata.
    pub metadata: Option<String>,
}

impl Default for PutLifecycleHook {
    fn default() -> Self {
        Self {
            group: "group".to_owned(),
            name: "drain".to_owned(),
            transition: HookTransition::Terminating,
            heartbeat_seconds: 3600,
            default_result: HookResult::Abandon,
            topic_arn: None,
            role_arn: None,
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
