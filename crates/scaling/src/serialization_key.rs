//! Serialization keys: what only one reconcile at a time may decide about.
//!
//! Tags have no compare-and-set, so two concurrent reconciles of one target would overwrite each
//! other's changes. A target alone has its own serialization key. The services of a cluster and
//! its group share one, because a reconcile of a service may scale the group too.

use std::collections::BTreeSet;

use crate::policy::{Cluster, Policies, Policy, Target};

/// The policies with one serialization key, about which one reconcile decides.
#[derive(Debug, Clone)]
pub struct SerializationKey<'a> {
    /// Its policies, in the document's order.
    pub policies: Vec<&'a Policy>,
    /// The cluster that shares the key; `None` if it is that of a single target.
    pub cluster: Option<&'a Cluster>,
}

impl SerializationKey<'_> {
    /// The names of its alarms, each once.
    pub fn alarm_names(&self) -> Vec<String> {
        let names = self.policies.iter().map(|policy| policy.alarm_name().to_owned());
        names.collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// The services among its targets.
    pub fn services(&self) -> Vec<&Target> {
        let targets = self.policies.iter().map(|policy| &policy.resource_id);
        targets.filter(|target| matches!(target, Target::Service { .. })).collect()
    }
}

impl Policies {
    /// The cluster that a target belongs to, as its group or as a service of it.
    pub fn cluster_of(&self, target: &Target) -> Option<&Cluster> {
        self.clusters.iter().find(|linked| match target {
            Target::Service { cluster, .. } => linked.cluster == *cluster,
            Target::Group(_) => linked.resource_id == *target,
        })
    }

    /// A target's serialization key: the resource ID of its cluster's group, or else its own.
    pub fn serialization_key_of(&self, target: &Target) -> String {
        self.cluster_of(target).map_or(target, |linked| &linked.resource_id).to_string()
    }

    /// The serialization keys to reconcile for an alarm.
    pub fn serialization_keys_of(&self, alarm_arn: &str) -> BTreeSet<String> {
        self.of(alarm_arn).map(|policy| self.serialization_key_of(&policy.resource_id)).collect()
    }

    /// The policies with the serialization key `name`; `None` if there are none.
    pub fn serialization_key(&self, name: &str) -> Option<SerializationKey<'_>> {
        let inside = |policy: &&Policy| self.serialization_key_of(&policy.resource_id) == name;
        let policies: Vec<&Policy> = self.policies.iter().filter(inside).collect();
        let cluster = self.cluster_of(&policies.first()?.resource_id);
        Some(SerializationKey { policies, cluster })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOGETHER: &str = include_str!("../policies/service-and-group.yaml");
    const GROUP: &str = "autoScalingGroup/tide-group";
    const ALARM: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high";

    #[test]
    fn a_clusters_services_and_its_group_are_one_serialization_key() {
        let policies = Policies::read(TOGETHER).unwrap();
        assert_eq!(policies.serialization_keys_of(ALARM), BTreeSet::from([GROUP.to_owned()]));
        let serialization_key = policies.serialization_key(GROUP).unwrap();
        assert_eq!(serialization_key.policies.len(), policies.policies.len());
        assert_eq!(serialization_key.cluster.map(|linked| linked.cluster.as_str()), Some("tide"));
    }

    #[test]
    fn without_a_cluster_each_target_has_its_own_key() {
        let mut policies = Policies::read(TOGETHER).unwrap();
        policies.clusters.clear();
        assert_eq!(
            policies.serialization_keys_of(ALARM),
            BTreeSet::from(["service/tide/web".to_owned()])
        );
        assert_eq!(policies.serialization_key(GROUP).unwrap().policies.len(), 2);
        assert_eq!(policies.serialization_key("service/tide/web").unwrap().policies.len(), 2);
        assert!(policies.serialization_key("service/tide/api").is_none());
        assert!(
            policies
                .serialization_keys_of("arn:aws:cloudwatch:us-east-1:123456789012:alarm:x")
                .is_empty()
        );
    }
}
