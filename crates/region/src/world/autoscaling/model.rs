//! What is kept about groups, hooks and instances.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::Duration;

use crate::Time;
use crate::world::arena::{ContainerKey, GroupKey, InstanceKey};
use crate::world::trail::Trail;
use crate::world::wording::seconds;

/// An Auto Scaling group.
#[derive(Debug)]
pub(in crate::world) struct Group {
    pub(in crate::world) name: String,
    pub(in crate::world) arn: String,
    /// Where the agents of its instances register.
    pub(in crate::world) cluster: String,
    pub(in crate::world) created_at: Time,
    pub(in crate::world) desired: usize,
    pub(in crate::world) min: usize,
    pub(in crate::world) max: usize,
    pub(in crate::world) zones: Vec<String>,
    pub(in crate::world) cpu: u32,
    pub(in crate::world) memory: u32,
    pub(in crate::world) boot_seconds: u64,
    pub(in crate::world) registration_seconds: u64,
    /// It has a warm pool, and scale-in puts instances there.
    pub(in crate::world) reuse_on_scale_in: bool,
    /// `RetentionTriggers.TerminateHookAbandon` is `retain`.
    pub(in crate::world) retain_on_abandon: bool,
    /// `DefaultInstanceWarmup`, where one is set.
    pub(in crate::world) warmup_seconds: Option<u64>,
    pub(in crate::world) tags: BTreeMap<String, Tag>,
    /// Its desired capacity and tags, as reads may show them.
    pub(in crate::world) trail: Trail<(usize, BTreeMap<String, Tag>)>,
    /// The terminating hooks.
    pub(in crate::world) hooks: BTreeMap<String, Hook>,
    /// Those not yet Terminated, oldest first.
    pub(in crate::world) members: Vec<InstanceKey>,
    /// Oldest first.
    pub(in crate::world) activities: Vec<Activity>,
}

/// A tag of a group, under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::world) struct Tag {
    pub(in crate::world) value: String,
    pub(in crate::world) propagates: bool,
}

impl Tag {
    /// One that instances do not get.
    pub(in crate::world) fn own(value: String) -> Self {
        Self { value, propagates: false }
    }
}

/// A lifecycle hook of `autoscaling:EC2_INSTANCE_TERMINATING`.
#[derive(Debug, Clone)]
pub(in crate::world) struct Hook {
    pub(in crate::world) name: String,
    pub(in crate::world) heartbeat_seconds: u64,
    pub(in crate::world) default_result: HookResult,
    pub(in crate::world) topic_arn: Option<String>,
    pub(in crate::world) metadata: Option<String>,
}

impl Hook {
    /// min(48 h, 100 × heartbeat), in seconds (API_LifecycleHook).
    pub(in crate::world) fn global_seconds(&self) -> u64 {
        self.heartbeat_seconds.saturating_mul(100).min(172_800)
    }
}

/// How a lifecycle action is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HookResult {
    /// Continue after the other hooks.
    Continue,
    /// Continue without waiting for other hooks.
    Abandon,
}

impl HookResult {
    /// Auto Scaling's own word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::Abandon => "ABANDON",
        }
    }
}

/// How a lifecycle action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionEnd {
    /// It was completed by a call.
    Completed(HookResult),
    /// No heartbeat came in time.
    HeartbeatTimeout,
    /// It reached min(48 h, 100 × heartbeat).
    GlobalTimeout,
    /// Another hook of the same run was abandoned.
    Skipped,
}

/// One hook holding one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// The hook's name.
    pub hook: String,
    /// The token of this action.
    pub token: String,
    /// When the instance began to wait for it.
    pub started_at: Time,
    /// The last heartbeat recorded; the start before any.
    pub last_heartbeat: Time,
    /// When and how it ended; none while it holds the instance.
    pub ended: Option<(Time, ActionEnd)>,
    /// The result when time runs out.
    pub default_result: HookResult,
    pub(in crate::world) heartbeat: Duration,
    pub(in crate::world) global_end: Time,
}

impl Action {
    pub(in crate::world) fn new(hook: &Hook, token: String, now: Time) -> Self {
        Self {
            hook: hook.name.clone(),
            token,
            started_at: now,
            last_heartbeat: now,
            ended: None,
            default_result: hook.default_result,
            heartbeat: seconds(hook.heartbeat_seconds),
            global_end: now + seconds(hook.global_seconds()),
        }
    }

    /// When it runs out unless another heartbeat comes.
    pub fn expires_at(&self) -> Time {
        (self.last_heartbeat + self.heartbeat).min(self.global_end)
    }

    /// Whether it ended as ABANDON.
    pub(in crate::world) fn abandoned(&self) -> bool {
        match self.ended {
            Some((_, ActionEnd::Completed(result))) => result == HookResult::Abandon,
            Some((_, ActionEnd::HeartbeatTimeout | ActionEnd::GlobalTimeout)) => {
                self.default_result == HookResult::Abandon
            }
            Some((_, ActionEnd::Skipped)) | None => false,
        }
    }
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// Where an instance is in its lifecycle, after "Amazon EC2 Auto Scaling instance lifecycle".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum LifecycleState {
            $($(#[$doc])* $name),+
        }

        impl LifecycleState {
            /// Auto Scaling's own word.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word),+
                }
            }
        }
    };
}

