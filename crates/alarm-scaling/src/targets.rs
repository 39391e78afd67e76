//! The targets of a reconcile, as read from AWS.

use std::collections::{BTreeMap, BTreeSet};

use aws::scalable::{ContainerInstance, Group, Service};
use aws::{Aws, Error};
use aws_names::{ClusterName, GroupName, InstanceId, ServiceName};
use drain::seen::LifecycleState;
use scaling::memory::{LastScaling, Remembered};
use scaling::policy::{Cluster, Target};
use scaling::room::{self, Resources, spare};
use scaling::state::{self, State};

use crate::Time;
use crate::memory::Memory;

/// The targets that were read so far.
#[derive(Debug, Default)]
pub struct Targets {
    pub services: BTreeMap<Target, Service>,
    pub groups: BTreeMap<Target, Group>,
    /// The container instances of the serialization key's cluster. They are read if its group may
    /// be scaled, unless its instances have no warm-up and keep no capacity for tasks.
    pub room: Option<Room>,
}

/// A cluster's container instances.
#[derive(Debug)]
pub struct Room {
    /// The group that scales them.
    pub group: Target,
    pub instances: Vec<ContainerInstance>,
    /// What the largest known task reserves.
    pub largest: Resources,
    /// Whether a scale-in keeps the capacity that tasks need.
    pub keep: bool,
}

impl Room {
    /// Reads the instances. Capacity is kept for tasks only if the largest task is known.
    pub async fn read(
        aws: &Aws,
        cluster: &Cluster,
        largest: Option<Resources>,
    ) -> Result<Self, Error> {
        Ok(Self {
            group: cluster.resource_id.clone(),
            instances: aws.room(&cluster.cluster).await?,
            keep: cluster.keep_capacity_for_tasks && largest.is_some(),
            largest: largest.unwrap_or_default(),
        })
    }
}

impl Targets {
    /// Reads the targets in `wanted` that were not read before.
    ///
    /// # Errors
    /// If a call fails.
    pub async fn read(
        &mut self,
        aws: &Aws,
        wanted: impl IntoIterator<Item = &Target>,
    ) -> Result<(), Error> {
        let mut services: BTreeMap<&ClusterName, BTreeSet<ServiceName>> = BTreeMap::new();
        let mut groups: BTreeSet<GroupName> = BTreeSet::new();
        for target in wanted {
            match target {
                Target::Service { cluster, service } if !self.services.contains_key(target) => {
                    services.entry(cluster).or_default().insert(service.clone());
                }
                Target::Group(name) if !self.groups.contains_key(target) => {
                    groups.insert(name.clone());
                }
                _ => {}
            }
        }
        for (cluster, names) in services {
            let names: Vec<ServiceName> = names.into_iter().collect();
            for (service, seen) in aws.scalable_services(cluster, &names).await? {
                let target = Target::Service { cluster: cluster.clone(), service };
                self.services.insert(target, seen);
            }
        }
        if !groups.is_empty() {
            let names: Vec<GroupName> = groups.into_iter().collect();
            let found = aws.scalable_groups(&names).await?;
            self.groups.extend(found.into_iter().map(|(name, seen)| (Target::Group(name), seen)));
        }
        Ok(())
    }

    /// Reads the container instances of a cluster, unless they were read, and what its largest task
    /// reserves.
    ///
    /// # Errors
    /// If a call fails.
    pub async fn read_room(
        &mut self,
        aws: &Aws,
        memory: &Memory,
        cluster: &Cluster,
        services: &[&Target],
    ) -> Result<(), Error> {
        if self.room.is_some() {
            return Ok(());
        }
        self.read(aws, services.iter().copied()).await?;
        let mut largest = Resources::default();
        for service in services.iter().filter_map(|target| self.services.get(*target)) {
            if let Some(definition) = &service.task_definition {
                largest = largest.max(memory.task_size(aws, definition).await?);
            }
        }
        self.room = Some(Room::read(aws, cluster, Some(largest)).await?);
        Ok(())
    }

    /// The state of a target; `None` if it does not exist, or was not read.
    pub fn state(&self, target: &Target, now: Time) -> Option<State> {
        match self.services.get(target) {
            Some(service) => Some(State::Service(service.state.clone())),
            None => self.group_state(target, now).map(State::Group),
        }
    }

    /// The last scaling of a target that is in force.
    pub fn last(&self, target: &Target, now: Time) -> Option<LastScaling> {
        let (tag, desired) = self.tag(target)?;
        tag.parse::<Remembered>().ok()?.in_force(desired, now)
    }

    /// The value of a target's tag, if it cannot be parsed.
    pub fn invalid_tag(&self, target: &Target) -> Option<&str> {
        let (tag, _) = self.tag(target)?;
        Some(tag).filter(|tag| tag.parse::<Remembered>().is_err())
    }

    /// The tag of a target, and its desired capacity.
    fn tag(&self, target: &Target) -> Option<(&str, u32)> {
        let service = self.services.get(target).map(|one| (&one.tag, one.state.desired));
        let (tag, desired) =
            service.or_else(|| self.groups.get(target).map(|one| (&one.tag, one.desired)))?;
        Some((tag.as_deref()?, desired))
    }

