//! The normal course of a drain.

use region::region::Settings;
use region::services::{self, ActionEnd, ContainerStatus, CreateService, LifecycleState, Workload};
use region::wiring::Trigger;
use scenarios::{hooks, stack};
use time::Duration;

use crate::drain::cluster::{Cluster, behind_load_balancer, group, service, without_notifications};

#[tokio::test(start_paused = true)]
async fn an_instance_whose_counts_are_zero_waits_until_its_containers_have_stopped() {
    let cluster = Cluster::of(3).await.serve(service(12));
    let leaving = cluster.lose_one();
    cluster.pass(60).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Draining);
    cluster.pass(200).await;
    assert_eq!(cluster.state(&leaving), LifecycleState::TerminatingWait);
    cluster.pass(340).await;
    cluster.assert_drained(&leaving);
    assert!(cluster.ended(&leaving).unwrap().0 >= Duration::seconds(300));
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_completion_records_how_long_after_the_last_stop_it_came() {
    let cluster = Cluster::of(3).await.serve(service(12));
    let leaving = cluster.lose_one();
    cluster.pass(600).await;
    cluster.assert_drained(&leaving);
    let lags: Vec<i64> = cluster
        .records()
        .iter()
        .filter_map(|record| record["LagSeconds"].as_array()?.first()?.as_i64())
        .collect();
    let [recorded] = lags[..] else { panic!("{lags:?}") };
    let lag = cluster.lag(&leaving).unwrap().whole_seconds();
    // ECS learns of a stop with a delay, and the last call follows the decision.
    assert!((lag - 2..=lag).contains(&recorded), "{recorded} of {lag}");
}

#[tokio::test(start_paused = true)]
async fn an_empty_instance_is_set_draining_all_the_same_and_goes_within_a_minute() {
    let cluster = Cluster::of(2).await;
    let leaving = cluster.lose_one();
    cluster.pass(60).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.calls("UpdateContainerInstancesState"), 1);
    assert!(cluster.ended(&leaving).unwrap().0 >= Duration::seconds(5));
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_empty_at_once_is_released_by_the_same_reconcile() {
    let cluster = Cluster::of(2).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(100));
    }
    let leaving = cluster.lose_one();
    cluster.pass(200).await;
    cluster.assert_drained(&leaving);
    let lag = cluster.lag(&leaving).unwrap();
    assert!(lag >= Duration::seconds(5) && lag <= Duration::seconds(8), "{lag}");
    assert!(cluster.records().iter().all(|record| record["requeue"] != "soon"));
}

#[tokio::test(start_paused = true)]
async fn an_instance_with_a_daemon_task_goes_when_that_has_stopped_too() {
    let daemon = CreateService {
        name: "logs".to_owned(),
        daemon: true,
        workload: Workload { deregistration_seconds: None, ..behind_load_balancer() },
        ..service(0)
    };
    let cluster = Cluster::of(3).await.serve(service(6)).serve(daemon);
    let leaving = cluster.lose_one();
    cluster.pass(900).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_standalone_task_is_waited_for() {
    let cluster = Cluster::of(2).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(1_800));
    }
    let leaving = cluster.lose_one();
    cluster.pass(1_700).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(300).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.calls("StopTask"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_drain_of_twenty_hours_lives_by_its_heartbeats() {
    let cluster = Cluster::with(&[("DeadlineSeconds", "86400")], group(2)).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(72_000));
    }
    let leaving = cluster.lose_one();
    cluster.pass(72_300).await;
    cluster.assert_drained(&leaving);
    let beats = cluster.calls("RecordLifecycleActionHeartbeat");
    assert!((40..=60).contains(&beats), "{beats} heartbeats in 20 hours of 1800 s timeouts");
    cluster.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_task_that_reads_do_not_show_so_far_is_not_lost() {
    let mut settings = Settings::default();
    settings.services.read_lag_seconds = 4;
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::deployed(wiring, settings, group(2)).await;
    cluster.pass(30).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, Some(600));
    }
    let leaving = cluster.lose_one();
    cluster.pass(500).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(500).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_drain_completes_by_resync_when_all_events_are_lost() {
    let mut wiring = stack::wiring(&[]).unwrap();
    wiring.rules.retain(|rule| matches!(rule.trigger, Trigger::EveryMinutes(_)));
    let cluster = Cluster::deployed(wiring, Settings::default(), group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(900).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_drain_whose_notification_and_event_are_lost_is_begun_by_the_schedule() {
    let wiring = without_notifications();
    let cluster = Cluster::deployed(wiring, Settings::default(), group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(1_500).await;
    cluster.assert_drained(&leaving);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_drain_is_taken_up_again() {
    let settings = Settings {
        services: services::Settings { throttling: true, ..services::Settings::default() },
        ..Settings::default()
    };
    let wiring = stack::wiring(&[]).unwrap();
    let cluster = Cluster::deployed(wiring, settings, group(120)).await;
    let leaving = cluster.scale_in(0);
    cluster.pass(900).await;
    for id in &leaving {
        cluster.assert_drained(id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_decides_and_records_and_changes_nothing() {
    let cluster = Cluster::with(&[("DryRun", "on")], group(3)).await.serve(service(6));
    // The hook is from before the dry run, in which hook-keeper puts none.
    hooks::keep(&cluster.rehearsal.live, &stack::wiring(&[]).unwrap()).await.unwrap();
    let leaving = cluster.lose_one();
    cluster.pass(1_000).await;
    assert_eq!(cluster.status(&leaving), ContainerStatus::Active);
    let changing = [
        "UpdateContainerInstancesState",
        "PutAttributes",
        "CompleteLifecycleAction",
        "RecordLifecycleActionHeartbeat",
        "Publish",
    ];
    assert_eq!(changing.map(|operation| cluster.calls(operation)), [0; 5]);
    let decided = cluster
        .records()
        .iter()
        .any(|record| record["details"][0]["decided"] == serde_json::json!(["set_draining"]));
    assert!(decided, "{:?}", cluster.records());
    assert_eq!(cluster.metric("DrainsStarted"), 0);
    cluster.pass(1_000).await;
    assert!(matches!(cluster.ended(&leaving), Some((_, ActionEnd::HeartbeatTimeout))));
}

#[tokio::test(start_paused = true)]
async fn with_the_loop_switched_off_no_requeue_is_asked_for_and_the_schedule_drains() {
    let cluster = Cluster::with(&[("ReinvokeSwitch", "off")], group(3)).await.serve(service(6));
    let leaving = cluster.lose_one();
    cluster.pass(1_200).await;
    cluster.assert_drained(&leaving);
    assert_eq!(cluster.calls("Publish"), 0);
}
