//! Adds instances to the group of a full cluster in which a service scales out.

use serde::Serialize;

use crate::Time;
use crate::capacity::Clamp;
use crate::decide::{Decision, Outcome, Reason};
use crate::memory::{Direction, LastScaling};
use crate::policy::{Cluster, DEFAULT_COOLDOWN, Policy, Target};
use crate::room::{ContainerInstance, Resources, instances_for};
use crate::state::{Group, Service};
use crate::times::{rfc3339, whole_second};

/// The unplaced tasks of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    pub service: Target,
    /// How many tasks are to run but are not placed.
    pub tasks: u32,
    /// What one of them reserves.
    pub task: Resources,
}

impl Unplaced {
    /// The unplaced tasks of a service that is scaled to `to`.
    pub fn of(service: &Target, state: &Service, to: u32, task: Resources) -> Self {
        Self { service: service.clone(), tasks: to.saturating_sub(state.placed()), task }
    }
}

/// Everything about raising a group for the tasks of its services.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Raise {
    /// When it was decided.
    #[serde(serialize_with = "rfc3339")]
    pub at: Time,
    /// The group.
    pub target: Target,
    /// The unplaced tasks.
    pub tasks: Vec<Unplaced>,
    /// How many more instances they need.
    pub instances: u32,
    /// How many instances the group has requested but not received.
    pub coming: u32,
    /// What was read of the group.
    pub state: Group,
    /// The bound that the capacity was clamped to.
    pub clamp: Option<Clamp>,
    pub outcome: Outcome,
    /// What to record on the group before it is raised.
    pub remember: Option<LastScaling>,
}

/// The inputs of a raise.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The cluster, whose group it is.
    pub cluster: &'a Cluster,
    /// The policies of the serialization key.
    pub policies: &'a [Policy],
    /// The decision of a service that scales out, whose transition the raise records.
    pub cause: &'a Decision,
    /// The unplaced tasks.
    pub tasks: &'a [Unplaced],
    /// What was read of the group.
    pub state: &'a Group,
    /// The instances of the cluster.
    pub instances: &'a [ContainerInstance],
}

