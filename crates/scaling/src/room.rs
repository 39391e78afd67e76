//! How many container instances the tasks of a cluster need.
//!
//! A task is placed on one instance or not at all. So the sum of free resources does not matter,
//! but how many tasks of the largest kind each instance can hold.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html>

use std::collections::BTreeMap;

use serde::Serialize;

/// What a task reserves, or an instance has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Resources {
    /// CPU units; 1,024 are one processor.
    pub cpu: u32,
    /// Memory in MiB.
    pub memory: u32,
}

impl Resources {
    /// The larger of each.
    pub fn max(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), memory: self.memory.max(other.memory) }
    }

    /// How many times `task` fits in. One that reserves nothing fits `u32::MAX` times.
    fn holds(self, task: Self) -> u32 {
        let times = |has: u32, takes: u32| has.checked_div(takes).unwrap_or(u32::MAX);
        times(self.cpu, task.cpu).min(times(self.memory, task.memory))
    }
}

/// A container instance, as DescribeContainerInstances shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerInstance {
    /// Its Availability Zone; empty if it is not known.
    pub zone: String,
    /// Whether it takes tasks: ACTIVE, with its agent connected.
    pub active: bool,
    /// Whether it belongs to the group that is scaled.
    pub of_group: bool,
    /// Its total resources.
    pub registered: Resources,
    /// Its free resources.
    pub free: Resources,
    /// Its running and pending tasks.
    pub tasks: u32,
}

impl ContainerInstance {
    /// What one of its tasks reserves on average, rounded up.
    fn average(&self) -> Resources {
        let part = |all: u32, free: u32| {
            all.saturating_sub(free)
                .checked_add(self.tasks.saturating_sub(1))
                .map_or(0, |used| used.checked_div(self.tasks).unwrap_or(0))
        };
        Resources {
            cpu: part(self.registered.cpu, self.free.cpu),
            memory: part(self.registered.memory, self.free.memory),
        }
    }
}

/// How many instances `tasks` more tasks need in addition to those of `cluster`; 0 if all can be
/// placed.
///
/// The tasks are spread evenly over the zones of the active instances, as a service that spreads
/// over zones does, and each zone gets the instances that its share needs. A new instance is
/// assumed to be like the group's smallest one. If the group has none, the size of a new one is not
/// known: one is requested, and the next reconcile knows its size.
pub fn instances_for(tasks: u32, task: Resources, cluster: &[ContainerInstance]) -> u32 {
    if tasks == 0 {
        return 0;
    }
    let mut free: BTreeMap<&str, u32> = BTreeMap::new();
    for instance in cluster.iter().filter(|instance| instance.active) {
        let slots = free.entry(&instance.zone).or_default();
        *slots = slots.saturating_add(instance.free.holds(task));
    }
    let of_group = cluster.iter().filter(|instance| instance.of_group);
    let Some(new) = of_group.map(|instance| instance.registered.holds(task)).min() else {
        return u32::from(
            free.values().fold(0, |sum: u32, slots| sum.saturating_add(*slots)) < tasks,
        );
    };
    // A task that no instance can hold is not helped by more of them.
    if new == 0 {
        return 0;
    }
    if free.is_empty() {
        return tasks.div_ceil(new);
    }
    let zones = u32::try_from(free.len()).unwrap_or(u32::MAX);
    let (share, rest) = (tasks / zones, tasks % zones);
    let shares = (0..zones).map(|zone| share.saturating_add(u32::from(zone < rest)));
    let needed =
        shares.zip(free.values()).map(|(share, slots)| share.saturating_sub(*slots).div_ceil(new));
    needed.fold(0, u32::saturating_add)
}

