//! Instances that warm up count in the desired capacity, but not in the base of a scale-out.

use region::services::{
    Comparison, Control, CreateGroup, CreateService, Dimension, PutMetricAlarm, Statistic,
};
use scenarios::scaling::{By, ScaledCluster, alarm_topic};
use scenarios::stack::ALARM_SCALING;

use crate::scaling::rehearsed::{Rehearsed, cluster, tagged, with};

/// A policy that removes an instance, with an alarm on another metric.
const QUIET: &str = r#"{"Alarm":"quiet","ResourceId":"autoScalingGroup/demo-group",
"MinCapacity":0,"MaxCapacity":2147483647,"AdjustmentType":"ChangeInCapacity","StepAdjustments":[
{"MetricIntervalUpperBound":0,"ScalingAdjustment":-1}]}"#;

/// Two new instances that come into service after a minute and are full then, with a warm-up of
/// this many seconds.
fn fresh(by: By, warm_up: u64) -> ScaledCluster {
    let base = cluster();
    ScaledCluster {
        service_by: By::Nobody,
        cluster_by: by,
        group: CreateGroup {
            desired: 2,
            min: 2,
            max: 8,
            cpu: 1024,
            memory: 4096,
            ready: false,
            default_instance_warmup: Some(warm_up),
            ..base.group
        },
        service: CreateService { desired: 8, ..base.service },
        ..base
    }
}

/// An alarm that is always in ALARM and scales the group in.
fn quiet() -> PutMetricAlarm {
    PutMetricAlarm {
        alarm_name: "quiet".to_owned(),
        alarm_actions: vec![alarm_topic()],
        namespace: Some("AWS/ECS".to_owned()),
        metric_name: Some("MemoryReservation".to_owned()),
        statistic: Some(Statistic::Average),
        dimensions: vec![Dimension { name: "ClusterName".to_owned(), value: "demo".to_owned() }],
        period: Some(60),
        evaluation_periods: 1,
        threshold: Some(100.0),
        comparison_operator: Some(Comparison::LessThanOrEqualToThreshold),
        tags: tagged("autoScalingGroup/demo-group"),
        ..PutMetricAlarm::default()
    }
}

/// The group's desired capacity after each minute.
async fn capacities(cluster: &ScaledCluster, quiet_too: bool, minutes: usize) -> Vec<usize> {
    let rehearsed = Rehearsed::of(cluster).await;
    if quiet_too {
        rehearsed.control(Control::PutMetricAlarm(quiet()));
    }
    rehearsed.load(1.0);
    let mut capacities = Vec::new();
    for _ in 0..minutes {
        rehearsed.minutes(1).await;
        capacities.push(rehearsed.instances());
    }
    capacities
}

#[tokio::test(start_paused = true)]
async fn a_group_scales_alike_whatever_other_alarm_is_on() {
    let cluster = with(fresh(By::AlarmScaling, 300), &[("AdditionalGroupPolicies", QUIET)]);
    let alone = capacities(&cluster, false, 10).await;
    assert_eq!(alone, capacities(&cluster, true, 10).await);
    // Both are warm six minutes after they registered. A reconcile follows within a minute.
    assert_eq!(alone.get(..6), Some(&[2; 6][..]), "{alone:?}");
    assert_eq!(alone.get(7), Some(&3), "{alone:?}");
}

#[tokio::test(start_paused = true)]
async fn what_warms_up_is_no_base_of_a_scale_out_native_or_alarm_scaling() {
    for warm_up in [0, 240, 600] {
        let mut firsts = Vec::new();
        for by in [By::Native, By::AlarmScaling] {
            let capacities = capacities(&fresh(by, warm_up), false, 10).await;
            firsts.push(capacities.iter().position(|capacity| *capacity > 2));
        }
        let (native, alarm_scaling) = (firsts[0], firsts[1]);
        // A requeued reconcile follows within a minute.
        let later = native.map(|minute| minute + 1);
        assert!(alarm_scaling == native || alarm_scaling == later, "{warm_up} s: {firsts:?}");
        match warm_up {
            0 => assert!(native.unwrap() < 4, "{firsts:?}"),
            240 => assert!((4..7).contains(&native.unwrap()), "{firsts:?}"),
            _ => assert_eq!(native, None),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_without_a_warm_up_scales_without_reading_instances() {
    let rehearsed = Rehearsed::of(&fresh(By::AlarmScaling, 0)).await;
    rehearsed.load(1.0);
    rehearsed.minutes(6).await;
    assert!(rehearsed.instances() > 2);
    let runs = rehearsed.0.runs();
    let ours = runs.iter().filter(|run| run.function == ALARM_SCALING);
    assert!(ours.flat_map(|run| &run.calls).all(|call| call != "ListContainerInstances"));
}
