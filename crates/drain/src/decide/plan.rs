//! Plans: the actions on an instance, its state, and when to reconcile again.

use aws_names::{ContainerInstanceArn, TaskArn};
use requeue::DelayClass;

use super::Decision;
use crate::Time;
use crate::drain_record::DrainRecord;

/// What to do about an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Actions in order. If one fails, the rest is left to the next reconcile.
    pub actions: Vec<Action>,
    /// The state of the instance.
    pub verdict: Verdict,
    /// The delay class of the next reconcile, if work is left.
    pub again: Option<DelayClass>,
    /// The instance reads as empty, and such a read is trusted from this time on. Reading its tasks
    /// again at this time decides before the next reconcile does.
    pub believed_from: Option<Time>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write a drain record to a container instance.
    DrainRecord { arn: ContainerInstanceArn, drain_record: DrainRecord },
    /// Set a container instance DRAINING.
    SetDraining {
        arn: ContainerInstanceArn,
        /// The drain record to write afterwards, with the time of the call.
        drain_record: Option<DrainRecord>,
    },
    /// Restart the timer of the hook.
    Heartbeat {
        /// Drain records to write if the heartbeat succeeds.
        drain_records: Vec<(ContainerInstanceArn, DrainRecord)>,
    },
    /// Stop tasks that belong to no service.
    StopTasks { arns: Vec<TaskArn> },
    /// Complete our lifecycle action.
    Complete {
        /// CONTINUE or ABANDON.
        result: ActionResult,
        /// Drain records to mark as done if the action is already over.
        drain_records: Vec<(ContainerInstanceArn, DrainRecord)>,
    },
    /// Set a container instance ACTIVE.
    SetActive { arn: ContainerInstanceArn },
    /// Remove our drain record from a container instance.
    Forget { arn: ContainerInstanceArn },
    /// Deregister a container instance by force.
    Deregister { arn: ContainerInstanceArn },
}

impl Action {
    /// The name in log records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DrainRecord { .. } => "record",
            Self::SetDraining { .. } => "set_draining",
            Self::Heartbeat { .. } => "heartbeat",
            Self::StopTasks { .. } => "stop_tasks",
            Self::Complete { .. } => "complete",
            Self::SetActive { .. } => "set_active",
            Self::Forget { .. } => "forget",
            Self::Deregister { .. } => "deregister",
        }
    }
}

/// The result of a lifecycle action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionResult {
    /// Continue the termination.
    Continue,
    /// Skip the other hooks and, with instance retention, keep the instance.
    Abandon,
}

/// The state of an instance according to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Its drain begins with this reconcile.
    Started(Drain),
    /// Its drain continues.
    Waiting(Drain),
    /// Its drain ends with this reconcile.
    Ended {
        /// Why it ends.
        end: End,
        /// When the drain began, if known.
        began: Option<Time>,
        /// The number of tasks that had not stopped.
        tasks: u32,
        /// When the last task stopped, if that was read.
        last_stop: Option<Time>,
    },
    /// It is in service again.
    Returned,
    /// A hook holds it, and it has not registered so far.
    Unregistered,
    /// Registered in another cluster, or ours does not exist.
    WrongCluster,
    /// It is in no group, and still has registrations with our drain record whose agent is
    /// disconnected.
    Ghost {
        /// The number of such registrations.
        registrations: u32,
    },
    /// It is about to change to a state that can be decided on.
    InTransit,
    /// Nothing to do.
    LeftAlone(LeftAlone),
}

impl Verdict {
    /// The name in log records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Waiting(_) => "waiting",
            Self::Ended { .. } => "ended",
            Self::Returned => "returned",
            Self::Unregistered => "unregistered",
            Self::WrongCluster => "wrong_cluster",
            Self::Ghost { .. } => "ghost",
            Self::InTransit => "in_transit",
            Self::LeftAlone(why) => why.name(),
        }
    }
}

/// A drain that continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drain {
    /// When it began.
    pub began: Time,
    /// The number of tasks that have not stopped, as far as they were read.
    pub tasks: u32,
    /// It has lasted so long that its reasons should be determined.
    pub stuck: bool,
}

/// Why a drain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Every task has stopped.
    Drained,
    /// The instance is registered in no cluster.
    NotRegistered,
    /// Its agent has been disconnected for too long.
    AgentGone,
    /// Its deadline passed.
    Deadline,
}

impl End {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drained => "drained",
            Self::NotRegistered => "not_registered",
            Self::AgentGone => "agent_gone",
            Self::Deadline => "deadline",
        }
    }
}

/// Why nothing is done about an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftAlone {
    /// It is in service and no message is about it.
    InService,
    /// An operator drains it.
    DrainedByHand,
    /// Our lifecycle action is complete; another hook still holds it.
    AnotherHook,
    /// No group with our tags has it.
    NotInGroup,
    /// The mode of its group is not `drain`, and no hook of ours holds it.
    NotInDrainMode,
    /// It has an interruption warning and is not registered in our cluster.
    NotRegistered,
    /// On its way into a warm pool and not registered in our cluster: it runs no tasks of ours, and
    /// the hook that holds it may be a foreign launch hook.
    EnteringPool,
    /// In a warm pool.
    WarmPool,
    /// Kept after an abandoned termination.
    Retained,
    /// In a lifecycle state that needs no action.
    LifecycleState,
}

impl LeftAlone {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::InService => "in_service",
            Self::DrainedByHand => "drained_by_hand",
            Self::AnotherHook => "another_hook",
            Self::NotInGroup => "not_in_group",
            Self::NotInDrainMode => "not_in_drain_mode",
            Self::NotRegistered => "not_registered",
            Self::EnteringPool => "entering_pool",
            Self::WarmPool => "warm_pool",
            Self::Retained => "retained",
            Self::LifecycleState => "lifecycle_state",
        }
    }
}

impl Plan {
    pub(super) fn leave(why: LeftAlone) -> Decision {
        Decision::Plan(Self::new(Vec::new(), Verdict::LeftAlone(why), None))
    }

    pub(super) fn new(actions: Vec<Action>, verdict: Verdict, again: Option<DelayClass>) -> Self {
        Self { actions, verdict, again, believed_from: None }
    }

    /// Whether nothing is done and nothing is left to do.
    pub fn is_idle(&self) -> bool {
        self.actions.is_empty() && matches!(self.verdict, Verdict::LeftAlone(_))
    }

    /// Whether the drain continues, and nothing but drain records is written.
    pub(super) fn only_waits(&self) -> bool {
        matches!(self.verdict, Verdict::Started(_) | Verdict::Waiting(_))
            && self.actions.iter().all(|action| matches!(action, Action::DrainRecord { .. }))
    }
}
