//! Random runs of scaling in words.

use std::fmt;

use super::{Action, Load, Setup};

/// The setup, one line for each of its parts.
pub(super) fn setup(setup: &Setup) -> Vec<String> {
    let parameters: Vec<String> =
        setup.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let whose = if setup.cluster_too { "service and group" } else { "the service alone" };
    let (min, max) = setup.sizes;
    let mut lines = vec![
        format!("stack: {}, scales {whose}", parameters.join(" ")),
        format!("{} tasks on {} instances, {min} to {max}", setup.tasks, setup.instances),
    ];
    lines.extend(setup.loads.iter().map(|(second, Load { cpu, memory })| {
        format!("from second {second} work for {cpu:.1} tasks, {memory:.1} by memory")
    }));
    lines
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deploy => f.write_str("the service is deployed"),
            Self::SetTasks(tasks) => write!(f, "an operator sets {tasks} tasks"),
            Self::SetInstances(instances) => write!(f, "an operator sets {instances} instances"),
            Self::SetAlarm(place) => write!(f, "an operator sets alarm {place} to ALARM"),
            Self::ForgeMessage(place, ago) => {
                write!(f, "a message says that alarm {place} went into ALARM {ago} s ago")
            }
            Self::Kill => f.write_str("EC2 terminates an instance"),
            Self::SwitchOff => f.write_str("scaling is switched off"),
        }
    }
}
