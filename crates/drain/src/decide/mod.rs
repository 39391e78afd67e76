//! What to do about one EC2 instance, from what was read of it and the time.
//!
//! A decision either asks a question first (what costs a call is read only when it
//! matters) or is a plan: actions, what they come to, and when to look again.

mod ghost;
mod returning;
mod terminating;
mod unregistered;

use tick::Pace;

use crate::Time;
use crate::hints::Hints;
use crate::note::Note;
use crate::seen::{Instance, LifecycleState};
use crate::settings::Settings;

pub use terminating::{CONFIRMED_AFTER, list_is_complete};

/// What [`decide`] answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Read these first, then decide again.
    LookCloser(Vec<Question>),
    /// Do this.
    Plan(Plan),
}

/// What must be read before a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Since when Auto Scaling terminates the instance.
    TerminatingSince,
    /// Whether it is registered in another cluster.
    Elsewhere,
    /// Whether any Auto Scaling group of the account has it.
    InAnyGroup,
    /// The tasks of a container instance that have not stopped.
    Tasks {
        /// The container instance.
        arn: String,
        /// Its counts are 0, so only tasks that ECS has decided to stop can be left.
        stopping_only: bool,
    },
    /// The same of a container instance whose counts are 0 and that takes no note since
    /// when: read [`CONFIRMED_AFTER`] later than the counts, in this very look.
    TasksLater {
        /// The container instance.
        arn: String,
    },
}

/// What to do about an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// In this order; one that fails leaves the later ones to the next look.
    pub actions: Vec<Action>,
    /// What it comes to.
    pub verdict: Verdict,
    /// When to look again, if anything is left to do.
    pub again: Option<Pace>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write a note on a container instance.
    Note {
        /// The container instance.
        arn: String,
        /// The note.
        note: Note,
    },
    /// Set a container instance DRAINING.
    SetDraining {
        /// The container instance.
        arn: String,
        /// A note to write once that is done, with the time at which it was.
        note: Option<Note>,
    },
    /// Restart the hook's timer.
    Heartbeat {
        /// The group.
        group: String,
        /// Notes to write once it was recorded.
        notes: Vec<(String, Note)>,
    },
    /// Stop tasks that belong to no service.
    StopTasks {
        /// The tasks.
        arns: Vec<String>,
    },
    /// Complete our lifecycle action.
    Complete {
        /// The group.
        group: String,
        /// CONTINUE or ABANDON.
        result: ActionResult,
        /// The notes on which to say that it is done, should it be over already.
        notes: Vec<(String, Note)>,
    },
    /// Set a container instance ACTIVE.
    SetActive {
        /// The container instance.
        arn: String,
    },
    /// Remove our note from a container instance.
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
    /// Go on.
    Continue,
    /// Skip the other hooks and, with instance retention, keep the instance.
    Abandon,
}

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Its drain begins with this look.
    Started(Drain),
    /// Its drain goes on.
    Waiting(Drain),
    /// Its drain ends with this look.
    Ended {
        /// Why.
        end: End,
        /// When it began, if that is known.
        began: Option<Time>,
        /// Tasks that had not stopped.
        tasks: u32,
        /// When the last one stopped, if that was read.
        last_stop: Option<Time>,
    },
    /// It serves again.
    Returned,
    /// It is held by a hook, and not registered so far.
    Unregistered,
    /// Registered in another cluster, or ours does not exist.
    WrongCluster,
    /// No group of ours has it, and registrations with our note are left of it whose agent
    /// is away.
    Ghost {
        /// How many.
        registrations: u32,
    },
    /// It is on its way to a state that will tell.
    InTransit,
    /// Nothing to do, and why.
    LeftAlone(LeftAlone),
}

/// A drain that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drain {
    /// When it began.
    pub began: Time,
    /// Tasks that have not stopped, as far as they were looked at.
    pub tasks: u32,
    /// It has lasted so long that it should be explained.
    pub stuck: bool,
}

/// Why a drain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Every task has stopped.
    Drained,
    /// No cluster knows the instance.
    NotRegistered,
    /// Its agent stayed away.
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
    /// It serves and nobody asked anything.
    InService,
    /// An operator drains it.
    DrainedByHand,
    /// Our lifecycle action is over; another hook still holds it.
    AnotherHook,
    /// No group of ours has it.
    NotInGroup,
    /// Interrupted, and not registered in our cluster.
    NotRegistered,
    /// On its way into a warm pool, and not registered in our cluster: nothing of ours runs
    /// there, and the hook that holds it may be a launch hook of somebody else.
    EnteringPool,
    /// At rest in a warm pool.
    WarmPool,
    /// Kept after an abandoned termination.
    Retained,
    /// In a lifecycle state that asks for nothing.
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
        Decision::Plan(Self { actions: Vec::new(), verdict: Verdict::LeftAlone(why), again: None })
    }
}

/// Decide about `instance`.
pub fn decide(instance: &Instance, hints: &Hints, settings: &Settings, now: Time) -> Decision {
    let Some(member) = &instance.member else {
        let ghost = ghost::decide(instance, hints, now);
        return ghost.unwrap_or_else(|| returning::unplaced(instance, hints));
    };
    match member.state {
        LifecycleState::EnteringPool if !instance.is_registered() => {
            Plan::leave(LeftAlone::EnteringPool)
        }
        LifecycleState::Waiting | LifecycleState::EnteringPool => {
            terminating::decide(instance, &member.group, hints, settings, now)
        }
        LifecycleState::InService => returning::in_service(instance, hints, now),
        LifecycleState::Pending => returning::pending(instance, hints, Pace::Soon),
        LifecycleState::PendingWait => returning::pending(instance, hints, Pace::Later),
        LifecycleState::Terminating => returning::leaving(instance, hints),
        LifecycleState::Warm => returning::warm(instance, hints),
        LifecycleState::Retained => returning::retained(instance),
        LifecycleState::Other(_) => Plan::leave(LeftAlone::LifecycleState),
    }
}

#[cfg(test)]
mod tests;
