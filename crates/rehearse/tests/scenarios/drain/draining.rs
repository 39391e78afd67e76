//! The normal course of a drain.

use region::region::Settings;
use region::services::{self, ActionEnd, ContainerStatus, CreateService, LifecycleState, Workload};
use region::wiring::Trigger;
use scenarios::stack;
use time::Duration;

use crate::drain::scene::{Scene, behind_load_balancer, group, service};

#[tokio::test(start_paused = true)]
async fn an_instance_whose_counts_are_zero_waits_until_its_containers_have_stopped() {
    let scene = Scene::of(3).await.serve(service(12));
    let leaving = scene.lose_one();
    scene.pass(60).await;
    assert_eq!(scene.status(&leaving), ContainerStatus::Draining);
    scene.pass(200).await;
    assert_eq!(scene.state(&leaving), LifecycleState::TerminatingWait);
    scene.pass(340).await;
    scene.assert_drained(&leaving);
    assert!(scene.ended(&leaving).unwrap().0 >= Duration::seconds(300));
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_completion_records_how_long_after_the_last_stop_it_came() {
    let scene = Scene::of(3).await.serve(service(12));
    let leaving = scene.lose_one();
    scene.pass(600).await;
    scene.assert_drained(&leaving);
    let lags: Vec<i64> = scene
        .records()
        .iter()
        .filter_map(|record| record["LagSeconds"].as_array()?.first()?.as_i64())
        .collect();
    let [recorded] = lags[..] else { panic!("{lags:?}") };
    let lag = scene.lag(&leaving).unwrap().whole_seconds();
    // ECS learns of a stop with a delay, and the last call follows the decision.
    assert!((lag - 2..=lag).contains(&recorded), "{recorded} of {lag}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_instance_is_set_draining_all_the_same_and_goes_within_a_minute() {
    let scene = Scene::of(2).await;
    let leaving = scene.lose_one();
    scene.pass(60).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.calls("UpdateContainerInstancesState"), 1);
    assert!(scene.ended(&leaving).unwrap().0 >= Duration::seconds(5));
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_with_a_daemon_task_goes_when_that_has_stopped_too() {
    let daemon = CreateService {
        name: "logs".to_owned(),
        daemon: true,
        workload: Workload { deregistration_seconds: None, ..behind_load_balancer() },
        ..service(0)
    };
    let scene = Scene::of(3).await.serve(service(6)).serve(daemon);
    let leaving = scene.lose_one();
    scene.pass(900).await;
    scene.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_standalone_task_is_waited_for() {
    let scene = Scene::of(2).await;
    for id in scene.in_service() {
        scene.run_task(&id, Some(1_800));
    }
    let leaving = scene.lose_one();
    scene.pass(1_700).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(300).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.calls("StopTask"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_of_twenty_hours_lives_by_its_heartbeats() {
    let scene = Scene::with(&[("DeadlineSeconds", "86400")], group(2)).await;
    for id in scene.in_service() {
        scene.run_task(&id, Some(72_000));
    }
    let leaving = scene.lose_one();
    scene.pass(72_300).await;
    scene.assert_drained(&leaving);
    let beats = scene.calls("RecordLifecycleActionHeartbeat");
    assert!((40..=60).contains(&beats), "{beats} heartbeats in 20 hours of 1800 s timeouts");
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_task_that_reads_do_not_show_so_far_is_not_lost() {
    let mut settings = Settings::default();
    settings.services.read_lag_seconds = 4;
    let wiring = stack::wiring(&[]).unwrap();
    let scene = Scene::deployed(wiring, settings, group(2)).await;
    scene.pass(30).await;
    for id in scene.in_service() {
        scene.run_task(&id, Some(600));
    }
    let leaving = scene.lose_one();
    scene.pass(500).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(500).await;
    scene.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_drain_completes_by_resync_when_all_events_are_lost() {
    let mut wiring = stack::wiring(&[]).unwrap();
    wiring.rules.retain(|rule| matches!(rule.trigger, Trigger::EveryMinutes(_)));
    let scene = Scene::deployed(wiring, Settings::default(), group(3)).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(900).await;
    scene.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_drain_whose_notification_is_lost_is_begun_by_the_schedule() {
    let mut wiring = stack::wiring(&[]).unwrap();
    wiring.subscriptions.retain(|subscription| subscription.filter.is_some());
    let scene = Scene::deployed(wiring, Settings::default(), group(3)).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(1_500).await;
    scene.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_drain_is_taken_up_again() {
    let settings = Settings {
        services: services::Settings { throttling: true, ..services::Settings::default() },
        ..Settings::default()
    };
    let wiring = stack::wiring(&[]).unwrap();
    let scene = Scene::deployed(wiring, settings, group(120)).await;
    let leaving = scene.scale_in(0);
    scene.pass(900).await;
    for id in &leaving {
        scene.assert_drained(id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_and_records_and_changes_nothing() {
    let scene = Scene::with(&[("DryRun", "on")], group(3)).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(1_000).await;
    assert_eq!(scene.status(&leaving), ContainerStatus::Active);
    let changing = [
        "UpdateContainerInstancesState",
        "PutAttributes",
        "CompleteLifecycleAction",
        "RecordLifecycleActionHeartbeat",
        "Publish",
    ];
    assert_eq!(changing.map(|operation| scene.calls(operation)), [0; 5]);
    let decided = scene
        .records()
        .iter()
        .any(|record| record["details"][0]["decided"] == serde_json::json!(["set_draining"]));
    assert!(decided, "{:?}", scene.records());
    assert_eq!(scene.metric("DrainsStarted"), 0);
    scene.pass(1_000).await;
    assert!(matches!(scene.ended(&leaving), Some((_, ActionEnd::HeartbeatTimeout))));
}

#[tokio::test(start_paused = true)]
async fn with_the_loop_switched_off_no_requeue_is_asked_for_and_the_schedule_drains() {
    let scene = Scene::with(&[("ReinvokeSwitch", "off")], group(3)).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(1_200).await;
    scene.assert_drained(&leaving);
    assert_eq!(scene.calls("Publish"), 0);
}
