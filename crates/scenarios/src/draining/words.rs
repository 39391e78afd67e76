//! Random runs of drains in words.

use std::fmt;

use super::{Action, Setup};

/// The setup, one line for each of its parts.
pub(super) fn setup(setup: &Setup) -> Vec<String> {
    let parameters: Vec<String> =
        setup.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut lines = vec![format!("stack: {}", parameters.join(" "))];
    let scaled = |capacities: &[(u64, usize)]| {
        let each = capacities.iter().map(|(wait, desired)| format!("after {wait} s to {desired}"));
        each.collect::<Vec<_>>().join(", ")
    };
    lines.push(format!("{} instances, scaled in {}", setup.instances, scaled(&setup.scale_ins)));
    if let Some(returns) = &setup.warm_pool {
        lines.push(format!("they go to a warm pool; the group is scaled {}", scaled(returns)));
    }
    for service in &setup.services {
        let work = &service.workload;
        let kind = if service.daemon { "daemon".to_owned() } else { service.desired.to_string() };
        let balancer = work
            .deregistration_seconds
            .map_or("no load balancer".to_owned(), |delay| format!("deregistration {delay} s"));
        lines.push(format!(
            "service {}: {kind}, minimum {}%, {balancer}, healthy after {} s, stops in {} to {} s",
            service.name,
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

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoseAgent(place) => write!(f, "the agent of instance {place} is lost"),
            Self::FindAgent(place) => write!(f, "the agent of instance {place} is back"),
            Self::Kill(place) => write!(f, "EC2 terminates instance {place}"),
            Self::Deregister(place) => write!(f, "instance {place} is deregistered by force"),
            Self::Crowd => f.write_str("other tasks take all remaining capacity"),
            Self::Relieve => f.write_str("these tasks end"),
            Self::DeleteHook => f.write_str("the hook is deleted"),
            Self::UpdateStack(deadline) => {
                write!(f, "the stack is updated, with a deadline of {deadline} s")
            }
            Self::SetMode(mode) => write!(f, "the mode of the group is `{mode}`"),
            Self::OptOut => f.write_str("the group opts out by deleting its tag"),
            Self::OptIn => f.write_str("the group opts in again"),
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
