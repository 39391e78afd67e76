//! Checks where scaling comes to rest, and that all tasks are placed.

use region::Time;
use region::services::{ContainerStatus, LifecycleState, Services, StateValue};
use time::Duration;

use super::{Direction, Invariant, Oracle, Target, whole};
use crate::scaling::Names;

/// How long tasks may be unplaced: a drain, the boot of an instance, and the delay between two
/// attempts at placement.
const UNPLACED: Duration = Duration::minutes(10);

impl Oracle {
    /// Whether no policy whose alarm is in ALARM would change a capacity.
    pub fn rests(&self, services: &Services) -> bool {
        if self.switched_off.is_some() {
            return true;
        }
        let truth = services.truth();
        let names = &self.rules.names;
        let service = truth.service(&names.cluster, &names.service);
        let (Some(service), Some(group)) = (service, truth.group(&names.group)) else {
            return true;
        };
        let documents = &self.documents;
        let alarmed = |target, direction| {
            let policies = self.rules.towards(target, direction);
            policies
                .filter(|policy| services.alarm_state(&policy.alarm) == Some(StateValue::Alarm))
                .filter(|policy| documents.is_tagged_now(&policy.alarm))
        };
        let running = whole(service.running);
        let used = 100.0 * self.seen.load.last().unwrap_or_default() / running as f64;
        let wanted = |direction, used| {
            let asked = alarmed(Target::Tasks, direction);
            let asked = asked.map(|policy| policy.adjustment.change(running, used));
            asked.filter(|change| *change != 0).map(|change| running + change).max()
        };
        let desired = whole(service.desired);
        let tasks_rest = match wanted(Direction::Out, used) {
            _ if documents.most_tasks_now().is_none() => true,
            Some(wanted) => wanted.min(documents.most_tasks_now().unwrap_or(wanted)) <= desired,
            // A deployment that cannot place its tasks does not end, and blocks scale-in.
            None if service.deploying => true,
            None => wanted(Direction::In, used)
                .is_none_or(|wanted| wanted.max(self.rules.tasks_min) >= desired),
        };
        let (desired, min, max) = (whole(group.desired), whole(group.min), whole(group.max));
        let instances_rest = if !documents.has_group_now() {
            true
        } else if alarmed(Target::Instances, Direction::Out).next().is_some() {
            desired >= max
        } else if alarmed(Target::Instances, Direction::In).next().is_some() {
            desired <= min || (self.rules.keeps_room && !one_may_go(services, names))
        } else {
            true
        };
        tasks_rest && instances_rest
    }

    /// Checks that no scale-in of the group leaves tasks unplaced for long.
    pub(super) fn check_unplaced(&mut self, now: Time, services: &Services) {
        let Some(since) = self.seen.unplaced.been(true, now) else { return };
        if since <= UNPLACED || !self.rules.keeps_room {
            return;
        }
        let began = now - since;
        let before = |at: Time| at <= began && began - at < UNPLACED;
        let by_it = self.scale_ins.iter().any(|at| before(*at));
        let disturbed = self.disturbed.is_some_and(|at| at > began - UNPLACED * 2);
        let full = services
            .truth()
            .group(&self.rules.names.group)
            .is_some_and(|group| group.desired >= group.max);
        if by_it && !disturbed && !full {
            let what = format!("tasks are unplaced since {}", began.time());
            self.violated(now, Invariant::KeepsCapacity, what);
            self.scale_ins.clear();
        }
    }
}

/// Whether the tasks of any one instance fit on the others. All tasks have the same size here, and
/// four of them fill an instance.
fn one_may_go(services: &Services, names: &Names) -> bool {
    let instances = services.truth().instances();
    let serving =
        instances.filter(|one| one.group == names.group && one.state == LifecycleState::InService);
    let containers: Vec<(usize, usize)> = serving
        .flat_map(|instance| instance.containers().collect::<Vec<_>>())
        .filter(|container| container.status == ContainerStatus::Active)
        .map(|container| {
            let taken = container.running + container.pending;
            (taken, usize::try_from(container.cpu_left / 256).unwrap_or_default())
        })
        .collect();
    let free: usize = containers.iter().map(|(_, free)| free).sum();
    !containers.is_empty() && containers.iter().all(|(taken, own)| free - own >= *taken)
}
