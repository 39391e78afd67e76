//! Instances that no termination hook holds: serving, on their way, at rest.

use tick::Pace;
use time::Duration;

use super::terminating::BELIEVED_AFTER;
use super::{Action, Decision, Drain, LeftAlone, Plan, Verdict};
use crate::Time;
use crate::hints::{Hints, INTERRUPTION};
use crate::note::{Cause, Note};
use crate::seen::{Instance, Registration, Status};

/// How old a hook's note must be before an instance in service is believed to have
/// come back. A warm pool and a new root volume take minutes; a stale read of the
/// group, seconds.
const RETURNED_AFTER: Duration = Duration::minutes(1);

/// An instance in service: interrupted, spared, returned, or simply serving.
pub(super) fn in_service(instance: &Instance, hints: &Hints, now: Time) -> Decision {
    let mut plan = Plan {
        actions: Vec::new(),
        verdict: Verdict::LeftAlone(LeftAlone::InService),
        again: None,
    };
    for registration in &instance.registrations {
        match registration.note {
            Some(note) => noted(&mut plan, registration, note, now),
            None if hints.interrupted.contains(&instance.id) => {
                interrupted(&mut plan, registration, now);
            }
            None if registration.status == Status::Draining => {
                plan.verdict = Verdict::LeftAlone(LeftAlone::DrainedByHand);
            }
            None => {}
        }
    }
    if instance.registrations.is_empty() && hints.interrupted.contains(&instance.id) {
        plan.verdict = Verdict::LeftAlone(LeftAlone::NotRegistered);
    }
    if hints.terminating.contains(&instance.id) && plan.again.is_none() {
        plan.again = Some(Pace::Soon);
    }
    Decision::Plan(plan)
}

fn noted(plan: &mut Plan, registration: &Registration, note: Note, now: Time) {
    let arn = registration.arn.clone();
    let over = match (note.cause, note.back) {
        (Cause::Hook, Some(back)) => now - back >= BELIEVED_AFTER,
        (Cause::Hook, None) => now - note.set() >= RETURNED_AFTER,
        (Cause::Spot, _) => now - note.began >= INTERRUPTION,
    };
    // It may be terminated again as soon as it is ACTIVE, and a stale read then show it DRAINING
    // still. Its note must not say by then that it is empty.
    if over && note.idle.is_some() && registration.status == Status::Draining {
        plan.actions.push(Action::Note { arn, note: note.back_at(now) });
        plan.verdict = Verdict::InTransit;
        plan.again = Some(Pace::Soon);
        return;
    }
    if over {
        if registration.status == Status::Draining {
            plan.actions.push(Action::SetActive { arn: arn.clone() });
        }
        plan.actions.push(Action::Forget { arn });
        plan.verdict = Verdict::Returned;
        return;
    }
    // A note on an instance that is ACTIVE: the look that wrote it went no further.
    if note.cause == Cause::Spot && registration.status == Status::Active {
        plan.actions.push(Action::SetDraining { arn, note: None });
    }
    plan.verdict = match note.cause {
        Cause::Hook => Verdict::InTransit,
        Cause::Spot => Verdict::Waiting(Drain {
            began: note.began,
            tasks: registration.counted_tasks,
            stuck: false,
        }),
    };
    plan.again = Some(if note.back.is_some() { Pace::Soon } else { Pace::Later });
}

/// The note goes first: an instance that is DRAINING without one would pass for an
/// operator's, and stay so if the interruption does not take place.
fn interrupted(plan: &mut Plan, registration: &Registration, now: Time) {
    let arn = registration.arn.clone();
    match registration.status {
        Status::Active => {
            if !registration.unnotable {
                let note = Note::new(Cause::Spot, now);
                plan.actions.push(Action::Note { arn: arn.clone(), note });
            }
            plan.actions.push(Action::SetDraining { arn, note: None });
            let tasks = registration.counted_tasks;
            plan.verdict = Verdict::Started(Drain { began: now, tasks, stuck: false });
            plan.again = Some(Pace::Later);
        }
        Status::Draining => plan.verdict = Verdict::LeftAlone(LeftAlone::DrainedByHand),
        Status::Registering | Status::Gone => {}
    }
}

/// An instance that may come back into service DRAINING by us. If a notice says it waits
/// already, this read is behind it.
pub(super) fn pending(instance: &Instance, hints: &Hints, pace: Pace) -> Decision {
    if hints.terminating.contains(&instance.id) {
        return in_transit(Pace::Soon);
    }
    if instance.registrations.iter().all(|registration| registration.note.is_none()) {
        return Plan::leave(LeftAlone::LifecycleState);
    }
    in_transit(pace)
}

/// An instance before its hook: deregistered from the group's own target groups
/// first. If a notice says it waits already, this read is behind it.
pub(super) fn leaving(instance: &Instance, hints: &Hints) -> Decision {
    if !hints.terminating.contains(&instance.id) {
        return Plan::leave(LeftAlone::LifecycleState);
    }
    in_transit(Pace::Soon)
}

/// An instance that neither a group of ours nor its warm pool shows. Two calls read the two,
/// and one that changes from the one to the other may show in neither: if a notice names it
/// and our cluster knows it, these reads are behind the notice.
pub(super) fn unplaced(instance: &Instance, hints: &Hints) -> Decision {
    if !hints.terminating.contains(&instance.id) || !instance.is_registered() {
        return Plan::leave(LeftAlone::NotInGroup);
    }
    in_transit(Pace::Soon)
}

fn in_transit(pace: Pace) -> Decision {
    Decision::Plan(Plan { actions: Vec::new(), verdict: Verdict::InTransit, again: Some(pace) })
}

/// An instance at rest in a warm pool keeps its note, by which it is set ACTIVE when
/// it serves again; but its next termination is a new lifecycle action. One that an operator has
/// set ACTIVE meanwhile needs no note: with it a later drain by hand would pass for ours. If a
/// notice says that it waits, on its way out of the pool, this read is behind it.
pub(super) fn warm(instance: &Instance, hints: &Hints) -> Decision {
    let action = |registration: &Registration| {
        let (arn, note) = (registration.arn.clone(), registration.note?);
        match registration.status {
            Status::Active => Some(Action::Forget { arn }),
            _ if note.done => Some(Action::Note { arn, note: Note { done: false, ..note } }),
            _ => None,
        }
    };
    let actions = instance.registrations.iter().filter_map(action).collect();
    let verdict = Verdict::LeftAlone(LeftAlone::WarmPool);
    let again = hints.terminating.contains(&instance.id).then_some(Pace::Soon);
    Decision::Plan(Plan { actions, verdict, again })
}

/// An instance that was kept: when an operator ends it, that drain has a deadline of
/// its own.
pub(super) fn retained(instance: &Instance) -> Decision {
    let actions = instance
        .registrations
        .iter()
        .filter(|registration| registration.note.is_some())
        .map(|registration| Action::Forget { arn: registration.arn.clone() })
        .collect();
    let verdict = Verdict::LeftAlone(LeftAlone::Retained);
    Decision::Plan(Plan { actions, verdict, again: None })
}
