//! The invariants of a random run of scaling in numbers, as the templates describe them, and the
//! alarm of its additional policy.

use region::services::{Comparison, Dimension, PutMetricAlarm, Statistic, Tag};
use time::Duration;

use super::oracle::{Adjustment, Policy, Rules, Target};
use super::{Names, Scaled, alarm_topic};
use crate::random::Environment;

/// The alarm of the additional policy.
pub(super) fn additional_alarm(names: &Names) -> PutMetricAlarm {
    let Names { cluster, service, .. } = names;
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    PutMetricAlarm {
        alarm_name: names.alarm("more"),
        alarm_actions: vec![alarm_topic()],
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("MemoryUtilization".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: vec![dimension("ClusterName", cluster), dimension("ServiceName", service)],
        period: Some(60),
        evaluation_periods: 1,
        threshold: Some(80.0),
        comparison_operator: Some(Comparison::GreaterThanOrEqualToThreshold),
        tags: vec![Tag {
            key: "ecs-tide:target".to_owned(),
            value: format!("service/{cluster}/{service}"),
        }],
        ..PutMetricAlarm::default()
    }
}

/// The invariants of a cluster with this setup and these names in this environment.
pub(super) fn rules(setup: &Scaled, names: Names, environment: &Environment) -> Rules {
    let text = |name: &str| setup.parameters.get(name).map(String::as_str);
    let number = |name: &str, default: i64| {
        text(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let percent = |name: &str, default: f64| {
        text(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let policy = |alarm: &str, target, adjustment, cooldown| Policy {
        alarm: names.alarm(alarm),
        target,
        adjustment,
        cooldown: Duration::seconds(cooldown),
    };
    // The composite alarm exists only for the metrics of ECS, and has no value.
    let on_one = text("ScaleInOnBoth") == Some("false") || text("ServiceMetric").is_some();
    let tasks_in = match on_one {
        true => policy(
            "tasks-in",
            Target::Tasks,
            Adjustment::Below(percent("ServiceInPercent", 30.0), -10),
            300,
        ),
        false => policy("tasks-in-both", Target::Tasks, Adjustment::Percent(-10), 300),
    };
    let by_use = Adjustment::ByUse(vec![(70.0, 10), (90.0, 50), (120.0, 100)]);
    let mut policies = vec![policy("tasks-out", Target::Tasks, by_use, 120), tasks_in];
    if setup.cluster_too {
        policies.extend([
            policy("instances-out", Target::Instances, Adjustment::Percent(50), 0),
            policy("instances-in", Target::Instances, Adjustment::Count(-1), 0),
        ]);
    }
    if setup.has_additional_policy() {
        policies.push(policy("more", Target::Tasks, Adjustment::Count(2), 60));
    }
    Rules {
        names,
        lag: Duration::seconds(i64::try_from(environment.read_lag_seconds).unwrap_or_default()),
        tasks_min: number("TasksMin", 2),
        tasks_max: number("TasksMax", 10),
        raises: setup.cluster_too && text("AddInstancesForTasks") != Some("false"),
        keeps_room: setup.cluster_too && text("KeepCapacityForTasks") != Some("false"),
        policies,
    }
}
