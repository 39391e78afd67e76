//! Instances that are not empty at their deadline.

use region::services::{
    ActionEnd, AgentConnected, Control, CreateGroup, CreateService, HookResult, LifecycleState,
    TerminateInstance, Workload,
};
use scenarios::stack::CLUSTER;
use time::Duration;

use crate::drain::cluster::{Cluster, group};

/// Two instances, each with a standalone task that never ends, and a deadline of ten minutes.
async fn endless(parameters: &[(&str, &str)], group: CreateGroup) -> (Cluster, String) {
    let mut all = vec![("DeadlineSeconds", "600")];
    all.extend(parameters);
    let cluster = Cluster::with(&all, group).await;
    for id in cluster.in_service() {
        cluster.run_task(&id, None);
    }
    let leaving = cluster.lose_one();
    (cluster, leaving)
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_continues_and_says_so() {
    let (cluster, leaving) = endless(&[], group(2)).await;
    cluster.pass(590).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(300).await;
    let (after, how) = cluster.ended(&leaving).unwrap();
    assert_eq!(how, ActionEnd::Completed(HookResult::Continue));
    assert!(after >= Duration::seconds(600) && after <= Duration::seconds(850), "{after}");
    assert_eq!((cluster.metric("DrainsTimedOut"), cluster.cut_short()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_is_abandoned_and_with_retention_the_instance_is_kept() {
    let retained = CreateGroup { retain_on_abandon: true, ..group(2) };
    let (cluster, leaving) = endless(&[("AtDeadline", "abandon")], retained).await;
    cluster.pass(900).await;
    let how = cluster.ended(&leaving).unwrap().1;
    assert_eq!(how, ActionEnd::Completed(HookResult::Abandon));
    assert_eq!(cluster.state(&leaving), LifecycleState::TerminatingRetained);
    assert_eq!(cluster.cut_short(), 0);

    // Its next termination is a new action with its own deadline.
    cluster.pass(300).await;
    assert_eq!(cluster.drain_record(&leaving), None);
    cluster.control(Control::TerminateInstance(TerminateInstance {
        instance: leaving.clone(),
        decrement: false,
    }));
    cluster.pass(500).await;
    assert_eq!(cluster.ended(&leaving), None);
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_waits_on_for_as_long_as_aws_allows() {
    let parameters = [("AtDeadline", "wait"), ("HeartbeatSeconds", "60"), ("LaterSeconds", "20")];
    let (cluster, leaving) = endless(&parameters, group(2)).await;
    cluster.pass(5_900).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(200).await;
    assert!(matches!(cluster.ended(&leaving), Some((_, ActionEnd::GlobalTimeout))));
}

#[tokio::test(start_paused = true)]
async fn standalone_tasks_are_stopped_at_the_deadline_if_so_set() {
    let (cluster, leaving) = endless(&[("StandaloneTasks", "stop")], group(2)).await;
    cluster.pass(590).await;
    assert_eq!(cluster.calls("StopTask"), 0);
    cluster.pass(400).await;
    cluster.assert_drained(&leaving);
    assert_eq!((cluster.calls("StopTask"), cluster.metric("DrainsTimedOut")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_daemon_task_being_stopped_at_the_deadline_is_waited_for() {
    let parameters = [("DeadlineSeconds", "600"), ("StandaloneTasks", "stop")];
    // ECS stops a daemon's task when it is the last on a draining instance.
    let workload = Workload { stop_min_seconds: 100, stop_max_seconds: 100, ..Workload::default() };
    let cluster = Cluster::with(&parameters, group(2)).await.serve(CreateService {
        name: "log-router".to_owned(),
        cluster: CLUSTER.to_owned(),
        daemon: true,
        workload,
        ..CreateService::default()
    });
    for id in cluster.in_service() {
        cluster.run_task(&id, None);
    }
    let leaving = cluster.lose_one();
    cluster.pass(1_100).await;
    cluster.assert_drained(&leaving);
    assert_eq!((cluster.calls("StopTask"), cluster.metric("DrainsTimedOut")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn tasks_being_stopped_at_the_deadline_have_a_grace_and_no_longer() {
    let (cluster, leaving) = endless(&[("StandaloneTasks", "stop")], group(2)).await;
    // Without its agent, no stop of a task can be reported.
    cluster.pass(590).await;
    let lost = AgentConnected { instance: leaving.clone(), connected: false };
    cluster.control(Control::AgentConnected(lost));
    cluster.pass(440).await;
    assert_eq!(cluster.ended(&leaving), None);
    cluster.pass(100).await;
    let (after, how) = cluster.ended(&leaving).unwrap();
    assert_eq!(how, ActionEnd::Completed(HookResult::Continue));
    assert!((1_050..=1_100).contains(&after.whole_seconds()), "{after}");
    assert_eq!(cluster.metric("DrainsTimedOut"), 1);
}
