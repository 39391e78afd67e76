//! Clusters: made, listed, described and found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::Ecs;
use super::fields::included;
use super::ids::{Kind, failure, full_arn, ids};
use super::list::{PAGES, paged};
use super::model::Cluster;
use super::status::{ContainerStatus, TaskStatus};
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{short, text, texts};
use region_core::wording::{ecs_arn, put};

/// What DescribeClusters can include. No cluster here has a configuration.
const INCLUDES: [&str; 4] = ["ATTACHMENTS", "SETTINGS", "STATISTICS", "TAGS"];

impl Ecs {
    /// Make the cluster, unless it is there.
    pub(crate) fn create_cluster(&mut self, name: &str) {
        self.clusters.entry(name.to_owned()).or_insert_with(|| Cluster {
            arn: ecs_arn("cluster", name),
            services: BTreeMap::new(),
            containers: BTreeSet::new(),
        });
    }

    pub(super) fn list_clusters(&self, input: &Value) -> Result<Value, ApiError> {
        let arns = self.clusters.values().map(|cluster| cluster.arn.as_str());
        let (page, next) = PAGES.cut(input, arns.enumerate())?;
        Ok(paged("clusterArns", page, next))
    }

    /// Without names, the cluster `default` (API_DescribeClusters).
    pub(super) fn describe_clusters(
        &self,
        context: &Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let include = included(input, &INCLUDES)?;
        let named = match texts(input, "clusters").is_empty() {
            true => vec!["default"],
            false => ids(input, Kind::Cluster, 100)?,
        };
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for cluster in named {
            match self.clusters.get_key_value(short(cluster)) {
                Some((name, cluster)) => {
                    found.push(self.show_cluster(context, name, cluster, &include));
                }
                None => {
                    let arn = full_arn(Kind::Cluster, short(cluster), cluster)?;
                    failures.push(failure(&arn, "MISSING"));
                }
            }
        }
        Ok(json!({ "clusters": found, "failures": failures }))
    }

    fn show_cluster(
        &self,
        context: &Context,
        name: &str,
        cluster: &Cluster,
        include: &[&str],
    ) -> Value {
        let (mut registered, mut running, mut pending) = (0, 0, 0);
        for key in &cluster.containers {
            let Some(state) = self.seen_container(context, *key) else { continue };
            let counted = [ContainerStatus::Active, ContainerStatus::Draining];
            registered += usize::from(counted.contains(&state.status));
            for task in &self.containers[*key].live {
                match self.seen_task(context, &self.tasks[*task]).0 {
                    TaskStatus::Running => running += 1,
                    TaskStatus::Pending => pending += 1,
                    _ => {}
                }
            }
        }
        let mut shown = json!({
            "clusterArn": cluster.arn,
            "clusterName": name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": registered,
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": cluster.services.len(),
            "statistics": [],
            "tags": [],
            "settings": [],
            "capacityProviders": [],
            "defaultCapacityProviderStrategy": [],
        });
        if include.contains(&"ATTACHMENTS") {
            put(&mut shown, "attachments", json!([]));
        }
        if include.contains(&"SETTINGS") {
            let insights = json!({ "name": "containerInsights", "value": "disabled" });
            put(&mut shown, "settings", vec![insights]);
        }
        if include.contains(&"STATISTICS") {
            let counts = [
                ("runningEC2TasksCount", running),
                ("runningFargateTasksCount", 0),
                ("pendingEC2TasksCount", pending),
                ("pendingFargateTasksCount", 0),
                ("activeEC2ServiceCount", cluster.services.len()),
                ("activeFargateServiceCount", 0),
                ("drainingEC2ServiceCount", 0),
                ("drainingFargateServiceCount", 0),
            ];
            let counts =
                counts.map(|(name, count)| json!({ "name": name, "value": count.to_string() }));
            put(&mut shown, "statistics", counts.to_vec());
        }
        shown
    }

    /// The name of the cluster a call is about; `default` when it names none.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    pub(super) fn cluster_of<'a>(&self, input: &'a Value) -> Result<&'a str, ApiError> {
        self.known_cluster(text(input, "cluster").unwrap_or("default"))
    }

    /// The name of a cluster given by name or ARN.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    pub(crate) fn known_cluster<'a>(&self, cluster: &'a str) -> Result<&'a str, ApiError> {
        let name = short(cluster);
        if self.clusters.contains_key(name) {
            return Ok(name);
        }
        Err(ApiError::client("ClusterNotFoundException", "Cluster not found."))
    }
}
