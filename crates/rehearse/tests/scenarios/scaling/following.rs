//! The service follows its load, and requeues end with the alarm.

use crate::scaling::rehearsed::{Rehearsed, cluster};

#[tokio::test(start_paused = true)]
async fn a_service_whose_tasks_are_busy_gets_more_until_they_are_not() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(6.0);
    rehearsed.minutes(15).await;
    let tasks = rehearsed.tasks();
    // Nine tasks are 67% busy under a load of 6, which is below the threshold.
    assert!((9..=12).contains(&tasks), "{tasks} tasks for a load of 6");
    assert_eq!(rehearsed.running(), tasks);
}

#[tokio::test(start_paused = true)]
async fn a_service_whose_tasks_are_idle_gives_them_back_down_to_its_minimum() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(0.1);
    rehearsed.minutes(40).await;
    assert_eq!(rehearsed.tasks(), 2);
}

#[tokio::test(start_paused = true)]
async fn it_scales_in_only_if_cpu_and_memory_are_both_low() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load_of(0.1, 2.4);
    rehearsed.minutes(40).await;
    assert_eq!(rehearsed.tasks(), 4);
    rehearsed.load_of(0.1, 0.1);
    rehearsed.minutes(40).await;
    assert_eq!(rehearsed.tasks(), 2);
}

#[tokio::test(start_paused = true)]
async fn it_comes_back_as_long_as_the_alarm_lasts_and_not_longer() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(100.0);
    rehearsed.minutes(20).await;
    assert_eq!(rehearsed.tasks(), 20);
    let reconciles = rehearsed.calls("DescribeAlarms");
    rehearsed.minutes(10).await;
    let more = rehearsed.calls("DescribeAlarms") - reconciles;
    assert!((8..=10).contains(&more), "{more} reconciles in ten minutes at the maximum");
    rehearsed.load(10.0);
    rehearsed.minutes(5).await;
    let reconciles = rehearsed.calls("DescribeAlarms");
    rehearsed.minutes(60).await;
    assert_eq!(rehearsed.calls("DescribeAlarms"), reconciles);
}

#[tokio::test(start_paused = true)]
async fn every_decision_is_a_record_and_each_scaling_leaves_its_tag() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(6.0);
    rehearsed.minutes(15).await;
    let decisions = rehearsed.decisions();
    let scaled: Vec<_> =
        decisions.iter().filter(|record| record.get("ScaledOut").is_some()).collect();
    assert!(!scaled.is_empty());
    let decision = &scaled[0]["decision"];
    assert_eq!(decision["target"], "service/demo/web");
    assert_eq!(decision["outcome"]["scale"]["from"], 4);
    assert!(decision["breach"]["metric"].as_f64().unwrap() > 100.0);
    let to = scaled.last().unwrap()["decision"]["outcome"]["scale"]["to"].as_u64().unwrap();
    assert!(rehearsed.tag().unwrap().contains(&format!(":{to}:")), "{:?}", rehearsed.tag());
}
