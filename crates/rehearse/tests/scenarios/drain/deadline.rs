//! Instances that are not empty at their deadline.

use region::services::{
    ActionEnd, AgentConnected, Control, CreateGroup, CreateService, HookResult, LifecycleState,
    TerminateInstance, Workload,
};
use scenarios::stack::CLUSTER;
use time::Duration;

use crate::drain::scene::{Scene, group};

/// Two instances, each with a standalone task that never ends, and a deadline of ten minutes.
async fn endless(parameters: &[(&str, &str)], group: CreateGroup) -> (Scene, String) {
    let mut all = vec![("DeadlineSeconds", "600")];
    all.extend(parameters);
    let scene = Scene::with(&all, group).await;
    for id in scene.in_service() {
        scene.run_task(&id, None);
    }
    let leaving = scene.lose_one();
    (scene, leaving)
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_continues_and_says_so() {
    let (scene, leaving) = endless(&[], group(2)).await;
    scene.pass(590).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(300).await;
    let (after, how) = scene.ended(&leaving).unwrap();
    assert_eq!(how, ActionEnd::Completed(HookResult::Continue));
    assert!(after >= Duration::seconds(600) && after <= Duration::seconds(850), "{after}");
    assert_eq!((scene.metric("DrainsTimedOut"), scene.cut_short()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_is_abandoned_and_with_retention_the_instance_is_kept() {
    let retained = CreateGroup { retain_on_abandon: true, ..group(2) };
    let (scene, leaving) = endless(&[("AtDeadline", "abandon")], retained).await;
    scene.pass(900).await;
    let how = scene.ended(&leaving).unwrap().1;
    assert_eq!(how, ActionEnd::Completed(HookResult::Abandon));
    assert_eq!(scene.state(&leaving), LifecycleState::TerminatingRetained);
    assert_eq!(scene.cut_short(), 0);

    // Its next termination is a new action with its own deadline.
    scene.pass(300).await;
    assert_eq!(scene.drain_record(&leaving), None);
    scene.control(Control::TerminateInstance(TerminateInstance {
        instance: leaving.clone(),
        decrement: false,
    }));
    scene.pass(500).await;
    assert_eq!(scene.ended(&leaving), None);
}

#[tokio::test(start_paused = true)]
async fn at_its_deadline_a_drain_waits_on_for_as_long_as_aws_allows() {
    let parameters = [("AtDeadline", "wait"), ("HeartbeatSeconds", "60"), ("LaterSeconds", "20")];
    let (scene, leaving) = endless(&parameters, group(2)).await;
    scene.pass(5_900).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(200).await;
    assert!(matches!(scene.ended(&leaving), Some((_, ActionEnd::GlobalTimeout))));
}

#[tokio::test(start_paused = true)]
async fn standalone_tasks_are_stopped_at_the_deadline_if_so_set() {
    let (scene, leaving) = endless(&[("StandaloneTasks", "stop")], group(2)).await;
    scene.pass(590).await;
    assert_eq!(scene.calls("StopTask"), 0);
    scene.pass(400).await;
    scene.assert_drained(&leaving);
    assert_eq!((scene.calls("StopTask"), scene.metric("DrainsTimedOut")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_daemon_task_being_stopped_at_the_deadline_is_waited_for() {
    let parameters = [("DeadlineSeconds", "600"), ("StandaloneTasks", "stop")];
    // ECS stops a daemon's task when it is the last on a draining instance.
    let workload = Workload { stop_min_seconds: 100, stop_max_seconds: 100, ..Workload::default() };
    let scene = Scene::with(&parameters, group(2)).await.serve(CreateService {
        name: "log-router".to_owned(),
        cluster: CLUSTER.to_owned(),
        daemon: true,
        workload,
        ..CreateService::default()
    });
    for id in scene.in_service() {
        scene.run_task(&id, None);
    }
    let leaving = scene.lose_one();
    scene.pass(1_100).await;
    scene.assert_drained(&leaving);
    assert_eq!((scene.calls("StopTask"), scene.metric("DrainsTimedOut")), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn tasks_being_stopped_at_the_deadline_have_a_grace_and_no_longer() {
    let (scene, leaving) = endless(&[("StandaloneTasks", "stop")], group(2)).await;
    // Without its agent, no stop of a task can be reported.
    scene.pass(590).await;
    let lost = AgentConnected { instance: leaving.clone(), connected: false };
    scene.control(Control::AgentConnected(lost));
    scene.pass(440).await;
    assert_eq!(scene.ended(&leaving), None);
    scene.pass(100).await;
    let (after, how) = scene.ended(&leaving).unwrap();
    assert_eq!(how, ActionEnd::Completed(HookResult::Continue));
    assert!((1_050..=1_100).contains(&after.whole_seconds()), "{after}");
    assert_eq!(scene.metric("DrainsTimedOut"), 1);
}
