//! The checks of each instance after every event.

use std::collections::BTreeMap;

use time::Duration;

use super::ghosts::is_ours;
use super::groups::{Groups, Tags};
use super::watched::Watched;
use super::{AtDeadline, DrainSettings, Invariant, Rules, Violation};
use region::Time;
use region::services::{
    Action, ActionEnd, ContainerStatus, ContainerTruth, Control, InstanceTruth, LifecycleState,
    Services, TaskStatus, TaskTruth,
};

/// The longest outage that a hook must survive. It applies to hooks whose heartbeat timeout
/// is at least this plus [`Rules::patience`].
const LONGEST_OUTAGE: Duration = Duration::minutes(3);

/// The most custom attributes of a container instance (ECS service quotas).
const CUSTOM_ATTRIBUTES: usize = 10;

/// How old the tags may be that a drain begins with: a process keeps groups for 30 s, reads lag, and
/// a reconcile acts on what it read at its beginning.
pub(super) const OLDEST_TAGS: Duration = Duration::seconds(100);

/// The attribute with the settings that a drain began with.
const SETTINGS: &str = "ecs-tide.settings";

/// Every instance, by EC2 id.
#[derive(Debug, Default)]
pub(super) struct Instances {
    watched: BTreeMap<String, Watched>,
    /// Whether an instance is held, interrupted or in transition.
    pub(super) busy: bool,
    /// When `busy` was last true.
    pub(super) busy_until: Option<Time>,
}

/// Whether a terminating hook holds an instance in this state.
pub(super) fn is_held(state: LifecycleState) -> bool {
    matches!(
        state,
        LifecycleState::TerminatingWait
            | LifecycleState::WarmedPendingWait
            | LifecycleState::WarmedTerminatingWait
            | LifecycleState::ReplacingRootVolumeWait
    )
}

/// The number of its tasks whose lastStatus is not STOPPED.
pub(super) fn unstopped(instance: &InstanceTruth<'_>) -> usize {
    instance.tasks().filter(|task| task.last != TaskStatus::Stopped).count()
}

/// The number of these tasks that ECS wants to run.
pub(super) fn wanted(instance: &InstanceTruth<'_>) -> usize {
    instance.tasks().filter(|task| task.wanted && task.last != TaskStatus::Stopped).count()
}

/// The number of its tasks that have been stopping for longer than `reconcile`. The state that
/// a reconcile acts on may be that old.
pub(super) fn stopping(instance: &InstanceTruth<'_>, now: Time, reconcile: Duration) -> usize {
    let since = |task: &TaskTruth<'_>| task.stopping_at.filter(|_| !task.wanted);
    instance
        .tasks()
        .filter(|task| task.last != TaskStatus::Stopped)
        .filter(|task| since(task).is_some_and(|since| now - since > reconcile))
        .count()
}

/// The last lifecycle action of our hook.
pub(super) fn ours<'a>(instance: &InstanceTruth<'a>, rules: &Rules) -> Option<&'a Action> {
    instance.actions.iter().rfind(|action| action.hook == rules.hook)
}

impl Instances {
    pub(super) fn of(&self, id: &str) -> Watched {
        self.watched.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn control(&mut self, now: Time, services: &Services, control: &Control) {
        match control {
            Control::InterruptSpot(order) => {
                self.entry(&order.instance).interrupted = Some(now);
            }
            Control::RegisterIn(order) => {
                self.entry(&order.instance).activated = Some(now);
            }
            Control::SetState(order) => {
                // A manual drain leaves no trace in ECS where the functions already drain the
                // instance, or where their drain record is still there.
                let takes_tasks = services.truth().instance(&order.instance).is_some_and(|i| {
                    !is_held(i.state)
                        && i.containers()
                            .all(|c| c.status != ContainerStatus::Draining && !is_ours(&c))
                });
                let watched = self.entry(&order.instance);
                if order.status == ContainerStatus::Active {
                    watched.activated = Some(now);
                }
                watched.by_hand =
                    order.status == ContainerStatus::Draining && (takes_tasks || watched.by_hand);
            }
            _ => {}
        }
    }

    fn entry(&mut self, id: &str) -> &mut Watched {
        self.watched.entry(id.to_owned()).or_default()
    }

    pub(super) fn check(
        &mut self,
        now: Time,
        services: &Services,
        groups: &Groups,
        rules: &Rules,
        last_fault: Option<Time>,
        violations: &mut Vec<Violation>,
    ) {
        self.busy = false;
        for instance in services.truth().instances() {
            if !self.watched.contains_key(instance.id) {
                self.watched.insert(instance.id.to_owned(), Watched::default());
            }
            let Some(watched) = self.watched.get_mut(instance.id) else { continue };
            if instance.state == LifecycleState::Terminated
                && watched.checked == instance.actions.len()
            {
                continue;
            }
            let mut check = Check { now, rules, groups, last_fault, instance, watched, violations };
            self.busy |= check.run();
        }
        if self.busy {
            self.busy_until = Some(now);
        }
    }
}

/// The check of one instance.
struct Check<'a> {
    now: Time,
    rules: &'a Rules,
    groups: &'a Groups,
    last_fault: Option<Time>,
    instance: InstanceTruth<'a>,
    watched: &'a mut Watched,
    violations: &'a mut Vec<Violation>,
}

