//! Builders for tests: an instance as a reconcile reads it.

use aws_names::{ContainerInstanceArn, GroupName, InstanceId, TaskArn};
use time::Duration;

use crate::Time;
use crate::decide::{Decision, Plan, decide};
use crate::drain_record::{Cause, DrainRecord};
use crate::opt_in::Mode;
use crate::seen::{Answer, Instance, LifecycleState, Member, Registration, Status, Task, Tasks};
use crate::settings::{AtDeadline, Settings, Standalone};
use crate::triggers::Triggers;

pub fn settings() -> Settings {
    Settings {
        heartbeat: Duration::minutes(30),
        deadline: Duration::hours(2),
        at_deadline: AtDeadline::Continue,
        standalone: Standalone::Wait,
        agent_gone: None,
        later: Duration::minutes(4),
    }
}

pub fn group() -> GroupName {
    GroupName::from_aws("demo-group")
}

pub fn id() -> InstanceId {
    InstanceId::from_aws("i-1")
}

pub fn ci() -> ContainerInstanceArn {
    ContainerInstanceArn::from_aws("ci")
}

pub fn at(seconds: i64) -> Time {
    Time::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
}

/// The drain record of a drain for a hook that began at `seconds`.
pub fn drain_record(seconds: i64) -> DrainRecord {
    DrainRecord::new(Cause::Hook, at(seconds))
}

pub fn registration(status: Status, counted_tasks: u32) -> Registration {
    Registration {
        arn: ci(),
        status,
        agent_connected: true,
        counted_tasks,
        drain_record: None,
        settings: None,
        settings_fit: true,
        record_refused: false,
        tasks: Answer::Unasked,
    }
}

pub fn task(arn: &str, group: &str, stopping: bool) -> Task {
    Task { arn: TaskArn::from_aws(arn), service: Task::service_of(group), stopping }
}

/// The tasks that have not stopped, as read at `seconds`.
pub fn tasks(left: Vec<Task>, seconds: i64) -> Answer<Tasks> {
    Answer::Known(Tasks { left, last_stop: None, read_at: at(seconds) })
}

/// A place in our group.
pub fn member(state: &str) -> Member {
    let state = LifecycleState::read(state);
    Member { group: group(), state, mode: Mode::Drain, settings: settings() }
}

/// An instance in a state of its group. Its registrations were read after everything else.
pub fn instance(state: &str, registrations: Vec<Registration>) -> Instance {
    Instance {
        id: id(),
        member: Answer::Known(Some(member(state))),
        registrations,
        read_at: at(1_000_000),
        terminating_since: Answer::Known(None),
        elsewhere: Answer::Unasked,
        untagged: Answer::Known(None),
        is_over: false,
        has_hook: Answer::Unasked,
    }
}

/// The triggers of a reconcile for a requeue message.
pub fn net() -> Triggers {
    Triggers { net: true, ..Triggers::default() }
}

/// The plan for an instance whose group has these settings.
pub fn plan(instance: &Instance, triggers: &Triggers, settings: &Settings, now: Time) -> Plan {
    match decided(instance, triggers, settings, now) {
        Decision::Plan(plan) => plan,
        Decision::Read(questions) => panic!("asks {questions:?}"),
    }
}

/// The decision about an instance whose group has these settings.
pub fn decided(
    instance: &Instance,
    triggers: &Triggers,
    settings: &Settings,
    now: Time,
) -> Decision {
    let mut instance = instance.clone();
    for answer in [&mut instance.member, &mut instance.untagged] {
        if let Answer::Known(Some(member)) = answer {
            member.settings = *settings;
        }
    }
    decide(&instance, triggers, settings, now)
}

/// Checks names that log records and metrics use: none is empty or used twice.
pub fn assert_names(names: &[&str]) {
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| name.len() > 3), "{names:?}");
}
