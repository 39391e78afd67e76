//! Instances that no termination hook holds: in service, in transit, or in a warm pool.

use requeue::DelayClass;
use time::Duration;

use super::terminating::BELIEVED_AFTER;
use super::{Action, Decision, Drain, LeftAlone, Plan, Verdict};
use crate::Time;
use crate::drain_record::{Cause, DrainRecord};
use crate::opt_in::Mode;
use crate::seen::{Instance, Member, Registration, Status};
use crate::triggers::{INTERRUPTION, Triggers};

/// How old the drain record of a hook must be before an instance in service is trusted to have come
/// back. A warm pool or a new root volume takes minutes; a stale read of the group lasts seconds.
const RETURNED_AFTER: Duration = Duration::minutes(1);

/// Decides about an instance in service: interrupted, no longer interrupted, returned, or serving.
pub(super) fn in_service(
    instance: &Instance,
    member: &Member,
    triggers: &Triggers,
    now: Time,
) -> Decision {
    let mut plan = Plan::new(Vec::new(), Verdict::LeftAlone(LeftAlone::InService), None);
    for registration in &instance.registrations {
        match registration.drain_record {
            Some(drain_record) => recorded(&mut plan, registration, drain_record, now),
            None if triggers.interrupted.contains(&instance.id) => match member.mode {
                Mode::Drain => interrupted(&mut plan, registration, now),
                Mode::Observe | Mode::Off => {
                    plan.verdict = Verdict::LeftAlone(LeftAlone::NotInDrainMode);
                }
            },
            None if registration.status == Status::Draining => {
                plan.verdict = Verdict::LeftAlone(LeftAlone::DrainedByHand);
            }
            None => {}
        }
    }
    if instance.registrations.is_empty() && triggers.interrupted.contains(&instance.id) {
        plan.verdict = Verdict::LeftAlone(LeftAlone::NotRegistered);
    }
    if triggers.terminating.contains(&instance.id) && plan.again.is_none() {
        plan.again = Some(DelayClass::Soon);
    }
    Decision::Plan(plan)
}

