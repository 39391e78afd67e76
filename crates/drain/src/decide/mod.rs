//! Decides what to do about one EC2 instance, from what was read and the time.
//!
//! A decision is either a list of questions or a plan. Values that cost a call are read only when a
//! decision depends on them. A plan consists of actions, a verdict, and when to reconcile again.

mod ghost;
mod returning;
mod terminating;
mod unregistered;

use requeue::DelayClass;

use crate::Time;
use crate::drain_record::DrainRecord;
use crate::seen::{Answer, Instance, LifecycleState, Member, Registration};
use crate::settings::Settings;
use crate::triggers::Triggers;

pub use terminating::BELIEVED_AFTER;

/// The result of [`decide`].
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Read these first, then decide again.
    Read(Vec<Question>),
    /// Carry this out.
    Plan(Plan),
}

/// What must be read before a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Its group, its lifecycle state, and all its container instances.
    Member,
    /// When Auto Scaling began to terminate the instance.
    TerminatingSince,
    /// Whether it is registered in another cluster.
    Elsewhere,
    /// Whether it is in any Auto Scaling group of the account.
    InAnyGroup,
    /// The tasks of a container instance that have not stopped.
    Tasks {
        /// The container instance.
        arn: String,
        /// Its counts are 0, so only tasks that ECS has decided to stop can remain.
        stopping_only: bool,
    },
}

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
    DrainRecord {
        /// The container instance.
        arn: String,
        drain_record: DrainRecord,
    },
    /// Set a container instance DRAINING.
    SetDraining {
        /// The container instance.
        arn: String,
        /// The drain record to write afterwards, with the time of the call.
        drain_record: Option<DrainRecord>,
    },
    /// Restart the timer of the hook.
    Heartbeat {
        group: String,
        /// Drain records to write if the heartbeat succeeds, by container instance.
        drain_records: Vec<(String, DrainRecord)>,
    },
    /// Stop tasks that belong to no service.
    StopTasks {
        /// The tasks.
        arns: Vec<String>,
    },
    /// Complete our lifecycle action.
    Complete {
        group: String,
        /// CONTINUE or ABANDON.
        result: ActionResult,
        /// Drain records to mark as done if the action is already over, by container instance.
        drain_records: Vec<(String, DrainRecord)>,
    },
    /// Set a container instance ACTIVE.
    SetActive {
        /// The container instance.
        arn: String,
    },
    /// Remove our drain record from a container instance.
    Forget {
        /// The container instance.
        arn: String,
    },
    /// Deregister a container instance by force.
    Deregister {
        /// The container instance.
        arn: String,
    },
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
    /// It is in none of our groups, and still has registrations with our drain record whose agent
    /// is disconnected.
    Ghost {
        /// The number of such registrations.
        registrations: u32,
    },
    /// It is about to change to a state that can be decided on.
    InTransit,
    /// Nothing to do.
    LeftAlone(LeftAlone),
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
    /// It is in none of our groups.
    NotInGroup,
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
            Self::NotRegistered => "not_registered",
            Self::EnteringPool => "entering_pool",
            Self::WarmPool => "warm_pool",
            Self::Retained => "retained",
            Self::LifecycleState => "lifecycle_state",
        }
    }
}

impl Plan {
    fn leave(why: LeftAlone) -> Decision {
        Decision::Plan(Self::new(Vec::new(), Verdict::LeftAlone(why), None))
    }

    fn new(actions: Vec<Action>, verdict: Verdict, again: Option<DelayClass>) -> Self {
        Self { actions, verdict, again, believed_from: None }
    }

    /// Whether the drain continues, and nothing but drain records is written.
    fn only_waits(&self) -> bool {
        matches!(self.verdict, Verdict::Started(_) | Verdict::Waiting(_))
            && self.actions.iter().all(|action| matches!(action, Action::DrainRecord { .. }))
    }
}

/// Decides what to do about `instance`.
pub fn decide(
    instance: &Instance,
    triggers: &Triggers,
    settings: &Settings,
    now: Time,
) -> Decision {
    match &instance.member {
        Answer::Unasked => presumed(instance, triggers, settings, now),
        Answer::Failed => returning::in_transit(DelayClass::Soon),
        Answer::Known(None) => {
            let ghost = ghost::decide(instance, triggers, now);
            ghost.unwrap_or_else(|| returning::unplaced(instance, triggers))
        }
        Answer::Known(Some(member)) => of_member(instance, member, triggers, settings, now),
    }
}

/// Decides about an instance whose group was not read. If its drain record says that our hook holds
/// it, it may wait on that. Everything else needs its group.
fn presumed(instance: &Instance, triggers: &Triggers, settings: &Settings, now: Time) -> Decision {
    let question = Decision::Read(vec![Question::Member]);
    let registrations = &instance.registrations;
    if registrations.is_empty() || !registrations.iter().all(Registration::is_draining_for_hook) {
        return question;
    }
    let decision = terminating::decide(instance, "", triggers, settings, now);
    let stands = match &decision {
        Decision::Plan(plan) => plan.only_waits(),
        Decision::Read(asked) => asked.iter().all(|q| matches!(q, Question::Tasks { .. })),
    };
    if stands { decision } else { question }
}

fn of_member(
    instance: &Instance,
    member: &Member,
    triggers: &Triggers,
    settings: &Settings,
    now: Time,
) -> Decision {
    match member.state {
        LifecycleState::EnteringPool if !instance.is_registered() => {
            Plan::leave(LeftAlone::EnteringPool)
        }
        LifecycleState::Waiting | LifecycleState::EnteringPool => {
            terminating::decide(instance, &member.group, triggers, settings, now)
        }
        LifecycleState::InService => returning::in_service(instance, triggers, now),
        LifecycleState::Pending => returning::pending(instance, triggers, DelayClass::Soon),
        LifecycleState::PendingWait => returning::pending(instance, triggers, DelayClass::Later),
        LifecycleState::Terminating => returning::leaving(instance, triggers),
        LifecycleState::Warm => returning::warm(instance, triggers),
        LifecycleState::Retained => returning::retained(instance),
        LifecycleState::Other(_) => Plan::leave(LeftAlone::LifecycleState),
    }
}

#[cfg(test)]
mod tests;
