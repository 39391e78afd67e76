//! What the oracle remembers of each instance, and what must hold of it at any time.

use std::collections::BTreeMap;

use time::Duration;

use super::ghosts::is_ours;
use super::{AtDeadline, Promise, Rules, Violation};
use crate::Time;
use crate::world::{
    Action, ActionEnd, ContainerStatus, ContainerTruth, Control, InstanceTruth, LifecycleState,
    TaskStatus, TaskTruth, World,
};

/// The longest outage that a hook must outlive whose heartbeat is longer than that and
/// the oracle's patience.
const LONGEST_OUTAGE: Duration = Duration::minutes(3);

/// The custom attributes that a container instance may have (ECS service quotas).
const CUSTOM_ATTRIBUTES: usize = 10;

/// Every instance, by its id.
#[derive(Debug, Default)]
pub(super) struct Instances {
    watched: BTreeMap<String, Watched>,
    /// Whether one is held, interrupted or on its way.
    pub(super) busy: bool,
    /// When one last was.
    pub(super) busy_until: Option<Time>,
}

/// What is remembered of one.
#[derive(Debug, Clone, Default)]
pub(super) struct Watched {
    /// When a termination hook last held it.
    pub(super) held: Option<Time>,
    /// Whether one held it at the last look.
    was_held: bool,
    /// When it last served.
    pub(super) served: Option<Time>,
    /// When its interruption was announced.
    pub(super) interrupted: Option<Time>,
    /// An operator drains it.
    pub(super) by_hand: bool,
    /// Since when an agent of it is away, or was when a look may have read it.
    agent_away: Option<Time>,
    /// When that agent was back.
    agent_back: Option<Time>,
    /// When somebody other than the functions last set it ACTIVE.
    pub(super) activated: Option<Time>,
    /// Since when it could go.
    could_go: Option<Time>,
    /// Since when it serves and takes no tasks, by no operator's will.
    idle: Option<Time>,
    /// Our cluster did not know it when it was last held on its way into the warm pool. Then
    /// nothing tells it from one that a launch hook prepares, and nothing is promised of it.
    unknown_in_pool: bool,
    judged: usize,
    /// That it is held, or idle, was told already.
    told: bool,
}

impl Watched {
    /// For how long its agent is away, or was `look` ago at most.
    pub(super) fn agent_away_for(&self, now: Time) -> Duration {
        self.agent_away.map_or(Duration::ZERO, |since| self.agent_back.unwrap_or(now) - since)
    }

    fn agent(&mut self, now: Time, away: bool, look: Duration) {
        if away && (self.agent_away.is_none() || self.agent_back.is_some()) {
            (self.agent_away, self.agent_back) = (Some(now), None);
        } else if !away && self.agent_away.is_some() {
            let back = *self.agent_back.get_or_insert(now);
            if now - back > look {
                (self.agent_away, self.agent_back) = (None, None);
            }
        }
    }
}

/// Whether a termination hook holds an instance in this state.
pub(super) fn is_held(state: LifecycleState) -> bool {
    matches!(
        state,
        LifecycleState::TerminatingWait
            | LifecycleState::WarmedPendingWait
            | LifecycleState::WarmedTerminatingWait
            | LifecycleState::ReplacingRootVolumeWait
    )
}

/// Tasks there whose lastStatus is not STOPPED.
pub(super) fn unstopped(instance: &InstanceTruth<'_>) -> usize {
    instance.tasks().filter(|task| task.last != TaskStatus::Stopped).count()
}

/// How many of these ECS wants to run.
pub(super) fn wanted(instance: &InstanceTruth<'_>) -> usize {
    instance.tasks().filter(|task| task.wanted && task.last != TaskStatus::Stopped).count()
}

/// Tasks there that have been on their way to STOPPED for longer than `look`: what a look
/// has read may be that old.
pub(super) fn stopping(instance: &InstanceTruth<'_>, now: Time, look: Duration) -> usize {
    let since = |task: &TaskTruth<'_>| task.stopping_at.filter(|_| !task.wanted);
    instance
        .tasks()
        .filter(|task| task.last != TaskStatus::Stopped)
        .filter(|task| since(task).is_some_and(|since| now - since > look))
        .count()
}

/// The last action of our hook.
pub(super) fn ours<'a>(instance: &InstanceTruth<'a>, rules: &Rules) -> Option<&'a Action> {
    instance.actions.iter().rfind(|action| action.hook == rules.hook)
}

