//! The total and free resources of a cluster's instances, and what a task reserves.

use aws_names::{ClusterName, InstanceId, TaskDefinitionArn};
use aws_sdk_ecs::types;
use scaling::Time;
use scaling::room::Resources;

use crate::times::time_of;
use crate::{Aws, Call, Error};

/// What task placement needs to know of a container instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerInstance {
    /// Its EC2 id.
    pub instance: InstanceId,
    /// Its Availability Zone; empty if it has no such attribute.
    pub zone: String,
    /// Whether it is DRAINING.
    pub draining: bool,
    /// Whether it takes tasks: ACTIVE, and its agent connected.
    pub active: bool,
    /// Whether its agent is connected.
    pub agent_connected: bool,
    /// When it was registered.
    pub registered_at: Option<Time>,
    /// Its total resources.
    pub registered: Resources,
    /// Its free resources.
    pub free: Resources,
    /// Its running and pending tasks.
    pub tasks: u32,
}

impl Aws {
    /// Every container instance of `cluster` that is not deregistered.
    pub fn room<'a>(&'a self, cluster: &'a ClusterName) -> Call<'a, Vec<ContainerInstance>> {
        Box::pin(async move {
            let arns = self.list_container_instances(cluster, None).await?;
            let described = self.raw_container_instances(cluster, &arns).await?;
            Ok(described.into_iter().filter_map(instance).collect())
        })
    }

    /// What one task of a task definition reserves on its instance.
    ///
    /// A task's own size counts where it has one, else the sum of its containers'; of memory
    /// the reservation, where there is one.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html>
    pub fn task_size<'a>(&'a self, task_definition: &'a TaskDefinitionArn) -> Call<'a, Resources> {
        Box::pin(async move {
            let call = self.ecs.describe_task_definition().task_definition(task_definition);
            let described = call.send().await.map_err(Error::of("DescribeTaskDefinition"))?;
            let Some(definition) = described.task_definition() else {
                return Ok(Resources::default());
            };
            let containers = definition.container_definitions().iter();
            let sum = |size: fn(&types::ContainerDefinition) -> i32| {
                let sizes = containers.clone().map(|one| u32::try_from(size(one)).unwrap_or(0));
                sizes.fold(0, u32::saturating_add)
            };
            let own = |size: Option<&str>| size.and_then(|size| size.parse().ok());
            Ok(Resources {
                cpu: own(definition.cpu()).unwrap_or_else(|| sum(|container| container.cpu)),
                memory: own(definition.memory()).unwrap_or_else(|| {
                    sum(|container| {
                        container.memory_reservation.or(container.memory).unwrap_or_default()
                    })
                }),
            })
        })
    }
}

fn instance(described: types::ContainerInstance) -> Option<ContainerInstance> {
    let count = |count: i32| u32::try_from(count).unwrap_or(0);
    let zone = described
        .attributes()
        .iter()
        .find(|attribute| attribute.name() == "ecs.availability-zone")
        .and_then(|attribute| attribute.value());
    Some(ContainerInstance {
        zone: zone.unwrap_or_default().to_owned(),
        draining: described.status() == Some("DRAINING"),
        active: described.status() == Some("ACTIVE") && described.agent_connected(),
        agent_connected: described.agent_connected(),
        registered_at: described.registered_at().and_then(time_of),
        registered: resources(described.registered_resources()),
        free: resources(described.remaining_resources()),
        tasks: count(described.running_tasks_count())
            .saturating_add(count(described.pending_tasks_count())),
        instance: InstanceId::from_aws(described.ec2_instance_id?),
    })
}

fn resources(resources: &[types::Resource]) -> Resources {
    let of = |name| {
        let named = resources.iter().find(|resource| resource.name() == Some(name));
        named.map_or(0, |resource| u32::try_from(resource.integer_value()).unwrap_or(0))
    };
    Resources { cpu: of("CPU"), memory: of("MEMORY") }
}