fn recorded(plan: &mut Plan, registration: &Registration, drain_record: DrainRecord, now: Time) {
    let arn = registration.arn.clone();
    let over = match (drain_record.cause, drain_record.back) {
        (Cause::Hook, Some(back)) => now - back >= BELIEVED_AFTER,
        (Cause::Hook, None) => now - drain_record.set() >= RETURNED_AFTER,
        (Cause::Spot, _) => now - drain_record.began >= INTERRUPTION,
    };
    // Once it is ACTIVE it may be terminated again, while a stale read still shows it DRAINING. By
    // then its drain record must not say that the counts are 0.
    if over && drain_record.idle.is_some() && registration.status == Status::Draining {
        plan.actions.push(Action::DrainRecord { arn, drain_record: drain_record.back_at(now) });
        plan.verdict = Verdict::InTransit;
        plan.again = Some(DelayClass::Soon);
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
    // A drain record on an ACTIVE instance: the reconcile that wrote it did not get further.
    if drain_record.cause == Cause::Spot && registration.status == Status::Active {
        plan.actions.push(Action::SetDraining { arn, drain_record: None });
    }
    plan.verdict = match drain_record.cause {
        Cause::Hook => Verdict::InTransit,
        Cause::Spot => Verdict::Waiting(Drain {
            began: drain_record.began,
            tasks: registration.counted_tasks,
            stuck: false,
        }),
    };
    plan.again =
        Some(if drain_record.back.is_some() { DelayClass::Soon } else { DelayClass::Later });
}

/// Drains an interrupted instance. The drain record is written first: without one, a DRAINING
/// instance would count as drained by an operator, and stay so if the interruption does not happen.
fn interrupted(plan: &mut Plan, registration: &Registration, now: Time) {
    let arn = registration.arn.clone();
    match registration.status {
        Status::Active => {
            if !registration.record_refused {
                let drain_record = DrainRecord::new(Cause::Spot, now);
                plan.actions.push(Action::DrainRecord { arn: arn.clone(), drain_record });
            }
            plan.actions.push(Action::SetDraining { arn, drain_record: None });
            let tasks = registration.counted_tasks;
            plan.verdict = Verdict::Started(Drain { began: now, tasks, stuck: false });
            plan.again = Some(DelayClass::Later);
        }
        Status::Draining => plan.verdict = Verdict::LeftAlone(LeftAlone::DrainedByHand),
        Status::Registering | Status::Gone => {}
    }
}

/// Decides about an instance that may come back into service while it is still DRAINING. If a
/// notification reports it in a wait state, this read is older than the notification.
pub(super) fn pending(
    instance: &Instance,
    triggers: &Triggers,
    delay_class: DelayClass,
) -> Decision {
    if triggers.terminating.contains(&instance.id) {
        return in_transit(DelayClass::Soon);
    }
    if instance.registrations.iter().all(|registration| registration.drain_record.is_none()) {
        return Plan::leave(LeftAlone::LifecycleState);
    }
    in_transit(delay_class)
}

/// Decides about an instance before its hook, while it is deregistered from the target groups of
/// the group. If a notification reports it in a wait state, this read is older than the
/// notification.
pub(super) fn leaving(instance: &Instance, triggers: &Triggers) -> Decision {
    if !triggers.terminating.contains(&instance.id) {
        return Plan::leave(LeftAlone::LifecycleState);
    }
    in_transit(DelayClass::Soon)
}

/// Decides about an instance that neither a group of ours nor its warm pool shows. The two are read
/// in two calls, and an instance that moves between them may be missing in both. If a notification
/// names it and our cluster knows it, these reads are older than the notification.
pub(super) fn unplaced(instance: &Instance, triggers: &Triggers) -> Decision {
    if !triggers.terminating.contains(&instance.id) || !instance.is_registered() {
        return Plan::leave(LeftAlone::NotInGroup);
    }
    in_transit(DelayClass::Soon)
}

pub(super) fn in_transit(delay_class: DelayClass) -> Decision {
    Decision::Plan(Plan::new(Vec::new(), Verdict::InTransit, Some(delay_class)))
}

/// Decides about an instance in a warm pool. It keeps its drain record, so that it is set ACTIVE
/// when it is in service again; but its next termination is a new lifecycle action. If an operator
/// has set it ACTIVE, the drain record is removed: otherwise a later manual drain would count as
/// ours. If a notification reports it in a wait state, on its way out of the pool, this read is
/// older than the notification.
pub(super) fn warm(instance: &Instance, triggers: &Triggers) -> Decision {
    let action = |registration: &Registration| {
        let (arn, drain_record) = (registration.arn.clone(), registration.drain_record?);
        match registration.status {
            Status::Active => Some(Action::Forget { arn }),
            _ if drain_record.done => Some(Action::DrainRecord {
                arn,
                drain_record: DrainRecord { done: false, ..drain_record },
            }),
            _ => None,
        }
    };
    let actions = instance.registrations.iter().filter_map(action).collect();
    let verdict = Verdict::LeftAlone(LeftAlone::WarmPool);
    let again = triggers.terminating.contains(&instance.id).then_some(DelayClass::Soon);
    Decision::Plan(Plan::new(actions, verdict, again))
}

/// Decides about a retained instance. Its drain record is removed: if an operator terminates it,
/// that drain has its own deadline.
pub(super) fn retained(instance: &Instance) -> Decision {
    let actions = instance
        .registrations
        .iter()
        .filter(|registration| registration.drain_record.is_some())
        .map(|registration| Action::Forget { arn: registration.arn.clone() })
        .collect();
    let verdict = Verdict::LeftAlone(LeftAlone::Retained);
    Decision::Plan(Plan::new(actions, verdict, None))
}
