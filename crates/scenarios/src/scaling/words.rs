//! Random runs of scaling in words.

use std::fmt;

use super::{Action, Document, Load, Scaled, Setup, What};

/// The setup, one line for each of its parts.
pub(super) fn setup(setup: &Setup) -> Vec<String> {
    setup.clusters.iter().enumerate().flat_map(|(place, one)| scaled(place, one)).collect()
}

fn scaled(place: usize, one: &Scaled) -> Vec<String> {
    let parameters: Vec<String> =
        one.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let whose = if one.cluster_too { "service and group" } else { "the service alone" };
    let (min, max) = one.sizes;
    let mut lines = vec![
        format!("cluster {place}: {}, scales {whose}", parameters.join(" ")),
        format!("{} tasks on {} instances, {min} to {max}", one.tasks, one.instances),
    ];
    lines.extend(one.loads.iter().map(|(second, Load { cpu, memory })| {
        format!("from second {second} work for {cpu:.1} tasks, {memory:.1} by memory")
    }));
    lines
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "the document of the service",
            Self::Group => "the document of the group",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in cluster {}, {}", self.cluster, self.what)
    }
}

impl fmt::Display for What {
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
            Self::ReplaceDocument(most) => {
                write!(f, "the document of the service is replaced, with at most {most} tasks")
            }
            Self::DeleteDocument(document) => write!(f, "{document} is deleted"),
            Self::SpoilDocument(document) => write!(f, "{document} becomes invalid"),
            Self::RestoreDocument(document) => write!(f, "{document} is restored"),
            Self::RemoveTag(place) => write!(f, "alarm {place} loses the tag of its target"),
            Self::RestoreTag(place) => write!(f, "alarm {place} has the tag of its target again"),
            Self::ThrottleParameters(true) => f.write_str("Systems Manager throttles every call"),
            Self::ThrottleParameters(false) => f.write_str("Systems Manager throttles no longer"),
            Self::Ask => f.write_str("an operator has all alarms reconciled"),
        }
    }
}
