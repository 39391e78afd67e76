//! Decisions, case by case.

mod ghost;
mod modes;
mod properties;
mod returning;
mod terminating;
mod unregistered;

use super::{Action, ActionResult, End, LeftAlone, Plan};
use crate::drain_record::DrainRecord;
use crate::fixtures::{assert_names, at, ci, drain_record, instance, registration, tasks};
use crate::seen::{Instance, Registration, Status, Task};

fn draining(counted: u32, drain_record: DrainRecord) -> Registration {
    Registration { drain_record: Some(drain_record), ..registration(Status::Draining, counted) }
}

/// The record of a drain that began at 0 s, whose counts were first seen to be 0 at 10 s.
fn idle() -> DrainRecord {
    drain_record(0).idle_at(at(10))
}

/// An instance whose counts were 0 from 10 s on, with the tasks that were left at 15 s.
fn emptied(left: Vec<Task>) -> Instance {
    let tasks = tasks(left, 15);
    instance("Terminating:Wait", vec![Registration { tasks, ..draining(0, idle()) }])
}

/// How the drain of an instance begins at 0 s that may return. An event of 0 tasks in the minute
/// before DRAINING is set must not count.
fn drained_to_return() -> [Action; 2] {
    let arn = ci();
    let before = drain_record(0).set_at(at(60));
    [
        Action::DrainRecord { arn: arn.clone(), drain_record: before },
        Action::SetDraining { arn, drain_record: Some(drain_record(0)) },
    ]
}

fn complete(plan: &Plan) -> Option<ActionResult> {
    plan.actions.iter().find_map(|action| match action {
        Action::Complete { result, .. } => Some(*result),
        _ => None,
    })
}

fn beats(plan: &Plan) -> bool {
    plan.actions.iter().any(|action| matches!(action, Action::Heartbeat { .. }))
}

#[test]
fn every_end_and_every_reason_to_leave_alone_has_a_name_of_its_own() {
    assert_names(&[End::Drained, End::NotRegistered, End::AgentGone, End::Deadline].map(End::name));
    let all = [
        LeftAlone::InService,
        LeftAlone::DrainedByHand,
        LeftAlone::AnotherHook,
        LeftAlone::NotInGroup,
        LeftAlone::NotInDrainMode,
        LeftAlone::NotRegistered,
        LeftAlone::EnteringPool,
        LeftAlone::WarmPool,
        LeftAlone::Retained,
        LeftAlone::LifecycleState,
    ];
    assert_names(&all.map(LeftAlone::name));
}
