//! What is kept about groups, hooks and instances.

use std::collections::BTreeMap;

use serde::Deserialize;
use time::Duration;

use crate::arena::{GroupKey, InstanceKey};
use crate::trail::Trail;
use crate::wording::seconds;
use region_core::Time;

/// An Auto Scaling group.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) arn: String,
    /// Where the agents of its instances register.
    pub(crate) cluster: String,
    pub(crate) created_at: Time,
    pub(crate) desired: usize,
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) zones: Vec<String>,
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
    pub(crate) boot_seconds: u64,
    pub(crate) registration_seconds: u64,
    /// It has a warm pool, and scale-in puts instances there.
    pub(crate) reuse_on_scale_in: bool,
    /// `RetentionTriggers.TerminateHookAbandon` is `retain`.
    pub(crate) retain_on_abandon: bool,
    /// `DefaultInstanceWarmup`, where one is set.
    pub(crate) warmup_seconds: Option<u64>,
    pub(crate) tags: BTreeMap<String, Tag>,
    /// Its desired capacity and tags, as reads may show them.
    pub(crate) trail: Trail<(usize, BTreeMap<String, Tag>)>,
    /// The terminating hooks.
    pub(crate) hooks: BTreeMap<String, Hook>,
    /// Those not yet Terminated, oldest first.
    pub(crate) members: Vec<InstanceKey>,
    /// Oldest first.
    pub(crate) activities: Vec<Activity>,
}

/// A tag of a group, under its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) value: String,
    pub(crate) propagates: bool,
}

impl Tag {
    /// One that instances do not get.
    pub(crate) fn own(value: String) -> Self {
        Self { value, propagates: false }
    }
}

/// A lifecycle hook of `autoscaling:EC2_INSTANCE_TERMINATING`.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) name: String,
    pub(crate) heartbeat_seconds: u64,
    pub(crate) default_result: HookResult,
    pub(crate) topic_arn: Option<String>,
    pub(crate) metadata: Option<String>,
}

impl Hook {
    /// min(48 h, 100 × heartbeat), in seconds (API_LifecycleHook).
    pub(crate) fn global_seconds(&self) -> u64 {
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
    pub(crate) heartbeat: Duration,
    pub(crate) global_end: Time,
}

impl Action {
    pub(crate) fn new(hook: &Hook, token: String, now: Time) -> Self {
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
    pub(crate) fn abandoned(&self) -> bool {
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
    pub(crate) fn is_pooled(self) -> bool {
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
    pub(crate) fn counts(self) -> bool {
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
pub(crate) enum Errand {
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
    pub(crate) fn wait(self) -> LifecycleState {
        match self {
            Self::Terminate => LifecycleState::TerminatingWait,
            Self::Warm => LifecycleState::WarmedPendingWait,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingWait,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeWait,
        }
    }

    /// The state after all hooks have released it.
    pub(crate) fn proceed(self) -> LifecycleState {
        match self {
            Self::Terminate => LifecycleState::TerminatingProceed,
            Self::Warm => LifecycleState::WarmedPendingProceed,
            Self::TerminateWarm => LifecycleState::WarmedTerminatingProceed,
            Self::ReplaceRootVolume => LifecycleState::ReplacingRootVolumeProceed,
        }
    }

    /// `Origin` and `Destination` of its notifications.
    pub(crate) fn way(self) -> (&'static str, &'static str) {
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
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) group: GroupKey,
    pub(crate) zone: String,
    pub(crate) cpu: u32,
    pub(crate) memory: u32,
    pub(crate) state: LifecycleState,
    pub(crate) healthy: bool,
    /// The machine is powered.
    pub(crate) on: bool,
    pub(crate) launched_at: Time,
    /// When it came into service; none before, and for those there from the beginning.
    pub(crate) warming_since: Option<Time>,
    /// When the machine ended.
    pub(crate) terminated_at: Option<Time>,
    pub(crate) errand: Errand,
    /// Every lifecycle action it ever had.
    pub(crate) actions: Vec<Action>,
    /// Where the present run's actions begin.
    pub(crate) run: usize,
    /// The scaling activity under way, by its place in the group's list.
    pub(crate) activity: Option<usize>,
    /// Its state, as reads may show it.
    pub(crate) trail: Trail<LifecycleState>,
}

/// A scaling activity.
#[derive(Debug)]
pub(crate) struct Activity {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) cause: String,
    pub(crate) zone: String,
    pub(crate) started_at: Time,
    pub(crate) ended_at: Option<Time>,
    pub(crate) status: &'static str,
    /// Percent.
    pub(crate) progress: u8,
}