impl Check<'_> {
    /// Check the instance. Returns whether the reconcile loop has reason to continue.
    fn run(&mut self) -> bool {
        let (now, state) = (self.now, self.instance.state);
        let away = self.instance.containers().any(|container| {
            container.status != ContainerStatus::Inactive && !container.agent_connected
        });
        self.watched.agent(now, away, self.rules.reconcile);
        if is_held(state) {
            if self.watched.held.is_none_or(|held| now - held > self.rules.reconcile) {
                self.watched.reported = false;
            }
            self.watched.held = Some(now);
            // The functions take a manual drain over by writing their drain record.
            if self.instance.containers().any(|container| is_ours(&container)) {
                self.watched.by_hand = false;
            }
            let cluster = self.groups.last(self.instance.group).and_then(Tags::of_cluster);
            let known = |c: ContainerTruth<'_>| {
                c.status != ContainerStatus::Inactive && Some(c.cluster) == cluster
            };
            self.watched.unknown_in_pool = state == LifecycleState::WarmedPendingWait
                && !self.instance.containers().any(known);
        }
        // Nothing happens between two checks, so the hook held it until now.
        if self.watched.was_held && !is_held(state) {
            self.watched.held = Some(now);
        }
        self.watched.was_held = is_held(state);
        self.watched.held_from = is_held(state).then(|| self.watched.held_from.unwrap_or(now));
        self.ended();
        self.begin();
        self.held();
        let serves = state == LifecycleState::InService;
        if serves {
            self.watched.served = Some(now);
        } else {
            self.watched.idle = None;
        }
        let idle = serves && self.idle();
        let interrupted =
            self.watched.interrupted.is_some_and(|at| now - at < self.rules.interruption);
        let resting = [
            LifecycleState::InService,
            LifecycleState::Terminated,
            LifecycleState::TerminatingRetained,
            LifecycleState::WarmedStopped,
        ];
        idle || interrupted || !resting.contains(&state)
    }

    /// Note the settings with which its drain may begin, until they are written down.
    fn begin(&mut self) {
        let open = ours(&self.instance, self.rules).is_some_and(|action| action.ended.is_none());
        let cluster = self.groups.cluster_of(self.instance.group);
        let written = self.instance.containers().any(|container| {
            is_ours(&container)
                && container.status != ContainerStatus::Inactive
                && container.attributes.contains_key(SETTINGS)
                && Some(container.cluster) == cluster
        });
        if !open && !written {
            self.watched.settings.clear();
        }
        let begins = open && !self.watched.was_ours || written && !self.watched.is_settled;
        if begins || open && !written {
            let then = self.now - OLDEST_TAGS;
            let said = self.groups.since(self.instance.group, then).map(|tags| tags.settings);
            for settings in said.collect::<Vec<DrainSettings>>() {
                if !self.watched.settings.contains(&settings) {
                    self.watched.settings.push(settings);
                }
            }
        }
        self.watched.was_ours = open;
        if open {
            self.watched.ours = Some(self.now);
        }
        self.watched.is_settled = written;
    }

    /// Whether it is registered in a cluster that the tags of its group do not name.
    fn is_misplaced(&self) -> bool {
        let cluster = self.groups.last(self.instance.group).and_then(Tags::of_cluster);
        let mut known =
            self.instance.containers().filter(|c| c.status != ContainerStatus::Inactive);
        known.any(|container| Some(container.cluster) != cluster)
    }

    /// Whether nothing leads to its drain: no tag of its group, and no drain record.
    fn is_lost(&self) -> bool {
        let is_recorded = self.instance.containers().any(|container| is_ours(&container));
        self.groups.is_wiped(self.instance.group) && !is_recorded
    }

    /// Judge the lifecycle actions of our hook that ended since the last check.
    fn ended(&mut self) {
        let actions = self.instance.actions.iter().skip(self.watched.checked);
        let over: Vec<_> = actions.take_while(|action| action.ended.is_some()).collect();
        self.watched.checked += over.len();
        for action in over.into_iter().filter(|action| action.hook == self.rules.hook) {
            if self.watched.unknown_in_pool || self.is_lost() {
                continue;
            }
            let settings = &self.watched.settings;
            let waits = settings.iter().any(|one| one.at_deadline == AtDeadline::Wait);
            let heartbeat = action.heartbeat();
            let short = heartbeat < self.rules.patience + LONGEST_OUTAGE;
            let injected =
                self.last_fault.is_some_and(|fault| self.now - fault <= heartbeat + LONGEST_OUTAGE);
            let how = match action.ended {
                Some((_, ActionEnd::HeartbeatTimeout)) if !(short && injected) => {
                    "heartbeat timeout"
                }
                Some((_, ActionEnd::GlobalTimeout)) if !waits => "maximum duration",
                _ => continue,
            };
            let what = format!("AWS ended the action of {}: {how}", self.instance.id);
            self.violated(Invariant::KeptAlive, what);
        }
    }

    /// An instance that our hook holds and that could be released is released in time.
    fn held(&mut self) {
        let open = ours(&self.instance, self.rules).filter(|action| action.ended.is_none());
        let covered =
            is_held(self.instance.state) && !self.watched.unknown_in_pool && !self.is_lost();
        let Some(action) = open.filter(|_| covered) else {
            self.watched.could_go = None;
            return;
        };
        let now = self.now - self.rules.grace;
        let overdue = self.watched.settings.iter().all(|one| one.is_late(action.started_at, now));
        if !overdue && (unstopped(&self.instance) > 0 || self.is_misplaced()) {
            self.watched.could_go = None;
            return;
        }
        let since = *self.watched.could_go.get_or_insert(self.now);
        if self.patience_is_over(since) && !self.watched.reported {
            self.watched.reported = true;
            let why = if overdue { "past its deadline" } else { "empty" };
            let for_seconds = (self.now - since).whole_seconds();
            let what =
                format!("{} is {why} and still held after {for_seconds} s", self.instance.id);
            self.violated(Invariant::ReleasedInTime, what);
        }
    }

    /// Whether it is InService and DRAINING though no operator drains it.
    fn idle(&mut self) -> bool {
        let cluster = self.groups.cluster_of(self.instance.group);
        // Without space for a drain record, the functions take the drain for a manual one.
        let by_us = self.instance.containers().any(|c| {
            c.status == ContainerStatus::Draining
                && c.attributes.len() < CUSTOM_ATTRIBUTES
                && Some(c.cluster) == cluster
        });
        if !by_us || self.watched.by_hand {
            self.watched.idle = None;
            return false;
        }
        let since = *self.watched.idle.get_or_insert(self.now);
        if self.patience_is_over(since + self.rules.interruption) && !self.watched.reported {
            self.watched.reported = true;
            let what = format!("{} is InService, but DRAINING since {since}", self.instance.id);
            self.violated(Invariant::ActiveAgain, what);
        }
        true
    }

    fn patience_is_over(&self, since: Time) -> bool {
        self.now - calm_since(since, self.last_fault) > self.rules.patience
    }

    fn violated(&mut self, invariant: Invariant, what: String) {
        self.violations.push(Violation { at: self.now, invariant, what });
    }
}

/// The start of the wait that is checked: `since`, or a later fault.
pub(super) fn calm_since(since: Time, last_fault: Option<Time>) -> Time {
    last_fault.map_or(since, |fault| fault.max(since))
}

/// The time since `then`; [`Duration::MAX`] if it never happened.
pub(super) fn ago(now: Time, then: Option<Time>) -> Duration {
    then.map_or(Duration::MAX, |then| now - then)
}
