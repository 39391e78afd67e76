//! Late samples of metrics, so that the newest minutes lack some or all of them.

use region::region::Settings;
use region::services::{
    Comparison, Control, CreateService, LateSamples, PutMetricAlarm, StateValue,
};
use scenarios::scaling::{By, ScaledCluster, alarm_topic, shown};
use serde_json::json;

use crate::scaling::rehearsed::{Rehearsed, cluster, tagged, with};

const METRICS: [&str; 3] = ["connections-per-task", "in-flight-per-task", "sqs-backlog-per-task"];

/// In every minute, `percent` of the samples of a metric arrive `seconds` late.
fn late(metric: &str, percent: u32, seconds: u64) -> LateSamples {
    LateSamples {
        metric: Some(metric.to_owned()),
        minutes_percent: 100,
        samples_percent: percent..=percent,
        seconds: seconds..=seconds,
    }
}

/// A service of six tasks that scales on `metric`, with late samples.
fn six(by: By, metric: &str, late_samples: Vec<LateSamples>) -> ScaledCluster {
    let mut settings = Settings::default();
    settings.services.cloudwatch.late_samples = late_samples;
    let base = cluster();
    let mut parameters = base.parameters;
    parameters.extend(shown::parameters(metric));
    ScaledCluster {
        service_by: by,
        service: CreateService { desired: 6, ..base.service },
        settings,
        parameters,
        ..base
    }
}

/// The desired counts under a load of 3 tasks for six minutes, and then of `load`.
async fn follow(cluster: &ScaledCluster, load: f64, minutes: usize) -> Vec<usize> {
    let rehearsed = Rehearsed::of(cluster).await;
    let mut tasks = vec![rehearsed.tasks()];
    rehearsed.load_shown(&cluster.parameters, 0.0);
    rehearsed.minutes(3).await;
    rehearsed.load_shown(&cluster.parameters, 3.0);
    rehearsed.minutes(6).await;
    rehearsed.load_shown(&cluster.parameters, load);
    for _ in 0..minutes {
        rehearsed.minutes(1).await;
        tasks.push(rehearsed.tasks());
    }
    tasks.dedup();
    tasks
}

