//! A serving cluster that is scaled in.

use std::collections::BTreeSet;

use region::api::ApiError;
use region::live::Live;
use region::services::{Control, CreateGroup, CreateService, LifecycleState, Workload};

use crate::Error;
use crate::stack::{CLUSTER, GROUP, opted_in};

/// Tasks of the service per instance, unless a rehearsal says otherwise. With the daemon's task they
/// use a quarter of its capacity.
const TASKS: usize = 3;

/// The number of tasks that fit on an instance.
const CAPACITY: usize = 16;

/// A cluster, and how long its tasks take to start, to deregister and to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainedCluster {
    /// The number of instances to remove.
    pub leaving: usize,
    /// The number of instances that stay, and take the tasks of the others.
    pub staying: usize,
    /// The mean number of tasks of the service per instance. ECS spreads them over the zones.
    pub tasks: usize,
    /// Seconds from the placement of a task until it runs.
    pub start_seconds: u64,
    /// Seconds from then until a task of the service is healthy.
    pub health_seconds: u64,
    /// The target group's deregistration delay in seconds.
    pub deregistration_seconds: u64,
    /// The shortest time that containers take to stop, in seconds.
    pub stop_min_seconds: u64,
    /// The longest time, in seconds.
    pub stop_max_seconds: u64,
    /// Whether a daemon service runs a task on each instance. ECS stops it last, so the counts
    /// reach 0 only with it.
    pub daemon: bool,
}

impl DrainedCluster {
    /// The most tasks of the service per instance that [`Self::with_tasks`] finds capacity for
    /// without adding more than twice as many instances as leave.
    pub const MOST_TASKS: usize = 10;

    /// With AWS's default deregistration delay of five minutes.
    pub fn in_life(leaving: usize) -> Self {
        let cluster = Self {
            leaving,
            staying: 0,
            tasks: 0,
            start_seconds: 2,
            health_seconds: 0,
            deregistration_seconds: 300,
            stop_min_seconds: 5,
            stop_max_seconds: 30,
            daemon: true,
        };
        cluster.with_tasks(TASKS)
    }

    /// With short delays, to watch in real time.
    pub fn short(leaving: usize) -> Self {
        Self {
            deregistration_seconds: 5,
            stop_min_seconds: 2,
            stop_max_seconds: 4,
            ..Self::in_life(leaving)
        }
    }

    /// With this number of tasks of the service per instance, at most [`Self::MOST_TASKS`], and
    /// enough instances that stay.
    #[must_use]
    pub fn with_tasks(self, tasks: usize) -> Self {
        let free = CAPACITY.saturating_sub(tasks + 1).max(1);
        let needed = (self.leaving * tasks).div_ceil(free);
        let staying = needed.max(self.leaving.div_ceil(2)).max(2);
        Self { tasks, staying, ..self }
    }

    /// The service behind a load balancer, in a cluster of this name.
    pub fn web(&self, cluster: &str) -> CreateService {
        CreateService {
            name: "web".to_owned(),
            cluster: cluster.to_owned(),
            desired: (self.leaving + self.staying) * self.tasks,
            workload: Workload {
                health_seconds: self.health_seconds,
                deregistration_seconds: Some(self.deregistration_seconds),
                ..self.workload()
            },
            ..CreateService::default()
        }
    }

    fn workload(&self) -> Workload {
        Workload {
            start_seconds: self.start_seconds,
            stop_min_seconds: self.stop_min_seconds,
            stop_max_seconds: self.stop_max_seconds,
            ..Workload::default()
        }
    }

    /// Creates the group, a service behind a load balancer, and the daemon if there is one. The group
    /// gets the hooks that a template has for it, but hook-keeper does not run.
    ///
    /// # Errors
    /// The cluster exists already.
    pub fn create(&self, live: &Live) -> Result<(), Error> {
        let instances = self.leaving + self.staying;
        let web = self.web(CLUSTER);
        let log_router = CreateService {
            name: "log-router".to_owned(),
            cluster: CLUSTER.to_owned(),
            daemon: true,
            workload: self.workload(),
            ..CreateService::default()
        };
        live.with(|region, now| {
            region.control(now, Control::CreateGroup(group(instances)))?;
            region.put_hooks(now)?;
            if self.daemon {
                region.control(now, Control::CreateService(log_router))?;
            }
            region.control(now, Control::CreateService(web))?;
            Ok(())
        })
    }

    /// Scales the group in. Returns the ids of the instances that leave.
    ///
    /// # Errors
    /// The group does not exist.
    pub fn scale_in(&self, live: &Live) -> Result<BTreeSet<String>, Error> {
        let desired = Control::SetDesiredCapacity(GROUP.to_owned(), self.staying);
        let leaving = live.with(|region, now| {
            region.control(now, desired)?;
            let instances = region.services().truth().instances();
            let waiting = instances.filter(|seen| seen.state == LifecycleState::TerminatingWait);
            Ok::<_, ApiError>(waiting.map(|seen| seen.id.to_owned()).collect())
        });
        Ok(leaving?)
    }
}

fn group(instances: usize) -> CreateGroup {
    CreateGroup {
        name: GROUP.to_owned(),
        cluster: CLUSTER.to_owned(),
        desired: instances,
        max: instances,
        tags: opted_in(CLUSTER),
        ..CreateGroup::default()
    }
}
