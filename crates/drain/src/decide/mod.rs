//! Decides what to do about one EC2 instance, from what was read and the time.
//!
//! A decision is either a list of questions or a plan. Values that cost a call are read only when a
//! decision depends on them. A plan consists of actions, a verdict, and when to reconcile again.

mod ghost;
mod plan;
mod returning;
mod terminating;
mod unregistered;

use aws_names::ContainerInstanceArn;
use requeue::DelayClass;

use crate::Time;
use crate::opt_in::Mode;
use crate::seen::{Answer, Instance, LifecycleState, Member, Registration};
use crate::settings::Settings;
use crate::triggers::Triggers;

pub use plan::{Action, ActionResult, Drain, End, LeftAlone, Plan, Verdict};
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
    /// Its place in any Auto Scaling group of the account.
    Place,
    /// Whether our hook is on its group.
    Hook,
    /// The tasks of a container instance that have not stopped.
    Tasks {
        arn: ContainerInstanceArn,
        /// Its counts are 0, so only tasks that ECS has decided to stop can remain.
        stopping_only: bool,
    },
}

/// Decides what to do about `instance`. `installation` are the settings of the stack.
pub fn decide(
    instance: &Instance,
    triggers: &Triggers,
    installation: &Settings,
    now: Time,
) -> Decision {
    match &instance.member {
        Answer::Unasked => presumed(instance, triggers, installation, now),
        Answer::Failed => returning::in_transit(DelayClass::Soon),
        Answer::Known(None) => outside(instance, triggers, now),
        Answer::Known(Some(member)) => of_member(instance, member, triggers, now),
    }
}

/// Decides about an instance whose group was not read. If its drain record says that our hook holds
/// it, it may wait on that. Everything else needs its group.
fn presumed(
    instance: &Instance,
    triggers: &Triggers,
    installation: &Settings,
    now: Time,
) -> Decision {
    let question = Decision::Read(vec![Question::Member]);
    let registrations = &instance.registrations;
    let Some(settings) = instance.settings_record() else { return question };
    if registrations.is_empty() || !registrations.iter().all(Registration::is_draining_for_hook) {
        return question;
    }
    let decision = terminating::decide(instance, triggers, &settings.with(installation), now);
    let stands = match &decision {
        Decision::Plan(plan) => plan.only_waits(),
        Decision::Read(asked) => asked.iter().all(|q| matches!(q, Question::Tasks { .. })),
    };
    if stands { decision } else { question }
}

/// Decides about an instance that no group with our tags has. The tags of its group may have been
/// deleted, so a drain that has begun is finished wherever the instance is.
fn outside(instance: &Instance, triggers: &Triggers, now: Time) -> Decision {
    let notified = triggers.terminating.contains(&instance.id) && instance.is_registered();
    let recorded = instance.is_recorded() && !instance.is_over;
    match &instance.untagged {
        Answer::Unasked if recorded || notified => {
            return Decision::Read(vec![Question::Place]);
        }
        Answer::Known(Some(member)) if recorded || notified => {
            return of_member(instance, member, triggers, now);
        }
        _ => {}
    }
    let ghost = ghost::decide(instance, triggers, now);
    ghost.unwrap_or_else(|| returning::unplaced(instance, triggers))
}

fn of_member(instance: &Instance, member: &Member, triggers: &Triggers, now: Time) -> Decision {
    match member.state {
        LifecycleState::EnteringPool if !instance.is_registered() => {
            Plan::leave(LeftAlone::EnteringPool)
        }
        LifecycleState::Waiting
        | LifecycleState::ReplacingRootVolume
        | LifecycleState::EnteringPool => held(instance, member, triggers, now),
        LifecycleState::InService => returning::in_service(instance, member, triggers, now),
        LifecycleState::Pending => returning::pending(instance, triggers, DelayClass::Soon),
        LifecycleState::PendingWait => returning::pending(instance, triggers, DelayClass::Later),
        LifecycleState::Terminating => returning::leaving(instance, triggers),
        LifecycleState::Warm => returning::warm(instance, triggers),
        LifecycleState::Retained => returning::retained(instance),
        LifecycleState::Other(_) => Plan::leave(LeftAlone::LifecycleState),
    }
}

/// Decides about an instance that a hook holds. In a group whose mode is not `drain`, a drain
/// begins only if our hook is still on the group: then the instance waits for us alone.
fn held(instance: &Instance, member: &Member, triggers: &Triggers, now: Time) -> Decision {
    if member.mode != Mode::Drain && !instance.is_draining_for_hook() {
        match instance.has_hook {
            Answer::Unasked => return Decision::Read(vec![Question::Hook]),
            Answer::Known(true) => {}
            Answer::Known(false) => return Plan::leave(LeftAlone::NotInDrainMode),
            Answer::Failed => return returning::in_transit(DelayClass::Soon),
        }
    }
    let recorded = instance.settings_record();
    let settings = recorded.map_or(member.settings, |recorded| recorded.with(&member.settings));
    terminating::decide(instance, triggers, &settings, now)
}

#[cfg(test)]
mod tests;