#[tokio::test(start_paused = true)]
async fn six_tasks_become_seven_and_not_twelve_if_their_samples_are_late() {
    for metric in METRICS {
        for by in [By::Native, By::AlarmScaling] {
            for (percent, seconds) in [(100, 40), (100, 100), (50, 40), (50, 100)] {
                let late = late("CPUUtilization", percent, seconds);
                let tasks = follow(&six(by, metric, vec![late]), 4.5, 12).await;
                // Samples that are 100 s late still count six tasks when the cooldown is over.
                let most = if seconds == 100 { 8 } else { 7 };
                let what = format!("{metric} {by:?} {percent} % {seconds} s late: {tasks:?}");
                assert!(
                    tasks.starts_with(&[6, 7]) && tasks.iter().all(|one| *one <= most),
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_scales_out_if_the_newest_minute_of_its_load_is_always_late() {
    let names = ["ActiveConnectionCount", "RequestCount", "ApproximateNumberOfMessagesVisible"];
    for (metric, name) in METRICS.into_iter().zip(names) {
        for by in [By::Native, By::AlarmScaling] {
            for percent in [50, 100] {
                let cluster = six(by, metric, vec![late(name, percent, 50)]);
                let tasks = follow(&cluster, 4.5, 12).await;
                assert_eq!(tasks, [6, 7], "{metric} {by:?} {percent} % late");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_scales_in_if_every_newest_minute_is_late() {
    for metric in METRICS {
        for by in [By::Native, By::AlarmScaling] {
            let every = LateSamples { metric: None, ..late("", 100, 100) };
            for late in [late("CPUUtilization", 100, 40), late("CPUUtilization", 50, 100), every] {
                let what = format!("{metric} {by:?} {late:?}");
                let tasks = follow(&six(by, metric, vec![late]), 0.9, 20).await;
                assert_eq!(tasks.get(..2), Some(&[6, 5][..]), "{what}");
            }
        }
    }
}

/// Two incomplete minutes look idle, so the alarm goes into ALARM; a complete minute does not.
#[tokio::test(start_paused = true)]
async fn minutes_that_only_look_idle_remove_no_task() {
    let cluster = with(
        six(
            By::AlarmScaling,
            "connections-per-task",
            vec![late("ActiveConnectionCount", 100, 100)],
        ),
        &[("ServiceInMinutes", "2")],
    );
    let rehearsed = Rehearsed::of(&cluster).await;
    rehearsed.load_shown(&cluster.parameters, 3.0);
    rehearsed.minutes(15).await;
    let state =
        rehearsed.0.live.observe(|region, _| region.services().alarm_state("ecs-tide-tasks-in"));
    assert_eq!(state, Some(StateValue::Alarm));
    assert_eq!(rehearsed.tasks(), 6);
    assert!(rehearsed.outcomes().contains("NoMatchingStep"), "{:?}", rehearsed.outcomes());
}

#[tokio::test(start_paused = true)]
async fn a_service_without_tasks_is_woken_by_what_waits() {
    for by in [By::Native, By::AlarmScaling] {
        for late_samples in [vec![], vec![late("CPUUtilization", 100, 100)]] {
            let cluster = six(by, "sqs-backlog-per-task", late_samples);
            let cluster = ScaledCluster {
                service: CreateService { desired: 0, ..cluster.service },
                ..cluster
            };
            let rehearsed = Rehearsed::of(&cluster).await;
            rehearsed.load_shown(&cluster.parameters, 0.0);
            rehearsed.minutes(5).await;
            assert_eq!(rehearsed.tasks(), 0);
            rehearsed.load_shown(&cluster.parameters, 1.0);
            rehearsed.minutes(4).await;
            assert!((1..=2).contains(&rehearsed.tasks()), "{by:?}: {} tasks", rehearsed.tasks());
        }
    }
}

/// An additional policy whose alarm divides by the number of tasks that have reported.
#[tokio::test(start_paused = true)]
async fn the_step_follows_a_complete_minute_and_not_a_late_one() {
    let more = r#"{"Alarm":"backlog","ResourceId":"service/demo/web",
        "MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"PercentChangeInCapacity",
        "StepAdjustments":[
        {"MetricIntervalLowerBound":0,"MetricIntervalUpperBound":50,"ScalingAdjustment":10},
        {"MetricIntervalLowerBound":50,"ScalingAdjustment":100}]}"#;
    for (percent, seconds) in [(100, 40), (50, 40), (50, 100)] {
        let late = late("CPUUtilization", percent, seconds);
        let cluster = six(By::AlarmScaling, "kinesis-lag", vec![late]);
        let queue = shown::parameters("sqs-backlog-per-task");
        let rehearsed = Rehearsed::of(&with(cluster, &[("AdditionalServicePolicies", more)])).await;
        rehearsed.load_shown(&queue, 4.5);
        rehearsed.minutes(5).await;
        rehearsed.control(Control::PutMetricAlarm(backlog()));
        let mut tasks = vec![rehearsed.tasks()];
        for _ in 0..4 {
            rehearsed.minutes(1).await;
            tasks.push(rehearsed.tasks());
        }
        tasks.dedup();
        assert_eq!(tasks, [6, 7], "{percent} % {seconds} s late");
    }
}

/// An alarm on messages per task that has reported, or in total if none has.
fn backlog() -> PutMetricAlarm {
    let stat = |id: &str, namespace: &str, name: &str, stat: &str, dimensions: &[(&str, &str)]| {
        let dimensions: Vec<_> =
            dimensions.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Period": 60, "Stat": stat,
            "Metric": {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}}})
    };
    let service = [("ClusterName", "demo"), ("ServiceName", "web")];
    let queue = [("QueueName", "jobs")];
    let metrics = json!([
        {"Id": "load", "Expression": "input / IF(FILL(tasks, 0) > 0, tasks, 1)", "ReturnData": true},
        stat("tasks", "AWS/ECS", "CPUUtilization", "SampleCount", &service),
        stat("input", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Average", &queue),
    ]);
    PutMetricAlarm {
        alarm_name: "backlog".to_owned(),
        alarm_actions: vec![alarm_topic()],
        metrics: serde_json::from_value(metrics).unwrap(),
        evaluation_periods: 1,
        threshold: Some(70.0),
        comparison_operator: Some(Comparison::GreaterThanOrEqualToThreshold),
        tags: tagged("service/demo/web"),
        ..PutMetricAlarm::default()
    }
}
