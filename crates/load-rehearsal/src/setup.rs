//! What a load is rehearsed with.

use load_model::{BadInput, Load, Service};
use region::services::{CreateGroup, CreateService, Workload};

use crate::event::Event;

/// A load, and the service and the cluster under it.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    pub load: Load,
    pub service: Service,
    pub tasks: Tasks,
    pub cluster: Cluster,
    pub events: Vec<Event>,
}

/// The tasks of the service, as ECS has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tasks {
    /// The fewest, unless a policy has `TasksMin`.
    pub min: usize,
    /// The most, unless a policy has `TasksMax`.
    pub max: usize,
    /// What each reserves and how long it takes to start and stop.
    pub workload: Workload,
}

/// The instances of the group.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// CPU units of an instance.
    pub cpu: u32,
    /// MiB of an instance.
    pub memory: u32,
    pub min: usize,
    pub max: usize,
    /// Seconds from launch until InService.
    pub boot_seconds: u64,
    /// Seconds from then until the agent registers.
    pub registration_seconds: u64,
    /// DefaultInstanceWarmup; without it, 300 seconds count.
    pub warm_up_seconds: Option<u64>,
    pub zones: usize,
    /// US dollars of an instance in an hour.
    pub price: Option<f64>,
}

impl Setup {
    /// Checks what the load model does not check.
    ///
    /// # Errors
    /// A bound is above the other, a task does not fit on an instance, or a number is out of range.
    pub fn check(&self) -> Result<(), BadInput> {
        let bad = |field: &str, problem: String| Err(BadInput::new(field, problem));
        let (tasks, cluster) = (&self.tasks, &self.cluster);
        if tasks.min < 1 || tasks.min > tasks.max || tasks.max > 1_000 {
            let (min, max) = (tasks.min, tasks.max);
            return bad("tasks", format!("{min} to {max} is not a range from 1 to 1000"));
        }
        if cluster.min > cluster.max || cluster.max < 1 || cluster.max > 1_000 {
            let (min, max) = (cluster.min, cluster.max);
            return bad("instances", format!("{min} to {max} is not a range up to 1000"));
        }
        if !(1..=6).contains(&cluster.zones) {
            return bad("zones", format!("{} is not 1 to 6", cluster.zones));
        }
        if self.fitting() == 0 {
            let problem = format!(
                "a task of {} CPU units and {} MiB does not fit on an instance of {} and {}",
                tasks.workload.cpu, tasks.workload.memory, cluster.cpu, cluster.memory
            );
            return bad("task", problem);
        }
        if cluster.price.is_some_and(|price| !(0.0..=1_000.0).contains(&price)) {
            return bad("price", "is not from 0 to 1000 dollars an hour".to_owned());
        }
        self.service.check()
    }

    /// How many tasks fit on an instance.
    pub(crate) fn fitting(&self) -> usize {
        let (task, instance) = (&self.tasks.workload, &self.cluster);
        let fit = |instance: u32, task: u32| instance.checked_div(task).unwrap_or(u32::MAX);
        fit(instance.cpu, task.cpu).min(fit(instance.memory, task.memory)) as usize
    }

    /// Instances on which so many tasks reserve at most half of the room for them.
    pub(crate) fn instances_for(&self, tasks: usize) -> usize {
        (2 * tasks).div_ceil(self.fitting().max(1)).clamp(self.cluster.min.max(1), self.cluster.max)
    }

    pub(crate) fn group(&self, instances: Option<usize>, tasks: usize) -> CreateGroup {
        let cluster = &self.cluster;
        let desired = instances.unwrap_or_else(|| self.instances_for(tasks));
        let zones = ('a'..='f').take(cluster.zones).map(|zone| format!("us-east-1{zone}"));
        CreateGroup {
            desired,
            min: cluster.min.min(desired),
            max: cluster.max.max(desired),
            zones: zones.collect(),
            cpu: cluster.cpu,
            memory: cluster.memory,
            boot_seconds: cluster.boot_seconds,
            registration_seconds: cluster.registration_seconds,
            default_instance_warmup: cluster.warm_up_seconds,
            ..CreateGroup::default()
        }
    }

    pub(crate) fn service(&self, desired: usize) -> CreateService {
        let workload = self.tasks.workload.clone();
        CreateService { desired, workload, ..CreateService::default() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::description::Description;

    pub(crate) fn setup(load: &str) -> Setup {
        let sample = Description::json(include_str!("../tests/sample.json")).unwrap();
        sample.setup(Load::shape(load).unwrap()).unwrap()
    }

    #[test]
    fn a_task_that_fits_nowhere_is_refused() {
        let mut setup = setup("step:from=10,to=20");
        assert_eq!((setup.check(), setup.fitting()), (Ok(()), 4));
        setup.tasks.workload.memory = 8_000;
        let error = setup.check().unwrap_err().to_string();
        assert!(error.starts_with("task: a task of 512 CPU units and 8000 MiB"), "{error}");
    }

    #[test]
    fn bounds_and_prices_are_checked() {
        let bad = |change: fn(&mut Setup)| {
            let mut setup = setup("step:from=10,to=20");
            change(&mut setup);
            setup.check().unwrap_err().field
        };
        assert_eq!(bad(|setup| setup.tasks.min = 30), "tasks");
        assert_eq!(bad(|setup| setup.cluster.min = 30), "instances");
        assert_eq!(bad(|setup| setup.cluster.zones = 0), "zones");
        assert_eq!(bad(|setup| setup.cluster.price = Some(-1.0)), "price");
        assert_eq!(bad(|setup| setup.service.sustained = 0.0), "sustained");
    }
}
