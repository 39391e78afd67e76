//! Lanes: what must be decided by one look at a time.
//!
//! A tag has no compare-and-set, so two looks that scaled one target at the same time would
//! each overwrite what the other did. A target of its own is a lane; a cluster's services and
//! its group are one, for a look at a service may scale the group too.

use std::collections::BTreeSet;

use crate::policy::{Cluster, Policies, Policy, Target};

/// What one look decides about.
#[derive(Debug, Clone)]
pub struct Lane<'a> {
    /// Its policies, in the document's order.
    pub policies: Vec<&'a Policy>,
    /// The cluster whose lane it is, if it is one's.
    pub cluster: Option<&'a Cluster>,
}

impl Policies {
    /// The cluster that a target belongs to, as its group or as a service of it.
    pub fn cluster_of(&self, target: &Target) -> Option<&Cluster> {
        self.clusters.iter().find(|linked| match target {
            Target::Service { cluster, .. } => linked.cluster == *cluster,
            Target::Group(_) => linked.resource_id == *target,
        })
    }

    /// The name of a target's lane: the resource ID of the cluster's group, or its own.
    pub fn lane_of(&self, target: &Target) -> String {
        self.cluster_of(target).map_or(target, |linked| &linked.resource_id).to_string()
    }

    /// The lanes that an alarm asks for a look at.
    pub fn lanes_of(&self, alarm_arn: &str) -> BTreeSet<String> {
        self.of(alarm_arn).map(|policy| self.lane_of(&policy.resource_id)).collect()
    }

    /// A lane by its name, unless nothing is in it.
    pub fn lane(&self, name: &str) -> Option<Lane<'_>> {
        let inside = |policy: &&Policy| self.lane_of(&policy.resource_id) == name;
        let policies: Vec<&Policy> = self.policies.iter().filter(inside).collect();
        let cluster = self.cluster_of(&policies.first()?.resource_id);
        Some(Lane { policies, cluster })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOGETHER: &str = include_str!("../policies/service-and-group.yaml");
    const GROUP: &str = "autoScalingGroup/tide-group";
    const ALARM: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high";

    #[test]
    fn a_clusters_services_and_its_group_are_one_lane() {
        let policies = Policies::read(TOGETHER).unwrap();
        assert_eq!(policies.lanes_of(ALARM), BTreeSet::from([GROUP.to_owned()]));
        let lane = policies.lane(GROUP).unwrap();
        assert_eq!(lane.policies.len(), policies.policies.len());
        assert_eq!(lane.cluster.map(|linked| linked.cluster.as_str()), Some("tide"));
    }

    #[test]
    fn without_a_cluster_each_target_is_its_own() {
        let mut policies = Policies::read(TOGETHER).unwrap();
        policies.clusters.clear();
        assert_eq!(policies.lanes_of(ALARM), BTreeSet::from(["service/tide/web".to_owned()]));
        assert_eq!(policies.lane(GROUP).unwrap().policies.len(), 2);
        assert_eq!(policies.lane("service/tide/web").unwrap().policies.len(), 2);
        assert!(policies.lane("service/tide/api").is_none());
        assert!(policies.lanes_of("arn:aws:cloudwatch:us-east-1:123456789012:alarm:x").is_empty());
    }
}
