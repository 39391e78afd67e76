//! CapacityProviderReservation: M of N instances in percent. N are there, M are needed.
//!
//! How M is found is in
//! <https://aws.amazon.com/blogs/containers/deep-dive-on-amazon-ecs-cluster-auto-scaling/> and, in
//! other words, in "Managed scale-out behavior".

use super::order::PutCapacityProvider;

/// What an instance has, or what a task reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// CPU units.
    pub cpu: u32,
    /// MiB.
    pub memory: u32,
}

/// The instances of a provider's group, and the tasks that wait for some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provided {
    /// Instances in service.
    pub instances: usize,
    /// Of these, how many run no task but those of daemons.
    pub empty: usize,
    /// Of each instance.
    pub size: Size,
    /// Tasks in PROVISIONING: what each reserves, and how many there are.
    pub provisioning: Vec<(Size, usize)>,
}

impl Size {
    /// How many tasks of this size fit on an instance of size `instance`.
    fn fit(self, instance: Self) -> usize {
        let fit = |has: u32, needs: u32| has.checked_div(needs).map_or(usize::MAX, |n| n as usize);
        fit(instance.cpu, self.cpu).min(fit(instance.memory, self.memory))
    }
}

impl Provided {
    /// The instances that the tasks in PROVISIONING need: the most that any group of equal ones
    /// does. Tasks that do not fit on an instance are left out.
    fn missing(&self) -> Option<usize> {
        let mut groups: Vec<(Size, usize)> = Vec::new();
        for (size, count) in &self.provisioning {
            match groups.iter_mut().find(|(known, _)| known == size) {
                Some((_, known)) => *known += count,
                None => groups.push((*size, *count)),
            }
        }
        let needed = groups.into_iter().filter(|(_, count)| *count > 0).filter_map(
            |(task, count)| match task.fit(self.size) {
                0 => None,
                fit => Some(count.div_ceil(fit)),
            },
        );
        needed.max()
    }

    /// The metric, in percent: 100 without instances and tasks, 200 without instances that
    /// tasks wait for.
    pub fn reservation(&self, provider: &PutCapacityProvider) -> f64 {
        let present = self.instances;
        let needed = match self.missing() {
            Some(_) if present == 0 => return 200.0,
            None if present == 0 => return 100.0,
            Some(missing) if missing < provider.minimum_scaling_step_size => {
                present + provider.minimum_scaling_step_size
            }
            Some(missing) => present + missing.min(provider.maximum_scaling_step_size),
            None => present - self.empty.min(present),
        };
        100.0 * needed as f64 / present as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Size = Size { cpu: 256, memory: 512 };

    fn provided(instances: usize, empty: usize, provisioning: &[(Size, usize)]) -> Provided {
        let size = Size { cpu: 1_024, memory: 4_096 };
        Provided { instances, empty, size, provisioning: provisioning.to_vec() }
    }

    fn percent(provided: &Provided) -> f64 {
        provided.reservation(&PutCapacityProvider::default())
    }

    #[test]
    fn with_a_task_on_each_instance_it_is_100_percent() {
        assert_eq!(percent(&provided(4, 0, &[])), 100.0);
    }

    #[test]
    fn an_empty_instance_is_not_needed() {
        assert_eq!(percent(&provided(4, 1, &[])), 75.0);
        assert_eq!(percent(&provided(4, 4, &[])), 0.0);
    }

    #[test]
    fn tasks_that_wait_need_more_instances_than_there_are() {
        // Four fit on an instance.
        assert_eq!(percent(&provided(4, 0, &[(SMALL, 5)])), 150.0);
        // An empty instance that they do not fit on does not help them.
        assert_eq!(percent(&provided(4, 1, &[(SMALL, 4)])), 125.0);
    }

    #[test]
    fn the_scarcest_resource_decides_how_many_tasks_fit() {
        let heavy = Size { cpu: 256, memory: 2_048 };
        assert_eq!(percent(&provided(4, 0, &[(heavy, 8)])), 200.0);
        let weightless = Size { cpu: 0, memory: 0 };
        assert_eq!(percent(&provided(4, 0, &[(weightless, 8)])), 125.0);
    }

    #[test]
    fn of_tasks_of_several_sizes_the_group_that_needs_most_decides() {
        let large = Size { cpu: 1_024, memory: 512 };
        assert_eq!(percent(&provided(2, 0, &[(SMALL, 6), (large, 3)])), 250.0);
        // Those of one size are a group, whatever their service.
        assert_eq!(percent(&provided(2, 0, &[(SMALL, 4), (SMALL, 4)])), 200.0);
    }

    #[test]
    fn tasks_that_fit_on_no_instance_are_left_out() {
        let huge = Size { cpu: 2_048, memory: 512 };
        assert_eq!(percent(&provided(2, 0, &[(huge, 3)])), 100.0);
        assert_eq!(percent(&provided(2, 0, &[(huge, 3), (SMALL, 1)])), 150.0);
    }

    #[test]
    fn a_scale_out_is_at_least_the_minimum_and_at_most_the_maximum_step() {
        let order = PutCapacityProvider {
            minimum_scaling_step_size: 2,
            maximum_scaling_step_size: 3,
            ..PutCapacityProvider::default()
        };
        for (waiting, percent) in [(1, 150.0), (9, 175.0), (40, 175.0)] {
            assert_eq!(provided(4, 0, &[(SMALL, waiting)]).reservation(&order), percent);
        }
    }

    #[test]
    fn without_instances_it_is_100_or_200_percent() {
        assert_eq!(percent(&provided(0, 0, &[])), 100.0);
        assert_eq!(percent(&provided(0, 0, &[(SMALL, 0)])), 100.0);
        assert_eq!(percent(&provided(0, 0, &[(SMALL, 1)])), 200.0);
        assert_eq!(percent(&provided(0, 0, &[(SMALL, 100)])), 200.0);
    }
}
