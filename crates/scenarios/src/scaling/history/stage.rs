//! The stage of a random run, and the invariants that hold for it.

use region::region::Settings;
use region::services::{
    Comparison, CreateGroup, CreateService, Dimension, PutMetricAlarm, Statistic, Workload,
};
use time::Duration;

use super::{Cast, History};
use crate::scaling::oracle::{Policy, Rules, Step, Target};
use crate::scaling::{By, SERVICE, Stage};
use crate::stack::CLUSTER;

/// The alarm of the additional policy.
pub(super) const MORE: &str = "ecs-tide-more";

/// The stage of a random run.
pub(super) fn stage(history: &History) -> Stage {
    let cast = &history.cast;
    let (min, max) = cast.sizes;
    Stage {
        service_by: By::AlarmScaling,
        cluster_by: if cast.cluster_too { By::AlarmScaling } else { By::Nobody },
        parameters: cast.parameters.clone(),
        // Four tasks fill an instance.
        group: CreateGroup {
            desired: cast.instances,
            min,
            max,
            cpu: 1_024,
            memory: 4_096,
            ..CreateGroup::default()
        },
        service: CreateService {
            desired: cast.tasks,
            workload: Workload { stop_min_seconds: 1, stop_max_seconds: 10, ..Workload::default() },
            ..CreateService::default()
        },
        settings: settings(history),
    }
}

fn settings(history: &History) -> Settings {
    let mut settings = history.cast.medium.settings(&history.parts);
    settings.services.placement_retry_most_seconds = 60;
    settings.services.cloudwatch.late_samples = history.cast.late.clone().into_iter().collect();
    settings
}

/// Whether the stack has an additional policy.
pub(super) fn has_more(cast: &Cast) -> bool {
    cast.parameters.contains_key("AdditionalPolicies")
}

/// The alarm of the additional policy, which notifies `topic`.
pub(super) fn more(topic: &str) -> PutMetricAlarm {
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    PutMetricAlarm {
        alarm_name: MORE.to_owned(),
        alarm_actions: vec![topic.to_owned()],
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("MemoryUtilization".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: vec![dimension("ClusterName", CLUSTER), dimension("ServiceName", SERVICE)],
        period: Some(60),
        evaluation_periods: 1,
        threshold: Some(80.0),
        comparison_operator: Some(Comparison::GreaterThanOrEqualToThreshold),
        ..PutMetricAlarm::default()
    }
}

/// The invariants of a stack with these parameters, as the templates describe them.
pub(super) fn rules(cast: &Cast) -> Rules {
    let text = |name: &str| cast.parameters.get(name).map(String::as_str);
    let number = |name: &str, default: i64| {
        text(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let percent = |name: &str, default: f64| {
        text(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let policy = |alarm: &str, target, step, cooldown| Policy {
        alarm: format!("ecs-tide-{alarm}"),
        target,
        step,
        cooldown: Duration::seconds(cooldown),
    };
    // The composite alarm exists only for the metrics of ECS, and has no value.
    let on_one = text("ScaleInOnBoth") == Some("false") || text("ServiceMetric").is_some();
    let tasks_in = match on_one {
        true => policy(
            "tasks-in",
            Target::Tasks,
            Step::Below(percent("ServiceInPercent", 30.0), -10),
            300,
        ),
        false => policy("tasks-in-both", Target::Tasks, Step::Percent(-10), 300),
    };
    let by_use = Step::ByUse(vec![(70.0, 10), (90.0, 50), (120.0, 100)]);
    let mut policies = vec![policy("tasks-out", Target::Tasks, by_use, 120), tasks_in];
    if cast.cluster_too {
        policies.extend([
            policy("instances-out", Target::Instances, Step::Percent(50), 0),
            policy("instances-in", Target::Instances, Step::Count(-1), 0),
        ]);
    }
    if has_more(cast) {
        policies.push(policy("more", Target::Tasks, Step::Count(2), 60));
    }
    Rules {
        lag: Duration::seconds(i64::try_from(cast.medium.read_lag_seconds).unwrap_or_default()),
        tasks_min: number("TasksMin", 2),
        tasks_max: number("TasksMax", 10),
        raises: cast.cluster_too && text("AddInstancesForTasks") != Some("false"),
        keeps_room: cast.cluster_too && text("KeepCapacityForTasks") != Some("false"),
        policies,
    }
}
