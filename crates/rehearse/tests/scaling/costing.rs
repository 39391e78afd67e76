//! What decisions cost: which calls they make, in order.

use std::collections::BTreeMap;

use region::world::{CreateGroup, CreateService};
use rehearse::bench::scaling::calls::{hop, looks};
use rehearse::bench::scaling::targets::of_calls;
use rehearse::scaled::{By, Stage};
use rehearse::target::Target;

use crate::scene::{Scene, stage};

/// For each kind of look that came: who brought it, how many targets were scaled, and the
/// calls of the dearest.
fn calls_of(scene: &Scene) -> BTreeMap<(&'static str, usize), String> {
    let kinds = looks(&scene.0.runs()).into_iter().map(|(kind, looks)| {
        let by = match (kind.by_alarm, kind.alarmed) {
            (true, _) => "alarm",
            (false, true) => "tick",
            (false, false) => "clear",
        };
        ((by, kind.scaled), looks.dearest.join(" "))
    });
    kinds.collect()
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_scales_a_service_costs_five_calls_and_a_look_that_finds_nothing_to_do_one() {
    let scene = Scene::of(&stage()).await;
    scene.load(6.0);
    scene.minutes(5).await;
    scene.load(4.0);
    scene.minutes(20).await;
    let calls = calls_of(&scene);
    assert_eq!(
        calls[&("alarm", 1)],
        "PublishBatch DescribeAlarms DescribeServices TagResource UpdateService"
    );
    assert_eq!(calls[&("clear", 0)], "DescribeAlarms");
    assert_eq!(hop(&scene.0.runs()), 1);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_scales_nothing_costs_three_calls() {
    let full = CreateService { desired: 20, ..stage().service };
    let scene = Scene::of(&Stage { service: full, ..stage() }).await;
    scene.load(30.0);
    scene.minutes(4).await;
    assert_eq!(calls_of(&scene)[&("alarm", 0)], "PublishBatch DescribeAlarms DescribeServices");
}

/// A look a minute later cannot know the value from the alarm's evaluation, and in a cooldown
/// only the value tells whether a larger step adds anything.
#[tokio::test(start_paused = true)]
async fn a_tick_reads_the_value_anew_and_asks_for_the_next() {
    let scene = Scene::of(&stage()).await;
    scene.load(7.0);
    scene.minutes(12).await;
    let calls = calls_of(&scene);
    assert_eq!(calls[&("tick", 0)], "DescribeAlarms DescribeServices GetMetricData Publish");
    assert_eq!(
        calls[&("tick", 1)],
        "DescribeAlarms DescribeServices GetMetricData TagResource UpdateService Publish"
    );
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_scales_both_dimensions_costs_twelve_calls_at_most() {
    let scene = Scene::of(&Stage {
        cluster_by: By::Adapter,
        group: CreateGroup { desired: 2, cpu: 1024, memory: 2048, max: 8, ..stage().group },
        service: CreateService { desired: 5, ..stage().service },
        ..stage()
    })
    .await;
    scene.load(6.0);
    scene.minutes(4).await;
    assert_eq!(
        calls_of(&scene)[&("alarm", 2)],
        "PublishBatch DescribeAlarms DescribeServices DescribeTaskDefinition \
         DescribeAutoScalingGroups ListContainerInstances DescribeContainerInstances \
         TagResource UpdateService CreateOrUpdateTags SetDesiredCapacity"
    );
    let missed: Vec<_> = of_calls(&scene.0.runs()).iter().filter_map(Target::missed).collect();
    assert_eq!(missed, [] as [String; 0]);
}

/// Whoever takes an instance away must know what the tasks need: that is a look at both
/// dimensions, and costs as much. An alarm by metric math does not say how many samples a minute
/// has, so its value is read. A process waits after it has scaled, so the tick finds another one,
/// which reads the task's size as well.
#[tokio::test(start_paused = true)]
async fn an_alarm_that_takes_an_instance_away_reads_what_the_tasks_need() {
    let scene = Scene::of(&Stage {
        cluster_by: By::Adapter,
        group: CreateGroup { cpu: 1024, memory: 2048, ..stage().group },
        ..stage()
    })
    .await;
    scene.load(2.0);
    scene.minutes(20).await;
    let calls = calls_of(&scene);
    assert_eq!(
        calls[&("alarm", 1)],
        "PublishBatch DescribeAlarms DescribeAutoScalingGroups GetMetricData DescribeServices \
         DescribeTaskDefinition ListContainerInstances DescribeContainerInstances \
         CreateOrUpdateTags SetDesiredCapacity"
    );
    assert_eq!(
        calls[&("tick", 1)],
        "DescribeAlarms DescribeAutoScalingGroups GetMetricData DescribeServices \
         DescribeTaskDefinition ListContainerInstances DescribeContainerInstances \
         CreateOrUpdateTags SetDesiredCapacity Publish"
    );
}

/// Instances that warm up are not in the base of a scale-out, and only their registrations show
/// which do.
#[tokio::test(start_paused = true)]
async fn an_alarm_that_adds_instances_reads_which_of_them_are_warm() {
    let scene = Scene::of(&Stage {
        service_by: By::Nobody,
        cluster_by: By::Adapter,
        group: CreateGroup { desired: 2, cpu: 1024, memory: 4096, max: 8, ..stage().group },
        service: CreateService { desired: 2, ..stage().service },
        ..stage()
    })
    .await;
    scene.load(1.0);
    scene.minutes(8).await;
    scene.set_tasks(8);
    scene.minutes(5).await;
    let calls = calls_of(&scene);
    assert_eq!(
        calls[&("alarm", 1)],
        "PublishBatch DescribeAlarms DescribeAutoScalingGroups GetMetricData \
         ListContainerInstances DescribeContainerInstances CreateOrUpdateTags SetDesiredCapacity"
    );
    // A minute later the new ones boot, and nothing is added.
    assert_eq!(
        calls[&("tick", 0)],
        "DescribeAlarms DescribeAutoScalingGroups GetMetricData ListContainerInstances \
         DescribeContainerInstances Publish"
    );
}
