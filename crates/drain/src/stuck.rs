//! Why a drain does not end.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ServiceName, TaskArn};

use crate::seen::Instance;

/// Why a drain does not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// ECS finds no container instance with capacity for the replacement.
    NoCapacity,
    /// There is capacity, but a constraint, a port or an attribute prevents the placement.
    PlacementFailure,
    /// The service may run neither fewer nor more tasks: its minimum and maximum are both 100%, so
    /// ECS moves none.
    MinEqualsMax,
    /// Tasks that belong to no service.
    StandaloneTasks,
    /// Tasks that are protected from scale-in.
    TaskProtection,
    /// The instance is registered in another cluster, or ours does not exist.
    WrongCluster,
    /// The agent is disconnected.
    AgentGone,
    /// The tasks were asked to stop and have not stopped.
    SlowStop,
    /// None of the above.
    Unexplained,
}

impl Reason {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoCapacity => "no_capacity",
            Self::PlacementFailure => "placement_failure",
            Self::MinEqualsMax => "min_equals_max",
            Self::StandaloneTasks => "standalone_tasks",
            Self::TaskProtection => "task_protection",
            Self::WrongCluster => "wrong_cluster",
            Self::AgentGone => "agent_gone",
            Self::SlowStop => "slow_stop",
            Self::Unexplained => "unexplained",
        }
    }

    /// The name of the metric that counts it.
    pub fn metric(self) -> &'static str {
        match self {
            Self::NoCapacity => "StuckNoCapacity",
            Self::PlacementFailure => "StuckPlacementFailure",
            Self::MinEqualsMax => "StuckMinEqualsMax",
            Self::StandaloneTasks => "StuckStandaloneTasks",
            Self::TaskProtection => "StuckTaskProtection",
            Self::WrongCluster => "StuckWrongCluster",
            Self::AgentGone => "StuckAgentGone",
            Self::SlowStop => "StuckSlowStop",
            Self::Unexplained => "StuckUnexplained",
        }
    }
}

/// The properties of a service that can hold up a drain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Service {
    /// Its deployment configuration's minimumHealthyPercent.
    pub minimum_percent: Option<i32>,
    /// Its deployment configuration's maximumPercent.
    pub maximum_percent: Option<i32>,
    /// Whether it runs one task on each container instance.
    pub daemon: bool,
    /// The newest event message about a task that could not be placed.
    pub unplaced: Option<String>,
}

/// The reasons why tasks on `instance` remain. `services` are the services of these tasks;
/// `protected` are the tasks with scale-in protection.
pub fn explain(
    instance: &Instance,
    services: &BTreeMap<ServiceName, Service>,
    protected: &BTreeSet<TaskArn>,
) -> BTreeSet<Reason> {
    let mut reasons = BTreeSet::new();
    for registration in &instance.registrations {
        if !registration.agent_connected {
            reasons.insert(Reason::AgentGone);
        }
        for task in registration.unstopped() {
            if protected.contains(&task.arn) {
                reasons.insert(Reason::TaskProtection);
            }
            let reason = match &task.service {
                _ if task.stopping => Some(Reason::SlowStop),
                None => Some(Reason::StandaloneTasks),
                Some(name) => services.get(name).and_then(held_up),
            };
            reasons.extend(reason);
        }
    }
    if reasons.is_empty() {
        reasons.insert(Reason::Unexplained);
    }
    reasons
}

fn held_up(service: &Service) -> Option<Reason> {
    let full = |percent: Option<i32>| percent == Some(100);
    if !service.daemon && full(service.minimum_percent) && full(service.maximum_percent) {
        return Some(Reason::MinEqualsMax);
    }
    let message = service.unplaced.as_deref()?;
    let no_room = message.contains("insufficient") || message.contains("No Container Instances");
    Some(if no_room { Reason::NoCapacity } else { Reason::PlacementFailure })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, instance, registration, task};
    use crate::seen::{Registration, Status, Task};

    fn reasons(tasks: Vec<Task>, service: Service, protected: &[&str]) -> Vec<Reason> {
        let registration =
            Registration { tasks: fixtures::tasks(tasks, 0), ..registration(Status::Draining, 1) };
        let found = instance("Terminating:Wait", vec![registration]);
        let protected = protected.iter().map(|arn| TaskArn::from_aws(*arn)).collect();
        explain(&found, &BTreeMap::from([(ServiceName::from_aws("web"), service)]), &protected)
            .into_iter()
            .collect()
    }

    fn web() -> Vec<Task> {
        vec![task("t", "service:web", false)]
    }

    #[test]
    fn each_reason_follows_from_what_was_read() {
        let service = |minimum, maximum, unplaced: Option<&str>| Service {
            minimum_percent: Some(minimum),
            maximum_percent: Some(maximum),
            daemon: false,
            unplaced: unplaced.map(str::to_owned),
        };
        let full = "was unable to place a task … has insufficient CPU units available";
        let constraint = "was unable to place a task … is missing an attribute required by it";
        assert_eq!(reasons(web(), service(100, 100, None), &[]), [Reason::MinEqualsMax]);
        assert_eq!(reasons(web(), service(100, 200, Some(full)), &[]), [Reason::NoCapacity]);
        assert_eq!(
            reasons(web(), service(100, 200, Some(constraint)), &[]),
            [Reason::PlacementFailure]
        );
        assert_eq!(reasons(web(), service(50, 200, None), &["t"]), [Reason::TaskProtection]);
        assert_eq!(reasons(web(), service(50, 100, None), &[]), [Reason::Unexplained]);
        let daemon = Service { daemon: true, ..service(100, 100, None) };
        assert_eq!(reasons(web(), daemon, &[]), [Reason::Unexplained]);
        let job = vec![task("j", "family:job", false)];
        assert_eq!(reasons(job, Service::default(), &[]), [Reason::StandaloneTasks]);
        let slow = vec![task("t", "service:web", true)];
        assert_eq!(reasons(slow, Service::default(), &[]), [Reason::SlowStop]);
    }

    #[test]
    fn an_agent_that_is_away_explains_tasks_that_nobody_read() {
        let away = Registration { agent_connected: false, ..registration(Status::Draining, 1) };
        let found = instance("Terminating:Wait", vec![away]);
        let reasons = explain(&found, &BTreeMap::new(), &BTreeSet::new());
        assert_eq!(reasons, BTreeSet::from([Reason::AgentGone]));
    }

    #[test]
    fn every_reason_has_a_name_and_a_metric_of_its_own() {
        let all = [
            Reason::NoCapacity,
            Reason::PlacementFailure,
            Reason::MinEqualsMax,
            Reason::StandaloneTasks,
            Reason::TaskProtection,
            Reason::WrongCluster,
            Reason::AgentGone,
            Reason::SlowStop,
            Reason::Unexplained,
        ];
        crate::fixtures::assert_names(&all.map(Reason::name));
        crate::fixtures::assert_names(&all.map(Reason::metric));
    }
}