impl Instances {
    /// What is remembered of one instance.
    pub(super) fn of(&self, id: &str) -> Watched {
        self.watched.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn control(&mut self, now: Time, world: &World, control: &Control) {
        match control {
            Control::InterruptSpot(order) => {
                self.entry(&order.instance).interrupted = Some(now);
            }
            Control::SetState(order) => {
                // Who drains what we drain already, or what has our note still, leaves no trace
                // of it in ECS.
                let takes_tasks = world.truth().instance(&order.instance).is_some_and(|i| {
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

    pub(super) fn look(
        &mut self,
        now: Time,
        world: &World,
        rules: &Rules,
        last_fault: Option<Time>,
        violations: &mut Vec<Violation>,
    ) {
        self.busy = false;
        for instance in world.truth().instances() {
            if !self.watched.contains_key(instance.id) {
                self.watched.insert(instance.id.to_owned(), Watched::default());
            }
            let Some(watched) = self.watched.get_mut(instance.id) else { continue };
            if instance.state == LifecycleState::Terminated
                && watched.judged == instance.actions.len()
            {
                continue;
            }
            let mut look = Look { now, rules, last_fault, instance, watched, violations };
            self.busy |= look.take();
        }
        if self.busy {
            self.busy_until = Some(now);
        }
    }
}

/// A look at one instance.
struct Look<'a> {
    now: Time,
    rules: &'a Rules,
    last_fault: Option<Time>,
    instance: InstanceTruth<'a>,
    watched: &'a mut Watched,
    violations: &'a mut Vec<Violation>,
}

impl Look<'_> {
    /// Look, and say whether the loop has reason to go on.
    fn take(&mut self) -> bool {
        let (now, state) = (self.now, self.instance.state);
        let away = self.instance.containers().any(|container| {
            container.status != ContainerStatus::Inactive && !container.agent_connected
        });
        self.watched.agent(now, away, self.rules.look);
        if is_held(state) {
            if self.watched.held.is_none_or(|held| now - held > self.rules.look) {
                self.watched.told = false;
            }
            self.watched.held = Some(now);
            // A drain by hand becomes ours once we note it; before that it looks like nobody's.
            if self.instance.containers().any(|container| is_ours(&container)) {
                self.watched.by_hand = false;
            }
            let known = |c: ContainerTruth<'_>| c.status != ContainerStatus::Inactive;
            self.watched.unknown_in_pool = state == LifecycleState::WarmedPendingWait
                && !self.instance.containers().any(known);
        }
        // Between two looks nothing has happened: until this one the hook held it.
        if self.watched.was_held && !is_held(state) {
            self.watched.held = Some(now);
        }
        self.watched.was_held = is_held(state);
        self.ended();
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

    /// Actions of ours that ended since the last look.
    fn ended(&mut self) {
        let actions = self.instance.actions.iter().skip(self.watched.judged);
        let over: Vec<_> = actions.take_while(|action| action.ended.is_some()).collect();
        self.watched.judged += over.len();
        for action in over.into_iter().filter(|action| action.hook == self.rules.hook) {
            if self.watched.unknown_in_pool {
                continue;
            }
            let waits = self.rules.at_deadline == AtDeadline::Wait;
            let heartbeat = self.rules.heartbeat;
            let short = heartbeat < self.rules.patience + LONGEST_OUTAGE;
            let struck =
                self.last_fault.is_some_and(|fault| self.now - fault <= heartbeat + LONGEST_OUTAGE);
            let how = match action.ended {
                Some((_, ActionEnd::HeartbeatTimeout)) if !(short && struck) => "no heartbeat came",
                Some((_, ActionEnd::GlobalTimeout)) if !waits => "the action reached its end",
                _ => continue,
            };
            let what = format!("AWS let {} go, for {how}", self.instance.id);
            self.broken(Promise::KeptAlive, what);
        }
    }

    /// What our hook holds and could go is let go.
    fn held(&mut self) {
        let open = ours(&self.instance, self.rules).filter(|action| action.ended.is_none());
        let promised = is_held(self.instance.state) && !self.watched.unknown_in_pool;
        let Some(action) = open.filter(|_| promised) else {
            self.watched.could_go = None;
            return;
        };
        let overdue = self.rules.at_deadline != AtDeadline::Wait
            && self.now >= action.started_at + self.rules.deadline_at_most;
        if !overdue && unstopped(&self.instance) > 0 {
            self.watched.could_go = None;
            return;
        }
        let since = *self.watched.could_go.get_or_insert(self.now);
        if self.patience_is_over(since) && !self.watched.told {
            self.watched.told = true;
            let why = if overdue { "past its deadline" } else { "empty" };
            let for_seconds = (self.now - since).whole_seconds();
            let what = format!("{} is {why} for {for_seconds} s and still held", self.instance.id);
            self.broken(Promise::NeverForgotten, what);
        }
    }

    /// Whether it serves and is DRAINING by no operator's will.
    fn idle(&mut self) -> bool {
        // Without room for a note a spared instance passes for an operator's, for ever.
        let by_us = self.instance.containers().any(|c| {
            c.status == ContainerStatus::Draining && c.attributes.len() < CUSTOM_ATTRIBUTES
        });
        if !by_us || self.watched.by_hand {
            self.watched.idle = None;
            return false;
        }
        let since = *self.watched.idle.get_or_insert(self.now);
        if self.patience_is_over(since + self.rules.interruption) && !self.watched.told {
            self.watched.told = true;
            let what = format!("{} serves and is DRAINING since {since}", self.instance.id);
            self.broken(Promise::ActiveAgain, what);
        }
        true
    }

    fn patience_is_over(&self, since: Time) -> bool {
        self.now - calm_since(since, self.last_fault) > self.rules.patience
    }

    fn broken(&mut self, promise: Promise, what: String) {
        self.violations.push(Violation { at: self.now, promise, what });
    }
}

/// From when on nothing excuses a wait that began at `since`: its start, or a later fault.
pub(super) fn calm_since(since: Time, last_fault: Option<Time>) -> Time {
    last_fault.map_or(since, |fault| fault.max(since))
}

/// How long ago something was, if ever.
pub(super) fn ago(now: Time, then: Option<Time>) -> Duration {
    then.map_or(Duration::MAX, |then| now - then)
}
