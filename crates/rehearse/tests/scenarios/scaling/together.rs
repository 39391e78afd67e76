//! Scaling of both dimensions in one reconcile.

use std::sync::Mutex;

use region::Time;
use region::client::Forger;
use region::faults::CallFaults;
use region::services::{
    AgentConnected, ContainerStatus, Control, CreateGroup, CreateService, SetState, UpdateGroup,
    Workload,
};
use scenarios::scaling::{By, Stage, shown};
use scenarios::stack::CLUSTER;
use serde_json::Value;
use time::Duration;

use crate::scaling::scene::{Scene, stage, with};

/// A cluster of one zone whose two instances are full: four tasks each.
pub fn full() -> Stage {
    let base = stage();
    Stage {
        service_by: By::AlarmScaling,
        cluster_by: By::AlarmScaling,
        group: CreateGroup {
            desired: 2,
            min: 2,
            max: 10,
            cpu: 1024,
            memory: 4096,
            zones: vec!["us-east-1a".to_owned()],
            ..base.group
        },
        service: CreateService { desired: 8, ..base.service },
        ..base
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_cluster_gets_instances_in_the_same_reconcile() {
    let scene = Scene::of(&full()).await;
    scene.load(8.0);
    scene.minutes(4).await;
    // From 8 tasks at 100%, the step adds 50%: four tasks, which fill one instance.
    assert_eq!((scene.tasks(), scene.instances()), (12, 3));
    scene.minutes(3).await;
    assert!(scene.running() >= 12);
    let raise = scene.records().into_iter().find(|record| record["decision"]["raise"].is_object());
    let raise = raise.unwrap()["decision"]["raise"].clone();
    assert_eq!((&raise["instances"], &raise["tasks"][0]["tasks"]), (&1.into(), &4.into()));
}

#[tokio::test(start_paused = true)]
async fn each_zone_gets_the_instances_that_its_share_of_the_tasks_needs() {
    let stage = full();
    let zones = ["us-east-1a", "us-east-1b"].map(str::to_owned).to_vec();
    let scene = Scene::of(&Stage { group: CreateGroup { zones, ..stage.group }, ..stage }).await;
    scene.load(8.0);
    scene.minutes(4).await;
    assert_eq!((scene.tasks(), scene.instances()), (12, 4));
}

/// For five seconds after a capacity is set, reads of groups show the old state. Reads of services
/// do not lag.
fn lagging() -> Forger {
    let before: Mutex<(Option<Time>, Value)> = Mutex::default();
    Forger::new(move |region, now, call| {
        let answer = region.answer(now, call)?;
        let (set, read) = &mut *before.lock().unwrap();
        match call.operation.as_str() {
            "SetDesiredCapacity" => *set = Some(now),
            "DescribeAutoScalingGroups" => {
                if set.is_none_or(|set| now - set >= Duration::seconds(5)) {
                    *read = answer;
                }
                return Ok(read.clone());
            }
            _ => {}
        }
        Ok(answer)
    })
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_right_after_a_raise_does_not_lower_what_that_set() {
    let Stage { mut parameters, group, service, .. } = full();
    parameters.extend(shown::parameters("sqs-backlog-per-task"));
    let stage = Stage {
        group: CreateGroup {
            zones: ["us-east-1a", "us-east-1b"].map(str::to_owned).to_vec(),
            ..group
        },
        service: CreateService { desired: 5, ..service },
        parameters,
        ..full()
    };
    let stage = with(stage, &[("TasksMax", "12")]);
    let scene = Scene::with_faults(&stage, CallFaults::none(), lagging()).await;
    scene.load_shown(&stage.parameters, 2.5);
    scene.minutes(5).await;
    // The alarms of both dimensions go into ALARM in the same minute.
    scene.set_tasks(8);
    scene.load_shown(&stage.parameters, 8.0);
    scene.minutes(4).await;
    assert_eq!((scene.tasks(), scene.instances()), (12, 4));
    assert!(scene.outcomes().contains("superseded"), "{:?}", scene.outcomes());
}

#[tokio::test(start_paused = true)]
async fn with_that_switched_off_the_tasks_wait_for_the_reservation_to_climb() {
    let scene = Scene::of(&with(full(), &[("AddInstancesForTasks", "false")])).await;
    scene.load(8.0);
    scene.minutes(4).await;
    assert!(!scene.records().iter().any(|record| record["decision"]["raise"].is_object()));
}

/// Six instances of which the tasks need three, with a reservation in the scale-in range.
fn roomy(parameters: &[(&str, &str)]) -> Stage {
    let full = full();
    let parameters =
        [&[("ClusterInPercent", "30"), ("ClusterInMinutes", "1")], parameters].concat();
    with(
        Stage {
            service_by: By::Nobody,
            group: CreateGroup { desired: 6, ..full.group },
            // Two tasks fill the memory of an instance to a third; by CPU one is full.
            service: CreateService {
                desired: 3,
                workload: Workload { cpu: 100, memory: 1200, ..full.service.workload },
                ..full.service
            },
            ..full
        },
        &parameters,
    )
}

#[tokio::test(start_paused = true)]
async fn the_group_scales_in_only_if_its_tasks_still_fit() {
    let scene = Scene::of(&roomy(&[])).await;
    scene.minutes(120).await;
    let left = scene.instances();
    assert!((2..=3).contains(&left), "{left} instances");
    assert_eq!(scene.running(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_group_is_not_scaled_in_while_more_than_a_share_of_the_cluster_drains() {
    let scene = Scene::of(&with(roomy(&[]), &[("MaxDrainingPercent", "10")])).await;
    let drains = |status| {
        let instance = scene.instance_ids()[0].clone();
        scene.control(Control::SetState(SetState { instance, status }));
    };
    drains(ContainerStatus::Draining);
    scene.minutes(20).await;
    assert_eq!(scene.instances(), 6);
    assert!(scene.outcomes().contains("ClusterDraining"), "{:?}", scene.outcomes());
    drains(ContainerStatus::Active);
    scene.minutes(20).await;
    assert!(scene.instances() < 6);
}

#[tokio::test(start_paused = true)]
async fn a_ghost_registration_keeps_no_group_from_scaling_in() {
    let scene = Scene::of(&with(roomy(&[]), &[("MaxDrainingPercent", "10")])).await;
    // An instance of another group is DRAINING, and is terminated after it lost its agent.
    scene.control(Control::CreateGroup(CreateGroup {
        name: "others".to_owned(),
        cluster: CLUSTER.to_owned(),
        desired: 1,
        ..CreateGroup::default()
    }));
    let instance = scene.instance_ids().pop().unwrap();
    let status = ContainerStatus::Draining;
    scene.control(Control::SetState(SetState { instance: instance.clone(), status }));
    scene.control(Control::AgentConnected(AgentConnected { instance, connected: false }));
    scene.control(Control::SetDesiredCapacity("others".to_owned(), 0));
    scene.minutes(20).await;
    assert!(scene.instances() < 6, "{:?}", scene.outcomes());
    assert!(scene.records().iter().any(|record| record["GhostRegistrations"] == 1));
}

#[tokio::test(start_paused = true)]
async fn a_group_of_a_capacity_provider_is_left_to_it() {
    let scene = Scene::of(&full()).await;
    let tags = [("AmazonECSManaged".to_owned(), String::new())].into();
    let name = scenarios::stack::GROUP.to_owned();
    let managed = UpdateGroup { name, tags, ..UpdateGroup::default() };
    scene.control(Control::UpdateGroup(managed));
    scene.load(8.0);
    scene.minutes(10).await;
    assert_eq!(scene.instances(), 2);
    assert!(scene.outcomes().contains("ManagedByCapacityProvider"), "{:?}", scene.outcomes());
}

#[tokio::test(start_paused = true)]
async fn the_groups_own_maximum_holds() {
    let stage = full();
    let stage = Stage { group: CreateGroup { max: 3, ..stage.group }, ..stage };
    let scene = Scene::of(&stage).await;
    scene.load(100.0);
    scene.minutes(20).await;
    assert_eq!((scene.tasks(), scene.instances()), (20, 3));
}
