//! The names of a cluster that is scaled. All that stacks name are those of one service each.

use crate::stack::{CLUSTER, GROUP};

use super::SERVICE;

/// The names of one of several clusters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    pub cluster: String,
    pub group: String,
    pub service: String,
    /// The name of the stacks, with which the names of their alarms begin.
    pub stack: String,
}

impl Default for Names {
    fn default() -> Self {
        Self::of(0)
    }
}

impl Names {
    /// The names of the cluster with this index.
    pub fn of(place: usize) -> Self {
        let suffix = if place == 0 { String::new() } else { format!("-{}", place + 1) };
        Self {
            cluster: format!("{CLUSTER}{suffix}"),
            group: format!("{GROUP}{suffix}"),
            service: SERVICE.to_owned(),
            stack: format!("{STACK}{suffix}"),
        }
    }

    /// The name of an alarm of the stacks.
    pub fn alarm(&self, alarm: &str) -> String {
        format!("{}-{alarm}", self.stack)
    }

    /// The name of the document of the service.
    pub fn service_document(&self) -> String {
        format!("/ecs-tide/targets/service/{}/{}", self.cluster, self.service)
    }

    /// The name of the document of the group.
    pub fn group_document(&self) -> String {
        format!("/ecs-tide/targets/autoScalingGroup/{}", self.group)
    }

    /// `text` of a stack, with the names of its alarms.
    pub(super) fn named(&self, text: &str) -> String {
        let alarms = ["tasks", "instances", "more"];
        alarms.iter().fold(text.to_owned(), |text, alarm| {
            text.replace(&format!("{STACK}-{alarm}"), &self.alarm(alarm))
        })
    }
}

/// The name of every stack in the simulated region.
const STACK: &str = "ecs-tide";