/// Decides by how much unplaced tasks raise the capacity of their group.
///
/// Instances that the group has requested but not received count for the tasks, so a second
/// reconcile does not request them twice. The maximum is the least of the group's own and those of
/// its policies.
pub fn raise(inputs: Inputs<'_>, now: Time) -> Raise {
    let Inputs { cluster, policies, cause, tasks, state, instances } = inputs;
    let of_group = policies.iter().filter(|policy| policy.resource_id == cluster.resource_id);
    // Of several services the largest task counts for all: they share the instances.
    let largest = tasks.iter().fold(Resources::default(), |task, one| task.max(one.task));
    let count = tasks.iter().fold(0, |sum: u32, one| sum.saturating_add(one.tasks));
    let needed = instances_for(count, largest, instances);
    let active = instances.iter().filter(|instance| instance.active && instance.of_group).count();
    let active = u32::try_from(active).unwrap_or(u32::MAX);
    let coming = state.desired.saturating_sub(active);
    let wanted = state.desired.saturating_add(needed.saturating_sub(coming));
    let bound = of_group.clone().map(|policy| policy.max_capacity).min();
    let max = bound.map_or(state.max_size, |bound| bound.min(state.max_size));
    let to = wanted.min(max.max(state.desired));
    let clamp = (to < wanted).then_some(Clamp::ToMax);
    let outcome = if state.managed {
        Outcome::NotScaled(Reason::ManagedByCapacityProvider)
    } else if to > state.desired {
        Outcome::Scale { from: state.desired, to }
    } else if clamp.is_some() {
        Outcome::NotScaled(Reason::AlreadyAtMaxCapacity { max_capacity: max })
    } else {
        Outcome::NotScaled(Reason::AlreadyAtDesiredCapacity { current_capacity: state.desired })
    };
    let cooldown = of_group.map(|policy| policy.scale_out_cooldown).max();
    let remember = match outcome {
        Outcome::Scale { from, to } => Some(LastScaling {
            at: whole_second(now),
            direction: Direction::Out,
            cooldown: cooldown.unwrap_or(DEFAULT_COOLDOWN),
            from,
            base: from,
            to,
            transition: cause.inputs.breach.transition(),
        }),
        Outcome::NotScaled(_) => None,
    };
    Raise {
        at: now,
        target: cluster.resource_id.clone(),
        tasks: tasks.to_vec(),
        instances: needed,
        coming,
        state: state.clone(),
        clamp,
        outcome,
        remember,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::{self, Breach};
    use crate::policy::Policies;
    use crate::state::{self, State};

    const TOGETHER: &str = include_str!("../policies/service-and-group.yaml");
    const TASK: Resources = Resources { cpu: 256, memory: 512 };

    fn at(seconds: i64) -> Time {
        Time::from_unix_timestamp(1_764_064_800 + seconds).unwrap()
    }

    /// An instance that holds four tasks, as many of them as this.
    fn instance(zone: &str, tasks: u32) -> ContainerInstance {
        ContainerInstance {
            zone: zone.to_owned(),
            active: true,
            of_group: true,
            registered: Resources { cpu: 1024, memory: 2048 },
            free: Resources { cpu: 1024 - tasks * 256, memory: 2048 - tasks * 512 },
            tasks,
        }
    }

    fn group(desired: u32) -> Group {
        Group {
            desired,
            warm: desired,
            warming: 0,
            unregistered: 0,
            terminating: 0,
            min_size: 0,
            max_size: 8,
            managed: false,
            cluster: state::Cluster { instances: desired, draining: 0 },
            spare: None,
        }
    }

    /// What becomes of the group when the service, which runs 8 tasks, wants `to`.
    fn raised(to: u32, state: &Group, instances: &[ContainerInstance]) -> Raise {
        let policies = Policies::read(TOGETHER).unwrap();
        let (of_group, of_service): (Vec<Policy>, Vec<Policy>) =
            policies.policies.into_iter().partition(|p| matches!(p.resource_id, Target::Group(_)));
        let service = Service {
            desired: 8,
            running: 8,
            pending: 0,
            deployments: 1,
            rolling_out: false,
            scalable: true,
        };
        let breach = Breach {
            alarm: "arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high".parse().unwrap(),
            since: at(-60),
            event: None,
            threshold: Some(70.0),
            operator: None,
            metric: Some(90.0),
            muted: false,
        };
        let tasks = [Unplaced::of(&of_service[0].resource_id, &service, to, TASK)];
        let cause = decide::decide(
            decide::Inputs {
                policy: of_service[0].clone(),
                breach,
                state: State::Service(service),
                last: None,
            },
            at(0),
        );
        let cluster = &policies.clusters[0];
        raise(
            Inputs { cluster, policies: &of_group, cause: &cause, tasks: &tasks, state, instances },
            at(0),
        )
    }

    #[test]
    fn unplaced_tasks_raise_the_group_by_the_instances_they_need() {
        let full = [instance("a", 4), instance("b", 4)];
        let raise = raised(12, &group(2), &full);
        assert_eq!(raise.outcome, Outcome::Scale { from: 2, to: 4 });
        assert_eq!((raise.tasks[0].tasks, raise.instances, raise.coming), (4, 2, 0));
        let remembered = raise.remember.unwrap();
        assert_eq!((remembered.from, remembered.to, remembered.cooldown), (2, 4, 300));
        let room = [instance("a", 0), instance("b", 0)];
        let held = Reason::AlreadyAtDesiredCapacity { current_capacity: 2 };
        assert_eq!(raised(12, &group(2), &room).outcome, Outcome::NotScaled(held));
    }

    #[test]
    fn requested_instances_are_not_requested_twice() {
        let full = [instance("a", 4), instance("b", 4)];
        let again = raised(12, &group(4), &full);
        let held = Reason::AlreadyAtDesiredCapacity { current_capacity: 4 };
        assert_eq!((again.outcome, again.coming), (Outcome::NotScaled(held), 2));
        assert_eq!(raised(12, &group(3), &full).outcome, Outcome::Scale { from: 3, to: 4 });
    }

    #[test]
    fn the_least_of_all_maxima_holds_and_a_group_beyond_it_is_left() {
        let full = [instance("a", 4), instance("b", 4)];
        // The group's policies allow 6, the group itself 8.
        let raise = raised(100, &group(2), &full);
        assert_eq!(raise.outcome, Outcome::Scale { from: 2, to: 6 });
        assert_eq!(raise.clamp, Some(Clamp::ToMax));
        let tight = Group { max_size: 3, ..group(2) };
        assert_eq!(raised(100, &tight, &full).outcome, Outcome::Scale { from: 2, to: 3 });
        let beyond = raised(100, &group(7), &full);
        let held = Reason::AlreadyAtMaxCapacity { max_capacity: 6 };
        assert_eq!(beyond.outcome, Outcome::NotScaled(held));
    }

    #[test]
    fn a_group_of_a_capacity_provider_is_left_to_it() {
        let managed = Group { managed: true, ..group(2) };
        let raise = raised(12, &managed, &[instance("a", 4)]);
        assert_eq!(raise.outcome, Outcome::NotScaled(Reason::ManagedByCapacityProvider));
    }
}
