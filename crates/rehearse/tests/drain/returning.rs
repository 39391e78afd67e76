//! Instances that come back, or were never meant to go.

use region::world::{
    ActionEnd, ContainerStatus, Control, CreateGroup, InterruptSpot, LifecycleState, SetState,
};
use rehearse::stack::GROUP;

use crate::scene::{Scene, group, service};

fn interrupt(instance: &str, takes_place: bool) -> Control {
    Control::InterruptSpot(InterruptSpot {
        instance: instance.to_owned(),
        takes_place,
        after_seconds: 120,
    })
}

#[tokio::test(start_paused = true)]
async fn a_spot_instance_is_drained_as_soon_as_its_interruption_is_announced() {
    let scene = Scene::of(3).await.serve(service(6));
    let taken = scene.in_service().remove(0);
    scene.control(interrupt(&taken, true));
    scene.pass(10).await;
    assert_eq!(scene.status(&taken), ContainerStatus::Draining);
    assert!(scene.note(&taken).unwrap().starts_with("spot began/"));
    scene.pass(1_500).await;
    assert_eq!(scene.state(&taken), LifecycleState::Terminated);
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_interruption_that_does_not_take_place_is_undone_after_ten_minutes() {
    let scene = Scene::of(3).await.serve(service(6));
    let spared = scene.in_service().remove(0);
    scene.control(interrupt(&spared, false));
    scene.pass(590).await;
    assert_eq!(scene.status(&spared), ContainerStatus::Draining);
    scene.pass(300).await;
    assert_eq!(scene.status(&spared), ContainerStatus::Active);
    assert_eq!(scene.note(&spared), None);
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn a_manual_drain_is_neither_completed_nor_undone() {
    let scene = Scene::of(3).await.serve(service(6));
    let instance = scene.in_service().remove(0);
    let status = ContainerStatus::Draining;
    scene.control(Control::SetState(SetState { instance: instance.clone(), status }));
    scene.control(interrupt(&instance, false));
    scene.pass(3_600).await;
    assert_eq!(scene.status(&instance), ContainerStatus::Draining);
    assert_eq!(scene.state(&instance), LifecycleState::InService);
    let touching = ["CompleteLifecycleAction", "UpdateContainerInstancesState", "PutAttributes"];
    assert_eq!(touching.map(|operation| scene.calls(operation)), [0; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_comes_back_from_the_warm_pool_takes_tasks_again() {
    let pooled = CreateGroup { reuse_on_scale_in: true, ..group(3) };
    let scene = Scene::with(&[], pooled).await.serve(service(6));
    let leaving = scene.lose_one();
    scene.pass(1_200).await;
    assert_eq!(scene.state(&leaving), LifecycleState::WarmedStopped);
    assert_eq!(scene.status(&leaving), ContainerStatus::Draining);
    scene.assert_quiet().await;

    scene.control(Control::SetDesiredCapacity(GROUP.to_owned(), 3));
    scene.pass(600).await;
    assert_eq!(scene.state(&leaving), LifecycleState::InService);
    assert_eq!(scene.status(&leaving), ContainerStatus::Active);
    assert_eq!(scene.note(&leaving), None);
    scene.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_with_a_new_root_volume_takes_tasks_again() {
    let scene = Scene::of(3).await.serve(service(6));
    let instance = scene.in_service().remove(0);
    scene.control(Control::ReplaceRootVolume(instance.clone()));
    scene.pass(10).await;
    assert_eq!(scene.status(&instance), ContainerStatus::Draining);
    scene.pass(1_500).await;
    assert!(matches!(scene.ended(&instance), Some((_, ActionEnd::Completed(_)))));
    assert_eq!(scene.state(&instance), LifecycleState::InService);
    assert_eq!(scene.status(&instance), ContainerStatus::Active);
    scene.assert_quiet().await;
}
