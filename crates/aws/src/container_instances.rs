//! Container instances: find, describe, drain and deregister them.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ClusterName, ContainerInstanceArn, InstanceId};
use aws_sdk_ecs::types::{self, ContainerInstanceStatus};
use drain::drain_record::ATTRIBUTE;
use drain::seen::{Answer, Registration, Status};
use drain::settings;
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use crate::{AT_ONCE, Aws, BATCH, Call, Error, ErrorKind, FILTERED, PAGE, owned};

/// The result for each item.
pub type Outcomes<K = ContainerInstanceArn> = BTreeMap<K, Result<(), Error>>;

/// The limit of custom attributes on a container instance (PutAttributes).
const CUSTOM_ATTRIBUTES: usize = 10;

impl Aws {
    /// The container instances of `cluster` that have a drain record, and those of the EC2
    /// instances `ids`. One listing covers 80 ids, whatever the size of the cluster.
    ///
    /// # Errors
    /// If a call fails; [`ErrorKind::NoSuchCluster`] if the cluster does not exist.
    pub fn find_container_instances<'a>(
        &'a self,
        cluster: &'a ClusterName,
        ids: &'a [InstanceId],
    ) -> Call<'a, Vec<(InstanceId, Registration)>> {
        Box::pin(async move {
            let filters = recorded_or_among(ids);
            let arns = self.filtered_container_instances(cluster, filters).await?;
            self.describe_container_instances(cluster, &Vec::from_iter(arns)).await
        })
    }

    /// The container instances of the EC2 instances `ids`.
    ///
    /// # Errors
    /// As for [`Aws::find_container_instances`].
    pub fn container_instances_of<'a>(
        &'a self,
        cluster: &'a ClusterName,
        ids: &'a [InstanceId],
    ) -> Call<'a, BTreeSet<ContainerInstanceArn>> {
        let filters = ids.chunks(FILTERED).map(among).collect();
        Box::pin(self.filtered_container_instances(cluster, filters))
    }

    async fn filtered_container_instances(
        &self,
        cluster: &ClusterName,
        filters: Vec<String>,
    ) -> Result<BTreeSet<ContainerInstanceArn>, Error> {
        let mut arns = BTreeSet::new();
        for filter in filters {
            arns.extend(self.list_container_instances(cluster, Some(&filter)).await?);
        }
        Ok(arns)
    }

    pub(crate) async fn list_container_instances(
        &self,
        cluster: impl Into<String>,
        filter: Option<&str>,
    ) -> Result<Vec<ContainerInstanceArn>, Error> {
        let mut pages = self
            .ecs
            .list_container_instances()
            .cluster(cluster)
            .set_filter(filter.map(str::to_owned))
            .into_paginator()
            .send();
        let mut arns = Vec::new();
        loop {
            self.shares.reads.take().await;
            let Some(page) = pages.next().await else { return Ok(arns) };
            let page = page.map_err(Error::of("ListContainerInstances"))?;
            let is_last = page.next_token.is_none();
            let found = page.container_instance_arns.unwrap_or_default();
            arns.extend(found.into_iter().map(ContainerInstanceArn::from_aws));
            if is_last {
                return Ok(arns);
            }
        }
    }

    /// The container instances `arns`, each with its EC2 instance id. One that was deregistered
    /// since it was listed is left out.
    pub fn describe_container_instances<'a>(
        &'a self,
        cluster: &'a ClusterName,
        arns: &'a [ContainerInstanceArn],
    ) -> Call<'a, Vec<(InstanceId, Registration)>> {
        Box::pin(async move {
            let described = self.raw_container_instances(cluster, arns).await?;
            Ok(described.into_iter().filter_map(registration).collect())
        })
    }

    /// The same as the SDK's type.
    pub(crate) async fn raw_container_instances(
        &self,
        cluster: &ClusterName,
        arns: &[ContainerInstanceArn],
    ) -> Result<Vec<types::ContainerInstance>, Error> {
        let operation = "DescribeContainerInstances";
        let mut found = Vec::new();
        for arns in arns.chunks(PAGE) {
            self.shares.reads.take().await;
            let described = self
                .ecs
                .describe_container_instances()
                .cluster(cluster)
                .set_container_instances(owned(arns))
                .send()
                .await
                .map_err(Error::of(operation))?;
            missing_alone(operation, described.failures())?;
            found.extend(described.container_instances.unwrap_or_default());
        }
        Ok(found)
    }

    /// Sets container instances to DRAINING, or back to ACTIVE. If AWS refuses one, the others are
    /// still set. For each that was set, the result is whether it has no running or pending task:
    /// the response to a change does not lag as a read may.
    pub fn set_container_instances<'a>(
        &'a self,
        cluster: &'a ClusterName,
        arns: &'a [ContainerInstanceArn],
        draining: bool,
    ) -> BoxFuture<'a, BTreeMap<ContainerInstanceArn, Result<bool, Error>>> {
        Box::pin(async move {
            let operation = "UpdateContainerInstancesState";
            let status = if draining {
                ContainerInstanceStatus::Draining
            } else {
                ContainerInstanceStatus::Active
            };
            let mut outcomes = BTreeMap::new();
            for arns in arns.chunks(BATCH) {
                self.shares.changes.take().await;
                let updated = self
                    .ecs
                    .update_container_instances_state()
                    .cluster(cluster)
                    .set_container_instances(owned(arns))
                    .status(status.clone())
                    .send()
                    .await
                    .map_err(Error::of(operation));
                let refused = match &updated {
                    Ok(updated) => refusals(operation, updated.failures()),
                    Err(_) => BTreeMap::new(),
                };
                for arn in arns {
                    let idle = |updated: &types::ContainerInstance| {
                        updated.container_instance_arn() == Some(arn.as_str())
                            && counted(updated) == 0
                    };
                    let outcome = match (&updated, refused.get(arn.as_str())) {
                        (Err(error), _) | (Ok(_), Some(error)) => Err(error.clone()),
                        (Ok(updated), None) => Ok(updated.container_instances().iter().any(idle)),
                    };
                    outcomes.insert(arn.clone(), outcome);
                }
            }
            outcomes
        })
    }

    /// Deregisters container instances by force, one per call. ECS then reports their tasks as
    /// STOPPED, and services start replacements.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>
    pub fn deregister_container_instances<'a>(
        &'a self,
        cluster: &'a ClusterName,
        arns: &'a [ContainerInstanceArn],
    ) -> BoxFuture<'a, Outcomes> {
        let each = stream::iter(arns).map(move |arn| async move {
            let call = self.ecs.deregister_container_instance();
            let call = call.cluster(cluster).container_instance(arn).force(true);
            self.shares.changes.take().await;
            let deregistered = call.send().await.map_err(Error::of("DeregisterContainerInstance"));
            (arn.clone(), deregistered.map(|_| ()))
        });
        Box::pin(each.buffered(AT_ONCE).collect())
    }
}

