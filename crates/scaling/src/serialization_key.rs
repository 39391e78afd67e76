//! Serialization keys: what only one reconcile at a time may decide about.
//!
//! Tags have no compare-and-set, so two concurrent reconciles of one target would overwrite each
//! other's changes. A target alone has its own serialization key. The services of a cluster and
//! its group share one, because a reconcile of a service may scale the group too.

use std::collections::BTreeSet;

use aws_names::AlarmName;
use requeue::{SerializationKey, TargetKey};

use crate::policy::{Cluster, Policy, Target};

/// What one reconcile decides about, all of it with one serialization key.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The policies of its targets.
    pub policies: Vec<Policy>,
    /// The cluster that shares the key; `None` if it is that of a single target.
    pub cluster: Option<Cluster>,
}

impl Scope {
    /// The names of its alarms, each once.
    pub fn alarm_names(&self) -> Vec<AlarmName> {
        let names = self.policies.iter().map(|policy| policy.alarm.name());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The services among its targets, each once.
    pub fn services(&self) -> Vec<&Target> {
        let targets = self.policies.iter().map(|policy| &policy.resource_id);
        let services = targets.filter(|target| matches!(target, Target::Service { .. }));
        services.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Target {
    /// The target with its serialization key: `group`, that of its cluster, or else its own.
    pub fn keyed(&self, group: Option<&Self>) -> TargetKey {
        let key = group.unwrap_or(self).to_string();
        TargetKey { target: self.to_string(), serialization_key: SerializationKey::new(key) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policies;

    const TOGETHER: &str = include_str!("../policies/service-and-group.yaml");

    #[test]
    fn a_service_has_the_key_of_its_clusters_group_or_its_own() {
        let web: Target = "service/tide/web".parse().unwrap();
        let group: Target = "autoScalingGroup/tide-group".parse().unwrap();
        let keyed = web.keyed(Some(&group));
        assert_eq!(
            (keyed.target.as_str(), keyed.serialization_key.as_str()),
            ("service/tide/web", "autoScalingGroup/tide-group")
        );
        assert_eq!(web.keyed(None), TargetKey::alone("service/tide/web"));
    }

    #[test]
    fn a_scope_names_each_alarm_and_each_service_once() {
        let Policies { mut policies, .. } = Policies::read(TOGETHER).unwrap();
        policies.extend(policies.clone());
        let scope = Scope { policies, cluster: None };
        let names: Vec<String> = scope.alarm_names().iter().map(ToString::to_string).collect();
        let mut sorted = names.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(names, sorted);
        let web: Target = "service/tide/web".parse().unwrap();
        assert_eq!(scope.services(), [&web]);
    }
}
