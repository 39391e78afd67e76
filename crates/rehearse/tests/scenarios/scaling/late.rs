//! Late samples of metrics, so that the newest minutes lack some or all of them.

use region::region::Settings;
use region::services::{
    Comparison, Control, CreateService, LateSamples, PutMetricAlarm, StateValue,
};
use scenarios::scaling::{By, Stage, shown};
use serde_json::json;

use crate::scaling::scene::{Scene, alarm_topic, stage, with};

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
fn six(by: By, metric: &str, late_samples: Vec<LateSamples>) -> Stage {
    let mut settings = Settings::default();
    settings.services.cloudwatch.late_samples = late_samples;
    let base = stage();
    let mut parameters = base.parameters;
    parameters.extend(shown::parameters(metric));
    Stage {
        service_by: by,
        service: CreateService { desired: 6, ..base.service },
        settings,
        parameters,
        ..base
    }
}

/// The desired counts under a load of 3 tasks for six minutes, and then of `load`.
async fn follow(stage: &Stage, load: f64, minutes: usize) -> Vec<usize> {
    let scene = Scene::of(stage).await;
    let mut tasks = vec![scene.tasks()];
    scene.load_shown(&stage.parameters, 0.0);
    scene.minutes(3).await;
    scene.load_shown(&stage.parameters, 3.0);
    scene.minutes(6).await;
    scene.load_shown(&stage.parameters, load);
    for _ in 0..minutes {
        scene.minutes(1).await;
        tasks.push(scene.tasks());
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
                let stage = six(by, metric, vec![late(name, percent, 50)]);
                let tasks = follow(&stage, 4.5, 12).await;
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
    let stage = with(
        six(
            By::AlarmScaling,
            "connections-per-task",
            vec![late("ActiveConnectionCount", 100, 100)],
        ),
        &[("ServiceInMinutes", "2")],
    );
    let scene = Scene::of(&stage).await;
    scene.load_shown(&stage.parameters, 3.0);
    scene.minutes(15).await;
    let state =
        scene.0.live.observe(|region, _| region.services().alarm_state("ecs-tide-tasks-in"));
    assert_eq!(state, Some(StateValue::Alarm));
    assert_eq!(scene.tasks(), 6);
    assert!(scene.outcomes().contains("NoMatchingStep"), "{:?}", scene.outcomes());
}

#[tokio::test(start_paused = true)]
async fn a_service_without_tasks_is_woken_by_what_waits() {
    for by in [By::Native, By::AlarmScaling] {
        for late_samples in [vec![], vec![late("CPUUtilization", 100, 100)]] {
            let stage = six(by, "sqs-backlog-per-task", late_samples);
            let stage = Stage { service: CreateService { desired: 0, ..stage.service }, ..stage };
            let scene = Scene::of(&stage).await;
            scene.load_shown(&stage.parameters, 0.0);
            scene.minutes(5).await;
            assert_eq!(scene.tasks(), 0);
            scene.load_shown(&stage.parameters, 1.0);
            scene.minutes(4).await;
            assert!((1..=2).contains(&scene.tasks()), "{by:?}: {} tasks", scene.tasks());
        }
    }
}

/// An additional policy whose alarm divides by the number of tasks that have reported.
#[tokio::test(start_paused = true)]
async fn the_step_follows_a_complete_minute_and_not_a_late_one() {
    let more = r#"{"Policies":[{"Alarm":"backlog","ResourceId":"service/demo/web",
        "MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"PercentChangeInCapacity",
        "StepAdjustments":[
        {"MetricIntervalLowerBound":0,"MetricIntervalUpperBound":50,"ScalingAdjustment":10},
        {"MetricIntervalLowerBound":50,"ScalingAdjustment":100}]}]}"#;
    for (percent, seconds) in [(100, 40), (50, 40), (50, 100)] {
        let late = late("CPUUtilization", percent, seconds);
        let stage = six(By::AlarmScaling, "kinesis-lag", vec![late]);
        let queue = shown::parameters("sqs-backlog-per-task");
        let scene = Scene::of(&with(stage, &[("AdditionalPolicies", more)])).await;
        scene.load_shown(&queue, 4.5);
        scene.minutes(5).await;
        scene.control(Control::PutMetricAlarm(backlog()));
        let mut tasks = vec![scene.tasks()];
        for _ in 0..4 {
            scene.minutes(1).await;
            tasks.push(scene.tasks());
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
        ..PutMetricAlarm::default()
    }
}