/// The filter for container instances of these EC2 instances.
pub(crate) fn among(ids: &[InstanceId]) -> String {
    let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
    format!("ec2InstanceId in [{}]", ids.join(", "))
}

/// The filters for container instances that have a drain record, and for those of these EC2
/// instances.
fn recorded_or_among(ids: &[InstanceId]) -> Vec<String> {
    let recorded = format!("attribute:{ATTRIBUTE} exists");
    let mut filters: Vec<String> = ids.chunks(FILTERED).map(among).collect();
    match filters.first_mut() {
        Some(first) => *first = format!("{recorded} or {first}"),
        None => filters.push(recorded),
    }
    filters
}

/// The errors of a partial failure, by ARN. AWS reports it with HTTP 200.
pub(crate) fn refusals(
    operation: &'static str,
    failures: &[types::Failure],
) -> BTreeMap<String, Error> {
    let named =
        |failure: &types::Failure| Some((failure.arn()?.to_owned(), refusal(operation, failure)));
    failures.iter().filter_map(named).collect()
}

fn refusal(operation: &'static str, failure: &types::Failure) -> Error {
    let code = failure.reason().unwrap_or("no reason given").to_owned();
    let message = failure.detail().unwrap_or_default().to_owned();
    Error { operation, kind: ErrorKind::Refused { code, message } }
}

/// Fails unless every failure is `MISSING`: other failures do not mean that the item is gone.
pub(crate) fn missing_alone(
    operation: &'static str,
    failures: &[types::Failure],
) -> Result<(), Error> {
    let mut refused = failures.iter().map(|failure| refusal(operation, failure));
    refused.find(|error| !error.is_missing()).map_or(Ok(()), Err)
}

/// Running and pending tasks. A negative count is invalid and must not pass for 0.
fn counted(instance: &types::ContainerInstance) -> u32 {
    let counted = instance.running_tasks_count.saturating_add(instance.pending_tasks_count);
    u32::try_from(counted).unwrap_or(u32::MAX)
}

fn registration(instance: types::ContainerInstance) -> Option<(InstanceId, Registration)> {
    let value = |name: &str| {
        let mut attributes = instance.attributes().iter();
        attributes.find(|attribute| attribute.name() == name)?.value()
    };
    let drain_record = value(ATTRIBUTE).and_then(|value| value.parse().ok());
    let settings = value(settings::ATTRIBUTE).and_then(|value| value.parse().ok());
    let custom = |name: &str| !name.starts_with("ecs.") && !name.starts_with("com.amazonaws.");
    let customs = instance.attributes().iter().filter(|attribute| custom(attribute.name()));
    let free = CUSTOM_ATTRIBUTES.saturating_sub(customs.count());
    let registration = Registration {
        status: match instance.status() {
            Some("ACTIVE") => Status::Active,
            Some("DRAINING") => Status::Draining,
            Some("REGISTERING") => Status::Registering,
            _ => Status::Gone,
        },
        agent_connected: instance.agent_connected,
        counted_tasks: counted(&instance),
        record_refused: drain_record.is_none() && free == 0,
        settings_fit: settings.is_some() || free > usize::from(drain_record.is_none()),
        drain_record,
        settings,
        tasks: Answer::Unasked,
        arn: ContainerInstanceArn::from_aws(instance.container_instance_arn?),
    };
    Some((InstanceId::from_aws(instance.ec2_instance_id?), registration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_filter_is_longer_than_a_cluster_query_expression() {
        let ids: Vec<InstanceId> =
            (0..250).map(|number| format!("i-{number:017x}").parse().unwrap()).collect();
        assert!(ids.iter().all(|id| id.as_str().len() == 19));
        let filters = recorded_or_among(&ids);
        assert_eq!(filters.len(), 4);
        let named: usize = filters.iter().map(|filter| filter.matches("i-").count()).sum();
        assert_eq!(named, 250);
        let longest = filters.iter().map(String::len).max().unwrap();
        assert!(longest <= 2_000, "{longest} characters");
        assert_eq!(recorded_or_among(&[]), ["attribute:ecs-tide.drain exists"]);
    }
}
