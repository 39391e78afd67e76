//! A serving cluster that is scaled in.

use std::collections::BTreeSet;

use region::api::ApiError;
use region::live::Live;
use region::services::{Control, CreateGroup, CreateService, LifecycleState, Workload};

use crate::Error;
use crate::stack::{CLUSTER, GROUP};

/// Tasks of the service per instance. With the daemon's task they use a quarter of its capacity.
const TASKS: usize = 3;

/// A cluster, and how long its tasks take to deregister and stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainedCluster {
    /// The number of instances to remove.
    pub leaving: usize,
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
    /// With AWS's default deregistration delay of five minutes.
    pub fn in_life(leaving: usize) -> Self {
        Self {
            leaving,
            deregistration_seconds: 300,
            stop_min_seconds: 5,
            stop_max_seconds: 30,
            daemon: true,
        }
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

    /// The number of instances that stay: enough to take the tasks of the others.
    pub fn staying(&self) -> usize {
        self.leaving.div_ceil(2).max(2)
    }

    /// Creates the group, a service behind a load balancer, and the daemon if there is one.
    ///
    /// # Errors
    /// The cluster exists already.
    pub fn create(&self, live: &Live) -> Result<(), Error> {
        let instances = self.leaving + self.staying();
        let workload = Workload {
            start_seconds: 2,
            stop_min_seconds: self.stop_min_seconds,
            stop_max_seconds: self.stop_max_seconds,
            ..Workload::default()
        };
        let web = CreateService {
            name: "web".to_owned(),
            cluster: CLUSTER.to_owned(),
            desired: instances * TASKS,
            workload: Workload {
                deregistration_seconds: Some(self.deregistration_seconds),
                ..workload.clone()
            },
            ..CreateService::default()
        };
        let log_router = CreateService {
            name: "log-router".to_owned(),
            cluster: CLUSTER.to_owned(),
            daemon: true,
            workload,
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
        Ok(scale_in(live, self.staying())?)
    }
}

/// The group of all drains, with this many instances.
pub fn group(instances: usize) -> CreateGroup {
    CreateGroup {
        name: GROUP.to_owned(),
        cluster: CLUSTER.to_owned(),
        desired: instances,
        max: instances,
        ..CreateGroup::default()
    }
}

/// Scales the group in to `staying` instances. Returns the ids of those that leave.
///
/// # Errors
/// The group does not exist.
pub fn scale_in(live: &Live, staying: usize) -> Result<BTreeSet<String>, ApiError> {
    let desired = Control::SetDesiredCapacity(GROUP.to_owned(), staying);
    live.with(|region, now| {
        region.control(now, desired)?;
        let instances = region.services().truth().instances();
        let waiting = instances.filter(|seen| seen.state == LifecycleState::TerminatingWait);
        Ok(waiting.map(|seen| seen.id.to_owned()).collect())
    })
}
