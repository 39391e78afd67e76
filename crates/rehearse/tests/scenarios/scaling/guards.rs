//! What holds scaling back.

use region::services::{Control, UpdateService};
use scenarios::scaling::{By, SERVICE, ScaledCluster};
use scenarios::stack::CLUSTER;

use crate::scaling::rehearsed::{Rehearsed, cluster, with};

#[tokio::test(start_paused = true)]
async fn a_service_is_not_scaled_in_while_it_is_deployed_and_then_it_is() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.load(0.1);
    rehearsed.minutes(9).await;
    let slow = UpdateService {
        cluster: CLUSTER.to_owned(),
        name: SERVICE.to_owned(),
        deploy: true,
        workload: Some(region::services::Workload {
            start_seconds: 600,
            ..region::services::Workload::default()
        }),
        ..UpdateService::default()
    };
    rehearsed.control(Control::UpdateService(slow));
    rehearsed.minutes(8).await;
    assert_eq!(rehearsed.tasks(), 4);
    assert!(rehearsed.outcomes().contains("DeploymentInProgress"), "{:?}", rehearsed.outcomes());
    rehearsed.minutes(40).await;
    assert_eq!(rehearsed.tasks(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_everything_before_the_first_call() {
    let rehearsed = Rehearsed::of(&with(cluster(), &[("ScalingSwitch", "off")])).await;
    rehearsed.load(100.0);
    rehearsed.minutes(20).await;
    assert_eq!(rehearsed.tasks(), 4);
    assert_eq!(rehearsed.calls("DescribeAlarms") + rehearsed.calls("PublishBatch"), 0);
    let skipped = rehearsed.records().iter().any(|record| record["skipped"]["disabled"] == 1);
    assert!(skipped, "{:?}", rehearsed.records());
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_and_records_and_changes_nothing() {
    let rehearsed = Rehearsed::of(&with(cluster(), &[("DryRun", "on")])).await;
    rehearsed.load(100.0);
    rehearsed.minutes(20).await;
    assert_eq!(rehearsed.tasks(), 4);
    let decisions = rehearsed.decisions();
    assert_eq!(decisions[0]["decision"]["outcome"]["scale"]["from"], 4);
    assert!(decisions.iter().all(|record| record["dry_run"] == true));
    for operation in ["UpdateService", "TagResource", "PublishBatch"] {
        assert_eq!(rehearsed.calls(operation), 0, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn with_the_loop_switched_off_a_transition_is_one_reconcile() {
    let rehearsed = Rehearsed::of(&with(cluster(), &[("ReinvokeSwitch", "off")])).await;
    rehearsed.load(100.0);
    rehearsed.minutes(20).await;
    assert_eq!(rehearsed.tasks(), 8);
    assert_eq!(rehearsed.calls("DescribeAlarms"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_tag_is_reported_and_overwritten() {
    let rehearsed = Rehearsed::of(&cluster()).await;
    rehearsed.tag_by_hand("by hand");
    rehearsed.load(6.0);
    rehearsed.minutes(15).await;
    assert!(rehearsed.tasks() >= 9);
    let told =
        rehearsed.records().iter().any(|r| r["invalid_tags"]["service/demo/web"] == "by hand");
    assert!(told, "{:?}", rehearsed.records());
    assert!(rehearsed.tag().unwrap().starts_with("out:"));
}

#[tokio::test(start_paused = true)]
async fn a_missing_alarm_is_reported_and_blocks_no_other() {
    let more = r#"{"Alarm":"no-such-alarm","ResourceId":"service/demo/web",
        "MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"ChangeInCapacity",
        "StepAdjustments":[{"MetricIntervalLowerBound":0,"ScalingAdjustment":1}]}"#;
    let cluster: ScaledCluster = with(cluster(), &[("AdditionalServicePolicies", more)]);
    let rehearsed = Rehearsed::of(&ScaledCluster { service_by: By::AlarmScaling, ..cluster }).await;
    rehearsed.load(6.0);
    rehearsed.minutes(15).await;
    assert!(rehearsed.tasks() >= 9);
    assert!(rehearsed.records().iter().any(|r| r["missing"][0] == "no-such-alarm"));
}
