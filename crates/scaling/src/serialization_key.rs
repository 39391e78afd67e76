//! Serialization keys: what only one reconcile at a time may decide about.
//!
//! Tags have no compare-and-set, so two concurrent reconciles of one target would overwrite each
//! other's changes. A target alone has its own serialization key. The services of a cluster and
//! its group share one, because a reconcile of a service may scale the group too.

use std::collections::BTreeSet;

use aws_names::{AlarmArn, AlarmName};
use requeue::SerializationKey;

use crate::policy::{Cluster, Policies, Policy, Target};

/// What one reconcile decides about: the policies with one serialization key.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// Its policies, in the document's order.
    pub policies: Vec<&'a Policy>,
    /// The cluster that shares the key; `None` if it is that of a single target.
    pub cluster: Option<&'a Cluster>,
}

impl Scope<'_> {
    /// The names of its alarms, each once.
    pub fn alarm_names(&self) -> Vec<AlarmName> {
        let names = self.policies.iter().map(|policy| policy.alarm.name());
        names.collect::<BTreeSet<_>>().into_iter().collect()
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
    pub fn serialization_key_of(&self, target: &Target) -> SerializationKey {
        let of = self.cluster_of(target).map_or(target, |linked| &linked.resource_id);
        SerializationKey::new(of.to_string())
    }

    /// The serialization keys to reconcile for an alarm.
    pub fn serialization_keys_of(&self, alarm: &AlarmArn) -> BTreeSet<SerializationKey> {
        self.of(alarm).map(|policy| self.serialization_key_of(&policy.resource_id)).collect()
    }

    /// The policies with a serialization key; `None` if there are none.
    pub fn scope(&self, key: &SerializationKey) -> Option<Scope<'_>> {
        let inside = |policy: &&Policy| self.serialization_key_of(&policy.resource_id) == *key;
        let policies: Vec<&Policy> = self.policies.iter().filter(inside).collect();
        let cluster = self.cluster_of(&policies.first()?.resource_id);
        Some(Scope { policies, cluster })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOGETHER: &str = include_str!("../policies/service-and-group.yaml");

    fn keys(policies: &Policies, alarm: &str) -> BTreeSet<SerializationKey> {
        let arn = format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}");
        policies.serialization_keys_of(&arn.parse().unwrap())
    }

    #[test]
    fn a_clusters_services_and_its_group_are_one_serialization_key() {
        let policies = Policies::read(TOGETHER).unwrap();
        let group = SerializationKey::new("autoScalingGroup/tide-group");
        assert_eq!(keys(&policies, "web-cpu-high"), BTreeSet::from([group.clone()]));
        let scope = policies.scope(&group).unwrap();
        assert_eq!(scope.policies.len(), policies.policies.len());
        assert_eq!(scope.cluster.map(|linked| linked.cluster.as_str()), Some("tide"));
    }

    #[test]
    fn without_a_cluster_each_target_has_its_own_key() {
        let mut policies = Policies::read(TOGETHER).unwrap();
        policies.clusters.clear();
        let web = SerializationKey::new("service/tide/web");
        assert_eq!(keys(&policies, "web-cpu-high"), BTreeSet::from([web.clone()]));
        let scope = |key: &str| policies.scope(&SerializationKey::new(key));
        assert_eq!(scope("autoScalingGroup/tide-group").unwrap().policies.len(), 2);
        assert_eq!(scope(web.as_str()).unwrap().policies.len(), 2);
        assert!(scope("service/tide/api").is_none());
        assert!(keys(&policies, "x").is_empty());
    }
}
