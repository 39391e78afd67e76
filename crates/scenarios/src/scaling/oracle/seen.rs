//! The true state of the simulated region over time.

use std::collections::BTreeMap;

use region::Time;
use region::services::{ContainerStatus, LifecycleState, Services, StateValue};
use time::Duration;

use super::series::Series;
use super::{Oracle, Target, capacities, whole};

/// The true state over time.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) desired: BTreeMap<Target, Series<i64>>,
    /// The number of running tasks.
    pub(super) running: Series<i64>,
    pub(super) deploying: Series<bool>,
    /// Whether tasks are unplaced, or placed only on instances that drain.
    pub(super) unplaced: Series<bool>,
    /// The number of instances in service.
    pub(super) serving: Series<i64>,
    /// When each instance in service was registered.
    pub(super) registered: BTreeMap<String, Time>,
    /// The number of instances in service or being terminated.
    pub(super) members: Series<i64>,
    /// The load in tasks that it keeps busy.
    pub(super) load: Series<f64>,
}

impl Oracle {
    /// Adds the true state as of `now`.
    pub(super) fn observe(&mut self, now: Time, services: &Services) {
        for (name, series) in &mut self.alarms {
            series.set(now, services.alarm_state(name) == Some(StateValue::Alarm));
        }
        let names = self.rules.names.clone();
        for (target, desired) in capacities(services, &names) {
            self.seen.desired.entry(target).or_default().set(now, desired);
        }
        let truth = services.truth();
        let (mut serving, mut members, mut settled) = (0, 0, 0);
        let mut registered = BTreeMap::new();
        // The first instances have been in service for a long time.
        let first = self.seen.serving.last().is_none();
        let since = if first { now - Duration::HOUR } else { now };
        for instance in truth.instances().filter(|instance| instance.group == names.group) {
            match instance.state {
                LifecycleState::InService => {
                    serving += 1;
                    members += 1;
                    if instance.containers().next().is_some() {
                        let known = self.seen.registered.remove_entry(instance.id);
                        registered
                            .extend([known.unwrap_or_else(|| (instance.id.to_owned(), since))]);
                    }
                }
                LifecycleState::TerminatingWait | LifecycleState::TerminatingProceed => {
                    members += 1;
                }
                _ => continue,
            }
            let active = instance.containers().filter(|c| c.status == ContainerStatus::Active);
            settled += active.map(|container| container.running + container.pending).sum::<usize>();
        }
        if let Some(service) = truth.service(&names.cluster, &names.service) {
            self.seen.running.set(now, whole(service.running));
            self.seen.deploying.set(now, service.deploying);
            let unplaced = settled < service.desired && !service.deploying;
            self.seen.unplaced.set(now, unplaced);
        }
        self.seen.serving.set(now, serving);
        self.seen.registered = registered;
        self.seen.members.set(now, members);
        self.check_unplaced(now, services);
    }
}