states! {
    /// Booting.
    Pending = "Pending",
    /// Counted and used.
    InService = "InService",
    /// Waiting for terminating hooks.
    TerminatingWait = "Terminating:Wait",
    /// Shutting down.
    TerminatingProceed = "Terminating:Proceed",
    /// Kept after an ABANDON.
    TerminatingRetained = "Terminating:Retained",
    /// Gone.
    Terminated = "Terminated",
    /// On its way into the warm pool; waiting for hooks.
    WarmedPendingWait = "Warmed:Pending:Wait",
    /// Shutting down for the warm pool.
    WarmedPendingProceed = "Warmed:Pending:Proceed",
    /// Stopped in the warm pool.
    WarmedStopped = "Warmed:Stopped",
    /// Leaving the warm pool for good; waiting for terminating hooks.
    WarmedTerminatingWait = "Warmed:Terminating:Wait",
    /// Leaving the warm pool for good.
    WarmedTerminatingProceed = "Warmed:Terminating:Proceed",
    /// Its root volume will be replaced; waiting for terminating hooks.
    ReplacingRootVolumeWait = "ReplacingRootVolume:Wait",
    /// Its root volume is being replaced.
    ReplacingRootVolumeProceed = "ReplacingRootVolume:Proceed",
}

impl LifecycleState {
    /// Whether it is a member of the warm pool, which DescribeWarmPool alone shows.
    pub(in crate::world) fn is_pooled(self) -> bool {
        matches!(
            self,
            Self::WarmedPendingWait
                | Self::WarmedPendingProceed
                | Self::WarmedStopped
                | Self::WarmedTerminatingWait
                | Self::WarmedTerminatingProceed
        )
    }

    /// Whether the group's desired capacity counts it.
    pub(in crate::world) fn counts(self) -> bool {
        matches!(
            self,
            Self::Pending
                | Self::InService
                | Self::ReplacingRootVolumeWait
                | Self::ReplacingRootVolumeProceed
        )
    }
}

/// The transition that hooks hold up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::world) enum Errand {
    /// End.
    Terminate,
    /// Go back to the warm pool.
    Warm,
    /// End, out of the warm pool.
    TerminateWarm,
    /// Get another root volume and come back.
    ReplaceRootVolume,
}

impl Errand {
    /// The state in which hooks hold it. One that goes back to the warm pool is held by the
    /// terminating hooks in the pool's own state
    /// (<https://docs.aws.amazon.com/autoscaling/ec2/userguide/warm-pool-instance-lifecycle.html>).
    pub(in crate::world) fn wait(self) -> LifecycleState {
        match self {
            Self::Terminate => LifecycleState::TerminatingWait,
            Self::Warm => LifecycleState::WarmedPendingWait,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingWait,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeWait,
        }
    }

    /// The state after all hooks have released it.
    pub(in crate::world) fn proceed(self) -> LifecycleState {
        match self {
            Self::Terminate => LifecycleState::TerminatingProceed,
            Self::Warm => LifecycleState::WarmedPendingProceed,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingProceed,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeProceed,
        }
    }

    /// `Origin` and `Destination` of its notifications.
    pub(in crate::world) fn way(self) -> (&'static str, &'static str) {
        match self {
            Self::Terminate => ("AutoScalingGroup", "EC2"),
            Self::Warm => ("AutoScalingGroup", "WarmPool"),
            Self::TerminateWarm => ("WarmPool", "EC2"),
            Self::ReplaceRootVolume => ("AutoScalingGroup", "AutoScalingGroup"),
        }
    }
}

/// An EC2 instance of a group.
#[derive(Debug)]
pub(in crate::world) struct Instance {
    pub(in crate::world) id: String,
    pub(in crate::world) group: GroupKey,
    pub(in crate::world) zone: String,
    pub(in crate::world) cpu: u32,
    pub(in crate::world) memory: u32,
    pub(in crate::world) state: LifecycleState,
    pub(in crate::world) healthy: bool,
    /// The machine is powered.
    pub(in crate::world) on: bool,
    pub(in crate::world) launched_at: Time,
    /// When it came into service; none before, and for those there from the beginning.
    pub(in crate::world) warming_since: Option<Time>,
    /// When the machine ended.
    pub(in crate::world) terminated_at: Option<Time>,
    pub(in crate::world) last_container_stop: Option<Time>,
    pub(in crate::world) containers: Vec<ContainerKey>,
    pub(in crate::world) errand: Errand,
    /// Every lifecycle action it ever had.
    pub(in crate::world) actions: Vec<Action>,
    /// Where the present run's actions begin.
    pub(in crate::world) run: usize,
    /// The scaling activity under way, by its place in the group's list.
    pub(in crate::world) activity: Option<usize>,
    /// Its state, as reads may show it.
    pub(in crate::world) trail: Trail<LifecycleState>,
}

/// A scaling activity.
#[derive(Debug)]
pub(in crate::world) struct Activity {
    pub(in crate::world) id: String,
    pub(in crate::world) description: String,
    pub(in crate::world) cause: String,
    pub(in crate::world) zone: String,
    pub(in crate::world) started_at: Time,
    pub(in crate::world) ended_at: Option<Time>,
    pub(in crate::world) status: &'static str,
    /// Percent.
    pub(in crate::world) progress: u8,
}
