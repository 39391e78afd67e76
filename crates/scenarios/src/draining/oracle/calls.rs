//! Checks on the calls that change something.

use serde_json::Value;

use super::ghosts::{is_ours, is_over};
use super::groups::Groups;
use super::instances::{Instances, OLDEST_TAGS, ago, is_held, ours, stopping, unstopped, wanted};
use super::{AtDeadline, Invariant, Rules, Violation};
use region::Time;
use region::api::Call;
use region::services::{ContainerStatus, LifecycleState, Services};

/// The state before a call, as far as the call is checked by it.
#[derive(Debug)]
pub(crate) enum Before {
    /// The call completes a lifecycle action.
    Complete(Completion),
    /// The call sets the state of container instances.
    SetState { draining: bool, instances: Vec<Affected> },
    /// The call stops a task.
    Stop { id: String, task: String, standalone: bool, held_since: Option<Time> },
    /// The call deregisters a container instance.
    Deregister { container: String, ghost: bool },
    /// The call is not checked.
    Nothing,
}

/// The state before the completion of a lifecycle action.
#[derive(Debug)]
pub(crate) struct Completion {
    id: String,
    abandons: bool,
    /// Since when our hook has held the instance, if it does.
    held_since: Option<Time>,
    ever_held: bool,
    /// Whether its group has our hook. Without it the call reaches nothing.
    has_hook: bool,
    unstopped: usize,
    /// How many of the unstopped tasks ECS wants to run.
    wanted: usize,
    /// How many tasks have been stopping for longer than a reconcile lasts.
    stopping: usize,
    undrained: bool,
}

/// An instance whose container instance changes state by a call.
#[derive(Debug)]
pub(crate) struct Affected {
    id: String,
    state: LifecycleState,
    group: String,
}

impl Before {
    pub(super) fn of(rules: &Rules, services: &Services, call: &Call) -> Self {
        let text = |name: &str| call.input.get(name).and_then(Value::as_str).unwrap_or_default();
        match call.operation.as_str() {
            "CompleteLifecycleAction" => {
                Completion::of(rules, services, text("InstanceId"), text("LifecycleActionResult"))
            }
            "UpdateContainerInstancesState" => {
                Self::of_state(services, text("status") == "DRAINING", &call.input)
            }
            "StopTask" => Self::of_stop(rules, services, text("task")),
            "DeregisterContainerInstance" => {
                Self::of_deregistration(services, text("containerInstance"))
            }
            _ => Self::Nothing,
        }
    }

    fn of_state(services: &Services, draining: bool, input: &Value) -> Self {
        let named: Vec<&str> = input
            .get("containerInstances")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let from = if draining { ContainerStatus::Active } else { ContainerStatus::Draining };
        let changes = |instance: &region::services::InstanceTruth<'_>| {
            instance.containers().any(|c| c.status == from && named.contains(&c.arn))
        };
        let instances = services.truth().instances().filter(changes);
        let instances = instances.map(|i| Affected {
            id: i.id.to_owned(),
            state: i.state,
            group: i.group.to_owned(),
        });
        Self::SetState { draining, instances: instances.collect() }
    }

    fn of_stop(rules: &Rules, services: &Services, task: &str) -> Self {
        for instance in services.truth().instances() {
            if let Some(found) = instance.tasks().find(|seen| seen.arn == task) {
                let action = ours(&instance, rules).filter(|action| action.ended.is_none());
                return Self::Stop {
                    id: instance.id.to_owned(),
                    task: task.to_owned(),
                    standalone: !found.group.starts_with("service:"),
                    held_since: action.map(|action| action.started_at),
                };
            }
        }
        Self::Nothing
    }

    fn of_deregistration(services: &Services, arn: &str) -> Self {
        let ghost = services.truth().instances().filter(is_over).any(|instance| {
            let mut ours = instance.containers().filter(is_ours);
            ours.any(|container| container.arn == arn && !container.agent_connected)
        });
        Self::Deregister { container: arn.to_owned(), ghost }
    }

    pub(super) fn check(
        self,
        now: Time,
        rules: &Rules,
        (instances, groups): (&Instances, &Groups),
        done: bool,
        violations: &mut Vec<Violation>,
    ) {
        let mut violated =
            |invariant, what| violations.push(Violation { at: now, invariant, what });
        match self {
            Self::Complete(completion) => {
                completion.check(now, rules, instances, done, &mut violated);
            }
            Self::SetState { draining, instances: affected } if done => {
                for Affected { id, state, group } in affected {
                    let watched = instances.of(&id);
                    let word = state.as_str();
                    let held = is_held(state) || ago(now, watched.held) <= rules.reconcile;
                    let interrupted =
                        ago(now, watched.interrupted) <= rules.interruption + rules.reconcile;
                    // Outside the mode `drain`, only an instance that our hook holds is drained.
                    let mut said = groups.since(&group, now - OLDEST_TAGS);
                    let ours = ago(now, watched.ours) <= rules.reconcile;
                    let may_drain = (held || interrupted) && said.any(|tags| tags.drains) || ours;
                    let serves = state == LifecycleState::InService
                        || ago(now, watched.served) <= rules.reconcile;
                    if draining && !may_drain {
                        violated(
                            Invariant::DrainsOnlyHeldInstances,
                            format!("{id} is {word} and set DRAINING"),
                        );
                    }
                    if !draining && (watched.by_hand || !serves) {
                        let state = if watched.by_hand { "drained by hand" } else { word };
                        violated(
                            Invariant::LeavesManualDrains,
                            format!("{id} is {state} and set ACTIVE"),
                        );
                    }
                }
            }
            Self::Stop { id, task, standalone, held_since } if done => {
                let watched = instances.of(&id);
                let stops = watched.settings.iter().filter(|settings| settings.stops_standalone);
                let mut from = stops.filter_map(|one| Some(held_since? + one.deadline));
                if !standalone || !from.any(|from| now >= from) {
                    violated(
                        Invariant::StopsStandaloneOnlyAtDeadline,
                        format!("{task} is stopped"),
                    );
                }
            }
            Self::Deregister { container, ghost: false } if done => {
                violated(Invariant::DeregistersOnlyGhosts, format!("{container} is deregistered"));
            }
            Self::SetState { .. } | Self::Stop { .. } | Self::Deregister { .. } | Self::Nothing => {
            }
        }
    }
}