    /// The state of a group. Auto Scaling does not show which instances have warmed up, so the time
    /// since their registration decides. If the cluster was not read, all in service count as warm.
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-default-instance-warmup.html>
    pub fn group_state(&self, target: &Target, now: Time) -> Option<state::Group> {
        let group = self.groups.get(target)?;
        let room = self.room.as_ref().filter(|room| room.group == *target);
        // An agent can register the same instance again: its first registration is used.
        let mut registered: BTreeMap<&InstanceId, Option<Time>> = BTreeMap::new();
        for instance in room.into_iter().flat_map(|room| &room.instances) {
            let first = registered.entry(&instance.instance).or_insert(instance.registered_at);
            *first = (*first).min(instance.registered_at);
        }
        let warms_up = |id: &InstanceId| {
            registered.get(id).copied().flatten().is_some_and(|at| now - at < group.warm_up)
        };
        let is_absent = |id: &InstanceId| room.is_some() && !registered.contains_key(id);
        let (mut warm, mut warming) = (0u32, 0u32);
        let (mut unregistered, mut terminating) = (0u32, 0u32);
        for (id, (state, counts)) in &group.instances {
            let sum = match state {
                LifecycleState::InService if is_absent(id) => &mut unregistered,
                LifecycleState::InService if warms_up(id) => &mut warming,
                LifecycleState::InService => &mut warm,
                LifecycleState::Pending | LifecycleState::PendingWait => &mut warming,
                LifecycleState::Terminating
                | LifecycleState::Waiting
                | LifecycleState::ReplacingRootVolume => &mut terminating,
                // Its lifecycle hook is over, but the machine still runs.
                LifecycleState::Other(name) if name == "Terminating:Proceed" => &mut terminating,
                LifecycleState::EnteringPool
                | LifecycleState::Warm
                | LifecycleState::Retained
                | LifecycleState::Other(_) => {
                    continue;
                }
            };
            *sum = sum.saturating_add(*counts);
        }
        let count = |is: fn(&ContainerInstance) -> bool| {
            let instances = room.into_iter().flat_map(|room| &room.instances);
            let instances = instances.filter(|instance| !self.is_ghost(instance));
            u32::try_from(instances.filter(|instance| is(instance)).count()).unwrap_or(u32::MAX)
        };
        Some(state::Group {
            desired: group.desired,
            warm,
            warming,
            unregistered,
            terminating,
            min_size: group.min_size,
            max_size: group.max_size,
            managed: group.managed,
            cluster: state::Cluster {
                instances: count(|instance| instance.active || instance.draining),
                draining: count(|instance| instance.draining),
            },
            spare: room
                .filter(|room| room.keep)
                .map(|room| spare(room.largest, &self.instances(target))),
        })
    }

    /// How many container instances have a disconnected agent and an EC2 instance in no group that
    /// was read: most likely their machines have ended. 0 if a group has a warm pool, whose members
    /// at rest look the same.
    pub fn ghosts(&self) -> usize {
        if self.groups.values().any(|group| group.has_warm_pool) {
            return 0;
        }
        let instances = self.room.iter().flat_map(|room| &room.instances);
        instances.filter(|instance| self.is_ghost(instance)).count()
    }

    fn is_ghost(&self, instance: &ContainerInstance) -> bool {
        let mut groups = self.groups.values();
        !instance.agent_connected
            && !groups.any(|group| group.instances.contains_key(&instance.instance))
    }

    /// The container instances on which tasks may be placed.
    pub fn instances(&self, group: &Target) -> Vec<room::ContainerInstance> {
        let members = self.groups.get(group);
        let instances = self.room.as_ref().map(|room| room.instances.as_slice());
        let seen = instances.unwrap_or_default().iter();
        seen.map(|instance| room::ContainerInstance {
            zone: instance.zone.clone(),
            active: instance.active,
            of_group: members.is_some_and(|group| group.instances.contains_key(&instance.instance)),
            registered: instance.registered,
            free: instance.free,
            tasks: instance.tasks,
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn group(has_warm_pool: bool) -> Group {
        Group {
            desired: 0,
            min_size: 0,
            max_size: 0,
            managed: false,
            has_warm_pool,
            warm_up: Duration::ZERO,
            instances: BTreeMap::new(),
            tag: None,
        }
    }

    /// A container instance whose EC2 instance is in no group.
    fn away(agent_connected: bool) -> ContainerInstance {
        ContainerInstance {
            instance: InstanceId::from_aws("i-1"),
            zone: String::new(),
            draining: true,
            active: false,
            agent_connected,
            registered_at: None,
            registered: Resources::default(),
            free: Resources::default(),
            tasks: 0,
        }
    }

    #[test]
    fn a_member_at_rest_in_a_warm_pool_is_not_counted_as_a_ghost() {
        let ghosts = |has_warm_pool, agent_connected| {
            let target = Target::Group(GroupName::from_aws("demo-group"));
            let room = Room {
                group: target.clone(),
                instances: vec![away(agent_connected)],
                largest: Resources::default(),
                keep: false,
            };
            let groups = BTreeMap::from([(target, group(has_warm_pool))]);
            Targets { groups, room: Some(room), ..Targets::default() }.ghosts()
        };
        assert_eq!((ghosts(false, false), ghosts(false, true), ghosts(true, false)), (1, 0, 0));
    }
}
