//! Clusters whose services and group are decided together.

use std::collections::BTreeSet;

use aws_names::ClusterName;
use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;
use super::read;
use super::{Fault, Policies, Target};

/// A cluster: its services' tasks run on the instances of one Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Cluster {
    /// The cluster's name.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[A-Za-z0-9_-]{1,255}$")))]
    pub cluster: ClusterName,
    /// The Auto Scaling group: `autoScalingGroup/<name>`.
    pub resource_id: Target,
    /// Whether a service that scales out adds the instances that its tasks need to the group, in
    /// the same reconcile.
    #[cfg_attr(test, schemars(default = "switched_on"))]
    pub add_instances_for_tasks: bool,
    /// Whether the group scales in only if the remaining instances can hold all tasks.
    #[cfg_attr(test, schemars(default = "switched_on"))]
    pub keep_capacity_for_tasks: bool,
}

#[cfg(test)]
fn switched_on() -> bool {
    true
}

/// One cluster of a document.
pub(super) fn read(value: &Value, path: &str, faults: &mut Vec<Fault>) -> Option<Cluster> {
    let mut fields = Fields::open(value, path, faults)?;
    let cluster = fields.parsed("Cluster", "the cluster's name");
    let resource_id = read::target(&mut fields);
    if matches!(resource_id, Some(Target::Service { .. })) {
        fields.fault("ResourceId", "names a service; give autoScalingGroup/<name>");
    }
    let add_instances_for_tasks = fields.switch("AddInstancesForTasks", true);
    let keep_capacity_for_tasks = fields.switch("KeepCapacityForTasks", true);
    fields.close();
    Some(Cluster {
        cluster: cluster?,
        resource_id: resource_id?,
        add_instances_for_tasks,
        keep_capacity_for_tasks,
    })
}

/// Each cluster and group is listed once, and each group with MaxDrainingPercent has a cluster.
pub(super) fn check(policies: &Policies, faults: &mut Vec<Fault>) {
    let (mut clusters, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for (number, cluster) in policies.clusters.iter().enumerate() {
        for (name, is_new) in [
            ("Cluster", clusters.insert(&cluster.cluster)),
            ("ResourceId", groups.insert(&cluster.resource_id)),
        ] {
            if !is_new {
                let what = "is that of an earlier one; give each once".to_owned();
                faults.push(Fault { path: format!("Clusters[{number}].{name}"), what });
            }
        }
    }
    for (number, policy) in policies.policies.iter().enumerate() {
        let is_group = matches!(policy.resource_id, Target::Group(_));
        let asks = is_group && policy.max_draining_percent.is_some();
        if asks && !groups.contains(&policy.resource_id) {
            let what = "needs the cluster of the group; name both in Clusters".to_owned();
            faults.push(Fault { path: format!("Policies[{number}].MaxDrainingPercent"), what });
        }
    }
}
