//! Checks on registrations whose EC2 instance has ended (ghosts).

use std::collections::{BTreeMap, BTreeSet};

use super::groups::Groups;
use super::instances::calm_since;
use super::{Invariant, Rules, Violation};
use region::Time;
use region::services::{ContainerStatus, ContainerTruth, InstanceTruth, LifecycleState, Services};

/// The attribute that holds the drain record of a container instance.
const RECORD: &str = "ecs-tide.drain";

/// Whether a container instance has a drain record.
pub(super) fn is_ours(container: &ContainerTruth<'_>) -> bool {
    let record = container.attributes.get(RECORD).and_then(Option::as_deref);
    record.is_some_and(|record| record.starts_with("hook ") || record.starts_with("spot "))
}

/// Whether an instance has ended, and left its group.
pub(super) fn is_over(instance: &InstanceTruth<'_>) -> bool {
    instance.terminated_at.is_some() && instance.state == LifecycleState::Terminated
}

/// Ghosts with a drain record, by ARN.
#[derive(Debug, Default)]
pub(super) struct Ghosts {
    since: BTreeMap<String, Time>,
    reported: BTreeSet<String>,
}

impl Ghosts {
    pub(super) fn any(&self) -> bool {
        !self.since.is_empty()
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
        let over = services.truth().instances().filter(is_over);
        let left = over.flat_map(|instance| instance.containers());
        let left = left.filter(|c| c.status != ContainerStatus::Inactive && is_ours(c));
        // No group leads to the cluster after all have opted out.
        let left = left.filter(|container| groups.name(services, container.cluster));
        let left: BTreeSet<&str> = left.map(|container| container.arn).collect();
        self.since.retain(|arn, _| left.contains(arn.as_str()));
        for arn in left {
            let since = *self.since.entry(arn.to_owned()).or_insert(now);
            let waited = now - calm_since(since, last_fault);
            if waited > rules.ghost + rules.patience && self.reported.insert(arn.to_owned()) {
                let what = format!("{arn} is registered, and its instance ended before {since}");
                violations.push(Violation { at: now, invariant: Invariant::NoGhostRemains, what });
            }
        }
    }
}
