//! Random runs of drains in words.

use std::fmt;

use super::{Action, Group, Setup};

/// The setup, one line for each of its parts.
pub(super) fn setup(setup: &Setup) -> Vec<String> {
    let parameters: Vec<String> =
        setup.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut lines = vec![format!("stack: {}", parameters.join(" "))];
    setup
        .groups
        .iter()
        .enumerate()
        .for_each(|(place, group)| group_in_words(place, group, &mut lines));
    for service in &setup.services {
        let work = &service.workload;
        let kind = if service.daemon { "daemon".to_owned() } else { service.desired.to_string() };
        let balancer = work
            .deregistration_seconds
            .map_or("no load balancer".to_owned(), |delay| format!("deregistration {delay} s"));
        lines.push(format!(
            "service {} in {}: {kind}, minimum {}%, {balancer}, healthy after {} s, stops in {} to \
             {} s",
            service.name,
            service.cluster,
            service.minimum_healthy_percent,
            work.health_seconds,
            work.stop_min_seconds,
            work.stop_max_seconds
        ));
    }
    for (place, task) in &setup.standalone {
        let ends = task
            .ends_after_seconds
            .map_or("never ends".to_owned(), |s| format!("ends after {s} s"));
        lines.push(format!("standalone task on instance {place}: {ends}"));
    }
    lines
}

fn group_in_words(place: usize, group: &Group, lines: &mut Vec<String>) {
    let scaled = |capacities: &[(u64, usize)]| {
        let each = capacities.iter().map(|(wait, desired)| format!("after {wait} s to {desired}"));
        each.collect::<Vec<_>>().join(", ")
    };
    let Group { name, cluster, instances, .. } = group;
    let opted_in = if group.is_opted_in { "opted in" } else { "not opted in" };
    let tags: String =
        group.overrides.iter().map(|(tag, value)| format!(", {tag}={value}")).collect();
    let foreign = if group.has_foreign_hook { ", with another hook too" } else { "" };
    lines.push(format!(
        "group {place}, {name} of {cluster}, {opted_in}{tags}{foreign}: {instances} instances, \
         scaled in {}",
        scaled(&group.scale_ins)
    ));
    if let Some(returns) = &group.warm_pool {
        lines.push(format!("they go to a warm pool; the group is scaled {}", scaled(returns)));
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoseAgent(place) => write!(f, "the agent of instance {place} is lost"),
            Self::FindAgent(place) => write!(f, "the agent of instance {place} is back"),
            Self::Kill(place) => write!(f, "EC2 terminates instance {place}"),
            Self::Deregister(place) => write!(f, "instance {place} is deregistered by force"),
            Self::RegisterIn(place, group) => {
                write!(f, "instance {place} registers in the cluster of group {group} instead")
            }
            Self::Crowd(group) => {
                write!(f, "other tasks take all remaining capacity of the cluster of group {group}")
            }
            Self::Relieve(group) => write!(f, "these tasks end in the cluster of group {group}"),
            Self::DeleteHook(group) => write!(f, "the hook of group {group} is deleted"),
            Self::ChangeHook(group) => {
                write!(f, "the hook of group {group} is changed to notify another topic")
            }
            Self::UpdateStack(deadline) => {
                write!(f, "the stack is updated, with a deadline of {deadline} s")
            }
            Self::Tag(group, tag, value) => write!(f, "{tag} of group {group} is `{value}`"),
            Self::OptOut(group) => write!(f, "group {group} opts out by deleting its tag"),
            Self::RemoveTags(group) => write!(f, "all our tags of group {group} are deleted"),
            Self::OptIn(group) => write!(f, "group {group} opts in again"),
            Self::Rename(group, other) => {
                write!(f, "the tag of group {group} names the cluster of group {other}")
            }
            Self::Replace(group) => {
                write!(f, "group {group} is replaced under another name and scaled in to nothing")
            }
            Self::DeleteGroup(group) => write!(f, "group {group} is deleted by force"),
            Self::DrainByHand(place) => write!(f, "an operator drains instance {place}"),
            Self::Activate(place) => write!(f, "an operator sets instance {place} ACTIVE"),
            Self::Interrupt(place, true) => {
                write!(f, "EC2 Spot interrupts instance {place} in two minutes")
            }
            Self::Interrupt(place, false) => {
                write!(f, "EC2 Spot warns instance {place} and does not interrupt it")
            }
            Self::FillAttributes(place) => {
                write!(f, "instance {place} has no space for a drain record")
            }
        }
    }
}