impl Completion {
    fn of(rules: &Rules, services: &Services, id: &str, result: &str) -> Before {
        let instance = services.truth().instance(id);
        let action = instance.as_ref().and_then(|instance| ours(instance, rules));
        let open = action.filter(|action| action.ended.is_none());
        let group = instance.as_ref().and_then(|i| services.truth().group(i.group));
        let undrained = |status| status == ContainerStatus::Active;
        Before::Complete(Self {
            id: id.to_owned(),
            abandons: result == "ABANDON",
            held_since: open.map(|action| action.started_at),
            ever_held: action.is_some(),
            has_hook: group.is_some_and(|group| group.hooks.contains_key(&rules.hook)),
            unstopped: instance.as_ref().map_or(0, unstopped),
            wanted: instance.as_ref().map_or(0, wanted),
            stopping: instance
                .as_ref()
                .map_or(0, |i| stopping(i, services.truth().now(), rules.reconcile)),
            undrained: instance.is_some_and(|i| i.containers().any(|c| undrained(c.status))),
        })
    }

    fn check(
        self,
        now: Time,
        rules: &Rules,
        instances: &Instances,
        done: bool,
        violated: &mut impl FnMut(Invariant, String),
    ) {
        let id = &self.id;
        if !self.ever_held && self.has_hook {
            violated(
                Invariant::CompletesOnlyOwnActions,
                format!("{id} is completed and was never held by our hook"),
            );
        }
        let Some(since) = self.held_since.filter(|_| done) else { return };
        let watched = instances.of(id);
        let settings = &watched.settings;
        let late: Vec<_> = settings.iter().filter(|one| one.is_late(since, now)).collect();
        let away = watched.agent_away_for(now);
        let given_up = settings.iter().any(|one| one.agent_gone.is_some_and(|most| away >= most));
        if self.abandons && !late.iter().any(|one| one.at_deadline == AtDeadline::Abandon) {
            let what =
                format!("{id} is abandoned {} s after it was held", (now - since).whole_seconds());
            violated(Invariant::AbandonedOnlyAtDeadline, what);
        }
        let in_grace =
            !late.is_empty() && !late.iter().any(|one| one.is_late(since, now - rules.grace));
        if in_grace && !given_up && self.stopping > 0 {
            let what = format!("{id} is completed while {} tasks are being stopped", self.stopping);
            violated(Invariant::GraceAtDeadline, what);
        }
        if !late.is_empty() || given_up {
            return;
        }
        // An operator may make the instance ACTIVE between the reads and the calls of a
        // reconcile, and ECS then places tasks there.
        let raced = ago(now, watched.activated) <= rules.reconcile;
        let unstopped = self.unstopped - if raced { self.wanted } else { 0 };
        if unstopped > 0 {
            let what = format!("{id} is completed with {unstopped} tasks not STOPPED");
            violated(Invariant::EmptyBeforeRelease, what);
        }
        if self.undrained && !raced {
            violated(
                Invariant::DrainingBeforeRelease,
                format!("{id} is completed while it is ACTIVE"),
            );
        }
    }
}
