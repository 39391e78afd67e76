//! Scaling of both dimensions in one reconcile.

use std::sync::Mutex;

use region::Time;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::services::{
    AgentConnected, ContainerStatus, Control, CreateGroup, CreateService, SetState, UpdateGroup,
    Workload,
};
use scenarios::scaling::{By, ScaledCluster, shown};
use scenarios::stack::CLUSTER;
use serde_json::Value;
use time::Duration;

use crate::scaling::rehearsed::{Rehearsed, cluster, with};

/// A cluster of one zone whose two instances are full: four tasks each.
pub fn full() -> ScaledCluster {
    let base = cluster();
    ScaledCluster {
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
    let rehearsed = Rehearsed::of(&full()).await;
    rehearsed.load(8.0);
    rehearsed.minutes(4).await;
    // From 8 tasks at 100%, the step adds 50%: four tasks, which fill one instance.
    assert_eq!((rehearsed.tasks(), rehearsed.instances()), (12, 3));
    rehearsed.minutes(3).await;
    assert!(rehearsed.running() >= 12);
    let raise =
        rehearsed.records().into_iter().find(|record| record["decision"]["raise"].is_object());
    let raise = raise.unwrap()["decision"]["raise"].clone();
    assert_eq!((&raise["instances"], &raise["tasks"][0]["tasks"]), (&1.into(), &4.into()));
}

#[tokio::test(start_paused = true)]
async fn each_zone_gets_the_instances_that_its_share_of_the_tasks_needs() {
    let cluster = full();
    let zones = ["us-east-1a", "us-east-1b"].map(str::to_owned).to_vec();
    let rehearsed =
        Rehearsed::of(&ScaledCluster { group: CreateGroup { zones, ..cluster.group }, ..cluster })
            .await;
    rehearsed.load(8.0);
    rehearsed.minutes(4).await;
    assert_eq!((rehearsed.tasks(), rehearsed.instances()), (12, 4));
}

/// For five seconds after a capacity is set, reads of groups show the old state. Reads of services
/// do not lag.
fn lagging() -> Interceptor {
    let before: Mutex<(Option<Time>, Value)> = Mutex::default();
    Interceptor::new(move |region, now, call| {
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
    let ScaledCluster { mut parameters, group, service, .. } = full();
    parameters.extend(shown::parameters("sqs-backlog-per-task"));
    let cluster = ScaledCluster {
        group: CreateGroup {
            zones: ["us-east-1a", "us-east-1b"].map(str::to_owned).to_vec(),
            ..group
        },
        service: CreateService { desired: 5, ..service },
        parameters,
        ..full()
    };
    let cluster = with(cluster, &[("TasksMax", "12")]);
    let rehearsed = Rehearsed::with_faults(&cluster, CallFaults::none(), lagging()).await;
    rehearsed.load_shown(&cluster.parameters, 2.5);
    rehearsed.minutes(5).await;
    // The alarms of both dimensions go into ALARM in the same minute.
    rehearsed.set_tasks(8);
    rehearsed.load_shown(&cluster.parameters, 8.0);
    rehearsed.minutes(4).await;
    assert_eq!((rehearsed.tasks(), rehearsed.instances()), (12, 4));
    assert!(rehearsed.outcomes().contains("superseded"), "{:?}", rehearsed.outcomes());
}

#[tokio::test(start_paused = true)]
async fn with_that_switched_off_the_tasks_wait_for_the_reservation_to_climb() {
    let rehearsed = Rehearsed::of(&with(full(), &[("AddInstancesForTasks", "false")])).await;
    rehearsed.load(8.0);
    rehearsed.minutes(4).await;
    assert!(!rehearsed.records().iter().any(|record| record["decision"]["raise"].is_object()));
}

/// Six instances of which the tasks need three, with a reservation in the scale-in range.
fn roomy(parameters: &[(&str, &str)]) -> ScaledCluster {
    let full = full();
    let parameters =
        [&[("ClusterInPercent", "30"), ("ClusterInMinutes", "1")], parameters].concat();
    with(
        ScaledCluster {
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
    let rehearsed = Rehearsed::of(&roomy(&[])).await;
    rehearsed.minutes(120).await;
    let left = rehearsed.instances();
    assert!((2..=3).contains(&left), "{left} instances");
    assert_eq!(rehearsed.running(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_group_is_not_scaled_in_while_more_than_a_share_of_the_cluster_drains() {
    let rehearsed = Rehearsed::of(&with(roomy(&[]), &[("MaxDrainingPercent", "10")])).await;
    let drains = |status| {
        let instance = rehearsed.instance_ids()[0].clone();
        rehearsed.control(Control::SetState(SetState { instance, status }));
    };
    drains(ContainerStatus::Draining);
    rehearsed.minutes(20).await;
    assert_eq!(rehearsed.instances(), 6);
    assert!(rehearsed.outcomes().contains("ClusterDraining"), "{:?}", rehearsed.outcomes());
    drains(ContainerStatus::Active);
    rehearsed.minutes(20).await;
    assert!(rehearsed.instances() < 6);
}

#[tokio::test(start_paused = true)]
async fn a_ghost_registration_keeps_no_group_from_scaling_in() {
    let rehearsed = Rehearsed::of(&with(roomy(&[]), &[("MaxDrainingPercent", "10")])).await;
    // An instance of another group is DRAINING, and is terminated after it lost its agent.
    rehearsed.control(Control::CreateGroup(CreateGroup {
        name: "others".to_owned(),
        cluster: CLUSTER.to_owned(),
        desired: 1,
        ..CreateGroup::default()
    }));
    let instance = rehearsed.instance_ids().pop().unwrap();
    let status = ContainerStatus::Draining;
    rehearsed.control(Control::SetState(SetState { instance: instance.clone(), status }));
    rehearsed.control(Control::AgentConnected(AgentConnected { instance, connected: false }));
    rehearsed.control(Control::SetDesiredCapacity("others".to_owned(), 0));
    rehearsed.minutes(20).await;
    assert!(rehearsed.instances() < 6, "{:?}", rehearsed.outcomes());
    assert!(rehearsed.records().iter().any(|record| record["GhostRegistrations"] == 1));
}

#[tokio::test(start_paused = true)]
async fn a_group_of_a_capacity_provider_is_left_to_it() {
    let rehearsed = Rehearsed::of(&full()).await;
    let tags = [("AmazonECSManaged".to_owned(), String::new())].into();
    let name = scenarios::stack::GROUP.to_owned();
    let managed = UpdateGroup { name, tags, ..UpdateGroup::default() };
    rehearsed.control(Control::UpdateGroup(managed));
    rehearsed.load(8.0);
    rehearsed.minutes(10).await;
    assert_eq!(rehearsed.instances(), 2);
    assert!(
        rehearsed.outcomes().contains("ManagedByCapacityProvider"),
        "{:?}",
        rehearsed.outcomes()
    );
}

#[tokio::test(start_paused = true)]
async fn the_groups_own_maximum_holds() {
    let cluster = full();
    let cluster = ScaledCluster { group: CreateGroup { max: 3, ..cluster.group }, ..cluster };
    let rehearsed = Rehearsed::of(&cluster).await;
    rehearsed.load(100.0);
    rehearsed.minutes(20).await;
    assert_eq!((rehearsed.tasks(), rehearsed.instances()), (20, 3));
}