/// How many instances of the group may be terminated, whichever they are, such that the others can
/// hold their tasks. `largest` is what the largest known task reserves; an unknown task is assumed
/// to be like the average of its instance.
pub fn spare(largest: Resources, cluster: &[ContainerInstance]) -> u32 {
    let active: Vec<&ContainerInstance> =
        cluster.iter().filter(|instance| instance.active).collect();
    let task = active.iter().fold(largest, |task, instance| task.max(instance.average()));
    let free = |instance: &ContainerInstance| u64::from(instance.free.holds(task));
    let all: u64 = active.iter().map(|instance| free(instance)).sum();
    // An instance takes its free slots away, and its tasks need others. The worst case goes first.
    let mut losses: Vec<u64> = active
        .iter()
        .filter(|instance| instance.of_group)
        .map(|instance| free(instance) + u64::from(instance.tasks))
        .collect();
    losses.sort_unstable_by(|one, other| other.cmp(one));
    let mut room = all;
    let mut spare = 0;
    for loss in losses {
        let Some(left) = room.checked_sub(loss) else { break };
        room = left;
        spare += 1;
    }
    spare
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TASK: Resources = Resources { cpu: 256, memory: 512 };

    fn instance(zone: &str, tasks: u32) -> ContainerInstance {
        let registered = Resources { cpu: 1024, memory: 4096 };
        let free = Resources { cpu: 1024 - tasks * 256, memory: 4096 - tasks * 512 };
        ContainerInstance {
            zone: zone.to_owned(),
            active: true,
            of_group: true,
            registered,
            free,
            tasks,
        }
    }

    #[test]
    fn tasks_that_find_a_place_need_nothing_and_others_whole_instances() {
        let cluster = [instance("a", 4), instance("b", 3)];
        assert_eq!(instances_for(0, TASK, &cluster), 0);
        assert_eq!(instances_for(1, TASK, &[instance("b", 3)]), 0);
        assert_eq!(instances_for(5, TASK, &[instance("b", 3)]), 1);
        assert_eq!(instances_for(6, TASK, &[instance("b", 3)]), 2);
    }

    #[test]
    fn each_zone_gets_what_its_share_needs() {
        // Four free places in b do not help the half that belongs to a.
        assert_eq!(instances_for(4, TASK, &[instance("a", 4), instance("b", 0)]), 1);
        assert_eq!(instances_for(4, TASK, &[instance("a", 0), instance("b", 0)]), 0);
        assert_eq!(instances_for(10, TASK, &[instance("a", 4), instance("b", 4)]), 4);
    }

    #[test]
    fn places_on_an_instance_that_drains_or_is_away_do_not_count() {
        let draining = ContainerInstance { active: false, ..instance("a", 0) };
        assert_eq!(instances_for(1, TASK, &[draining]), 1);
    }

    #[test]
    fn what_no_instance_can_hold_needs_no_more_of_them() {
        let huge = Resources { cpu: 2048, memory: 512 };
        assert_eq!(instances_for(3, huge, &[instance("a", 0)]), 0);
    }

    #[test]
    fn of_an_empty_group_one_is_asked_for() {
        assert_eq!(instances_for(7, TASK, &[]), 1);
        let other = ContainerInstance { of_group: false, ..instance("a", 0) };
        assert_eq!(instances_for(4, TASK, std::slice::from_ref(&other)), 0);
        assert_eq!(instances_for(5, TASK, &[other]), 1);
    }

    #[test]
    fn instances_may_go_as_long_as_their_tasks_find_a_place() {
        assert_eq!(spare(TASK, &[instance("a", 4), instance("b", 4)]), 0);
        assert_eq!(spare(TASK, &[instance("a", 2), instance("b", 2)]), 1);
        assert_eq!(spare(TASK, &[instance("a", 2), instance("b", 1)]), 1);
        assert_eq!(spare(TASK, &[instance("a", 0), instance("b", 0)]), 2);
        assert_eq!(spare(TASK, &[]), 0);
        // The free half of each is too small for one of a kind that was not known.
        let large = Resources { cpu: 768, memory: 512 };
        assert_eq!(spare(large, &[instance("a", 2), instance("b", 2)]), 0);
    }

    fn instances() -> impl Strategy<Value = Vec<ContainerInstance>> {
        let one = (0u32..=4, 0usize..3, any::<bool>(), any::<bool>());
        proptest::collection::vec(one, 0..8).prop_map(|all| {
            let made = |(tasks, zone, active, of_group): (u32, usize, bool, bool)| {
                ContainerInstance { active, of_group, ..instance(["a", "b", "c"][zone], tasks) }
            };
            all.into_iter().map(made).collect()
        })
    }

    proptest! {
        #[test]
        fn with_the_instances_asked_for_the_tasks_find_their_places(
            tasks in 0u32..40,
            cluster in instances(),
        ) {
            let needed = instances_for(tasks, TASK, &cluster);
            let free: u32 =
                cluster.iter().filter(|i| i.active).map(|i| i.free.holds(TASK)).sum();
            if cluster.iter().any(|i| i.of_group) {
                prop_assert!(free + needed * 4 >= tasks);
            }
            prop_assert!(instances_for(tasks + 1, TASK, &cluster) >= needed);
        }

        #[test]
        fn whichever_spare_instances_go_their_tasks_find_a_place(
            cluster in instances(),
            order in any::<u64>(),
        ) {
            let spare = spare(TASK, &cluster) as usize;
            let mut members: Vec<usize> =
                (0..cluster.len()).filter(|n| cluster[*n].active && cluster[*n].of_group).collect();
            let offset = order as usize % members.len().max(1);
            members.rotate_left(offset);
            prop_assert!(spare <= members.len());
            let gone = &members[..spare];
            let unplaced: u32 = gone.iter().map(|n| cluster[*n].tasks).sum();
            let left = (0..cluster.len()).filter(|n| cluster[*n].active && !gone.contains(n));
            let free: u32 = left.map(|n| cluster[n].free.holds(TASK)).sum();
            prop_assert!(free >= unplaced);
        }

        #[test]
        fn no_number_is_too_large(tasks: u32, cpu: u32, memory: u32, free_cpu: u32, held: u32) {
            let huge = ContainerInstance {
                free: Resources { cpu: free_cpu, memory },
                registered: Resources { cpu: u32::MAX, memory: u32::MAX },
                tasks: held,
                ..instance("a", 0)
            };
            let cluster = [huge.clone(), huge];
            let task = Resources { cpu, memory };
            let _ = (instances_for(tasks, task, &cluster), spare(task, &cluster));
        }
    }
}
