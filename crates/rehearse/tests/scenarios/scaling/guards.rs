//! What holds scaling back.

use region::services::{Control, UpdateService};
use scenarios::scaling::{By, SERVICE, Stage};
use scenarios::stack::CLUSTER;

use crate::scaling::scene::{Scene, stage, with};

#[tokio::test(start_paused = true)]
async fn a_service_is_not_scaled_in_while_it_is_deployed_and_then_it_is() {
    let scene = Scene::of(&stage()).await;
    scene.load(0.1);
    scene.minutes(9).await;
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
    scene.control(Control::UpdateService(slow));
    scene.minutes(8).await;
    assert_eq!(scene.tasks(), 4);
    assert!(scene.outcomes().contains("DeploymentInProgress"), "{:?}", scene.outcomes());
    scene.minutes(40).await;
    assert_eq!(scene.tasks(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_kill_switch_stops_everything_before_the_first_call() {
    let scene = Scene::of(&with(stage(), &[("ScalingSwitch", "off")])).await;
    scene.load(100.0);
    scene.minutes(20).await;
    assert_eq!(scene.tasks(), 4);
    assert_eq!(scene.calls("DescribeAlarms") + scene.calls("PublishBatch"), 0);
    let skipped = scene.records().iter().any(|record| record["skipped"]["disabled"] == 1);
    assert!(skipped, "{:?}", scene.records());
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_and_records_and_changes_nothing() {
    let scene = Scene::of(&with(stage(), &[("DryRun", "on")])).await;
    scene.load(100.0);
    scene.minutes(20).await;
    assert_eq!(scene.tasks(), 4);
    let decisions = scene.decisions();
    assert_eq!(decisions[0]["decision"]["outcome"]["scale"]["from"], 4);
    assert!(decisions.iter().all(|record| record["dry_run"] == true));
    for operation in ["UpdateService", "TagResource", "PublishBatch"] {
        assert_eq!(scene.calls(operation), 0, "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn with_the_loop_switched_off_a_transition_is_one_reconcile() {
    let scene = Scene::of(&with(stage(), &[("ReinvokeSwitch", "off")])).await;
    scene.load(100.0);
    scene.minutes(20).await;
    assert_eq!(scene.tasks(), 8);
    assert_eq!(scene.calls("DescribeAlarms"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_tag_is_reported_and_overwritten() {
    let scene = Scene::of(&stage()).await;
    scene.tag_by_hand("by hand");
    scene.load(6.0);
    scene.minutes(15).await;
    assert!(scene.tasks() >= 9);
    let told = scene.records().iter().any(|r| r["invalid_tags"]["service/demo/web"] == "by hand");
    assert!(told, "{:?}", scene.records());
    assert!(scene.tag().unwrap().starts_with("out:"));
}

#[tokio::test(start_paused = true)]
async fn a_missing_alarm_is_reported_and_blocks_no_other() {
    let more = r#"{"Policies":[{"Alarm":"no-such-alarm","ResourceId":"service/demo/web",
        "MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"ChangeInCapacity",
        "StepAdjustments":[{"MetricIntervalLowerBound":0,"ScalingAdjustment":1}]}]}"#;
    let stage: Stage = with(stage(), &[("AdditionalPolicies", more)]);
    let scene = Scene::of(&Stage { service_by: By::AlarmScaling, ..stage }).await;
    scene.load(6.0);
    scene.minutes(15).await;
    assert!(scene.tasks() >= 9);
    assert!(scene.records().iter().any(|r| r["missing"][0] == "no-such-alarm"));
}
