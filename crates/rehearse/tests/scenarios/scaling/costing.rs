//! The calls of each kind of reconcile, in order.

use std::collections::BTreeMap;

use bench::scaling::calls::{hop, reconciles};
use bench::scaling::targets::of_calls;
use bench::target::Target;
use region::services::{CreateGroup, CreateService};
use scenarios::scaling::{By, ScaledCluster};

use crate::scaling::rehearsed::{Rehearsed, cluster};

/// The calls of the reconcile with the most calls, by what caused it and the number of scaled
/// targets.
fn calls_of(rehearsed: &Rehearsed) -> BTreeMap<(&'static str, usize), String> {
    let kinds = reconciles(&rehearsed.0.runs()).into_iter().map(|(kind, reconciles)| {
        let by = match (kind.by_alarm, kind.alarmed) {
            (true, _) => "alarm",
            (false, true) => "requeue",
            (false, false) => "clear",
        };
        ((by, kind.scaled), reconciles.dearest.join(" "))
    });
    kinds.collect()
}

#[tokio::test(start_paused = true)]
async fn scaling_a_service_costs_seven_calls_and_an_idle_reconcile_two() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(6.0);
    rehearsed.minutes(5).await;
    rehearsed.load(4.0);
    rehearsed.minutes(20).await;
    let calls = calls_of(&rehearsed);
    assert_eq!(
        calls[&("alarm", 1)],
        "ListTagsForResource GetParameters PublishBatch DescribeAlarms DescribeServices TagResource \
         UpdateService"
    );
    assert_eq!(calls[&("clear", 0)], "GetParameters DescribeAlarms");
    assert_eq!(hop(&rehearsed.0.runs()), 1);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_scales_nothing_costs_five_calls() {
    let full = CreateService { desired: 20, ..cluster().service };
    let rehearsed = Rehearsed::of(&ScaledCluster { service: full, ..cluster() }).await;
    rehearsed.load(30.0);
    rehearsed.minutes(4).await;
    assert_eq!(
        calls_of(&rehearsed)[&("alarm", 0)],
        "ListTagsForResource GetParameters PublishBatch DescribeAlarms DescribeServices"
    );
}

/// A reconcile a minute later cannot use the value in the alarm's notification, and within a
/// cooldown only the value shows whether a larger step applies.
#[tokio::test(start_paused = true)]
async fn a_requeued_reconcile_reads_the_value_and_requeues() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(7.0);
    rehearsed.minutes(12).await;
    let calls = calls_of(&rehearsed);
    assert_eq!(
        calls[&("requeue", 0)],
        "GetParameters DescribeAlarms ListTagsForResource DescribeServices GetMetricData Publish"
    );
    assert_eq!(
        calls[&("requeue", 1)],
        "GetParameters DescribeAlarms ListTagsForResource DescribeServices GetMetricData \
         TagResource UpdateService Publish"
    );
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_scales_both_dimensions_costs_15_calls_at_most() {
    let rehearsed = Rehearsed::of(&ScaledCluster {
        cluster_by: By::AlarmScaling,
        group: CreateGroup { desired: 2, cpu: 1024, memory: 2048, max: 8, ..cluster().group },
        service: CreateService { desired: 5, ..cluster().service },
        ..cluster()
    })
    .await;
    rehearsed.load(6.0);
    rehearsed.minutes(4).await;
    assert_eq!(
        calls_of(&rehearsed)[&("alarm", 2)],
        "ListTagsForResource GetParameters PublishBatch GetParameters DescribeAlarms \
         DescribeServices DescribeTaskDefinition \
         DescribeAutoScalingGroups ListContainerInstances DescribeContainerInstances \
         TagResource UpdateService CreateOrUpdateTags SetDesiredCapacity"
    );
    let missed: Vec<_> = of_calls(&rehearsed.0.runs()).iter().filter_map(Target::missed).collect();
    assert_eq!(missed, [] as [String; 0]);
}

/// A scale-in of the group must know the capacity that the tasks need, so it reads the instances.
/// The notification of a metric math alarm does not contain sample counts, so the value is read.
#[tokio::test(start_paused = true)]
async fn an_alarm_that_takes_an_instance_away_reads_what_the_tasks_need() {
    let rehearsed = Rehearsed::of(&ScaledCluster {
        cluster_by: By::AlarmScaling,
        group: CreateGroup { cpu: 1024, memory: 2048, ..cluster().group },
        ..cluster()
    })
    .await;
    rehearsed.load(2.0);
    rehearsed.minutes(20).await;
    let calls = calls_of(&rehearsed);
    assert_eq!(
        calls[&("alarm", 1)],
        "ListTagsForResource GetParameters PublishBatch DescribeAlarms DescribeAutoScalingGroups \
         GetMetricData ListContainerInstances DescribeContainerInstances \
         CreateOrUpdateTags SetDesiredCapacity"
    );
    assert_eq!(
        calls[&("requeue", 1)],
        "GetParameters DescribeAlarms ListTagsForResource DescribeAutoScalingGroups \
         GetMetricData ListContainerInstances DescribeContainerInstances \
         CreateOrUpdateTags SetDesiredCapacity Publish"
    );
}

/// The base of a scale-out excludes instances that warm up, which only their registrations show.
#[tokio::test(start_paused = true)]
async fn an_alarm_that_adds_instances_reads_which_of_them_are_warm() {
    let rehearsed = Rehearsed::of(&ScaledCluster {
        service_by: By::Nobody,
        cluster_by: By::AlarmScaling,
        group: CreateGroup { desired: 2, cpu: 1024, memory: 4096, max: 8, ..cluster().group },
        service: CreateService { desired: 2, ..cluster().service },
        ..cluster()
    })
    .await;
    rehearsed.load(1.0);
    rehearsed.minutes(8).await;
    rehearsed.set_tasks(8);
    rehearsed.minutes(5).await;
    let calls = calls_of(&rehearsed);
    assert_eq!(
        calls[&("alarm", 1)],
        "ListTagsForResource GetParameters PublishBatch DescribeAlarms DescribeAutoScalingGroups \
         GetMetricData ListContainerInstances DescribeContainerInstances CreateOrUpdateTags SetDesiredCapacity"
    );
    // A minute later the new instances still boot, so none is added.
    assert_eq!(
        calls[&("requeue", 0)],
        "GetParameters DescribeAlarms ListTagsForResource DescribeAutoScalingGroups GetMetricData \
         ListContainerInstances DescribeContainerInstances Publish"
    );
}
