//! Groups, instances and scaling activities.

use std::collections::BTreeMap;

use super::action::{Action, Hook};
use super::state::{LifecycleState, Transition};
use crate::arena::{GroupKey, InstanceKey};
use region_core::Time;
use region_core::trail::Trail;

/// `DefaultCooldown`, of every group (AWS's default).
pub(super) const COOLDOWN_SECONDS: u64 = 300;

/// An Auto Scaling group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(super) name: String,
    pub(super) arn: String,
    /// Where the agents of its instances register.
    pub(crate) cluster: String,
    pub(super) created_at: Time,
    pub(crate) desired: usize,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(super) zones: Vec<String>,
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
    pub(super) boot_seconds: u64,
    pub(super) registration_seconds: u64,
    /// It has a warm pool, and scale-in puts instances there.
    pub(super) reuse_on_scale_in: bool,
    /// `RetentionTriggers.TerminateHookAbandon` is `retain`.
    pub(super) retain_on_abandon: bool,
    /// The CPU utilization of its instances is measured every minute.
    pub(super) detailed_monitoring: bool,
    /// `DefaultInstanceWarmup`, where one is set.
    pub(crate) warmup_seconds: Option<u64>,
    pub(super) tags: BTreeMap<String, Tag>,
    /// Its desired capacity and tags, as reads may show them.
    pub(super) trail: Trail<(usize, BTreeMap<String, Tag>)>,
    pub(super) deletion: Deletion,
    /// Its lifecycle hooks, by name.
    pub(super) hooks: BTreeMap<String, Hook>,
    /// Those not yet Terminated, oldest first.
    pub(super) members: Vec<InstanceKey>,
    /// Oldest first.
    pub(super) activities: Vec<Activity>,
}

/// Whether a group is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Deletion {
    #[default]
    None,
    /// It is shown until its last instance is gone.
    InProgress,
    Done,
}

/// A tag of a group, under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) value: String,
    pub(super) propagates: bool,
}

impl Tag {
    /// One that instances do not get.
    pub(super) fn own(value: String) -> Self {
        Self { value, propagates: false }
    }
}

/// An EC2 instance of a group.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(super) id: String,
    pub(super) group: GroupKey,
    pub(super) zone: String,
    pub(super) cpu: u32,
    pub(super) memory: u32,
    pub(crate) state: LifecycleState,
    pub(super) healthy: bool,
    /// The machine is powered.
    pub(super) on: bool,
    /// Its last boot is complete.
    pub(super) booted: bool,
    pub(crate) launched_at: Time,
    /// When it came into service; none before, and for those there from the beginning.
    pub(crate) warming_since: Option<Time>,
    /// When the machine ended.
    pub(super) terminated_at: Option<Time>,
    pub(super) transition: Transition,
    /// Every lifecycle action it ever had.
    pub(super) actions: Vec<Action>,
    /// The index of the first action of the present transition.
    pub(super) first_action: usize,
    /// The index of the scaling activity in progress, in the list of the group.
    pub(super) activity: Option<usize>,
    /// Its state, as reads may show it.
    pub(super) trail: Trail<LifecycleState>,
}

/// A scaling activity.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) cause: String,
    pub(super) zone: String,
    pub(super) started_at: Time,
    pub(super) ended_at: Option<Time>,
    pub(super) status: &'static str,
    /// Percent.
    pub(super) progress: u8,
}
