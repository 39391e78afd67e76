//! The calls against a simulated region: paging, batches, partial failure, errors.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws::{Attribute, Aws, Error, ErrorKind, Which};
use aws_names::{ContainerInstanceArn, GroupName, InstanceId, TaskArn};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_types::region::Region as RegionName;
use drain::decide::ActionResult;
use drain::drain_record::{Cause, DrainRecord};
use drain::hook::HOOK;
use drain::opt_in::tags;
use drain::seen::{Elsewhere, LifecycleState, Status};
use drain::settings::SettingsRecord;
use region::Time;
use region::api::ApiError;
use region::client::{Client, Interceptor};
use region::faults::{CallFault, CallFaults};
use region::live::Live;
use region::names::REGION;
use region::region::{Region, Settings};
use region::services::{
    Control, CreateGroup, FillAttributes, PutLifecycleHook, RegisterIn, RunTask,
};
use region::wiring::Wiring;
use time::macros::datetime;

use super::{credentials, name};

const NOW: Time = datetime!(2026-11-22 09:00 UTC);
const CLUSTER: &str = "demo";

/// A simulated region with `instances` in the cluster `demo`, and our clients on it.
async fn region(instances: usize, settings: Settings, call: Duration) -> (Live, Aws) {
    let live = Live::new(Region::new(Wiring::default(), settings, 7, NOW), NOW);
    tokio::spawn(live.clone().run(|_| async { Err("no function here".to_owned()) }));
    control(&live, Control::CreateGroup(group(instances)));
    let aws = clients(Client::new(live.clone(), call)).await;
    (live, aws)
}

pub fn group(desired: usize) -> CreateGroup {
    CreateGroup {
        name: "group".to_owned(),
        cluster: CLUSTER.to_owned(),
        desired,
        tags: BTreeMap::from([(tags::CLUSTER.to_owned(), CLUSTER.to_owned())]),
        ..CreateGroup::default()
    }
}

async fn clients(http: impl HttpClient + 'static) -> Aws {
    let config = aws::defaults()
        .http_client(http)
        .region(RegionName::from_static(REGION))
        .credentials_provider(credentials())
        .build();
    Aws::new(&config)
}

pub async fn quick(instances: usize) -> (Live, Aws) {
    region(instances, Settings::default(), Duration::from_millis(40)).await
}

fn failed(operation: &'static str, kind: ErrorKind) -> Error {
    Error { operation, kind }
}

pub fn control(live: &Live, control: Control) {
    live.with(|region, now| region.control(now, control)).unwrap();
}

pub fn ids(live: &Live) -> Vec<InstanceId> {
    live.observe(|region, _| {
        let instances = region.services().truth().instances();
        instances.map(|instance| InstanceId::from_aws(instance.id)).collect()
    })
}

pub fn calls(live: &Live, operation: &str) -> u64 {
    live.observe(|region, _| region.calls().get(operation).copied().unwrap_or_default())
}

/// A container instance that does not exist, in the cluster of another one.
fn missing(other: &ContainerInstanceArn) -> ContainerInstanceArn {
    let (cluster, _) = other.as_str().rsplit_once('/').unwrap();
    ContainerInstanceArn::from_aws(format!("{cluster}/{}", "0".repeat(32)))
}

async fn arns(live: &Live, aws: &Aws) -> Vec<ContainerInstanceArn> {
    let found = aws.find_container_instances(&name(CLUSTER), &ids(live)).await.unwrap();
    found.into_iter().map(|(_, registration)| registration.arn).collect()
}

fn drain_record() -> Attribute {
    Attribute::Put(DrainRecord::new(Cause::Hook, NOW), None)
}

#[tokio::test(start_paused = true)]
async fn instances_are_found_eighty_ids_a_call_and_described_a_hundred_at_a_time() {
    let (live, aws) = quick(250).await;
    let found = aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap();
    assert_eq!(found.len(), 250);
    assert!(found.iter().all(|(_, r)| r.status == Status::Active && !r.record_refused));
    assert_eq!(calls(&live, "ListContainerInstances"), 4);
    assert_eq!(calls(&live, "DescribeContainerInstances"), 3);
}

#[tokio::test(start_paused = true)]
async fn other_clusters_are_searched_eighty_ids_a_call() {
    let (live, aws) = quick(1).await;
    control(&live, Control::CreateCluster("other".to_owned()));
    let unknown: Vec<InstanceId> =
        (0..81).map(|number| name(&format!("i-{number:017x}"))).collect();
    let places = aws.elsewhere(&name(CLUSTER), &unknown).await.unwrap();
    assert!(places.values().all(|place| *place == Elsewhere::Nowhere));
    // Two other clusters, and two calls for each.
    assert_eq!(calls(&live, "ListContainerInstances"), 4);
}

#[tokio::test(start_paused = true)]
async fn instances_with_a_drain_record_are_found_without_their_ids() {
    let (live, aws) = quick(3).await;
    let recorded = arns(&live, &aws).await.remove(1);
    let drain_records = BTreeMap::from([(recorded.clone(), drain_record())]);
    assert_eq!(aws.set_attributes(&name(CLUSTER), &drain_records).await[&recorded], Ok(()));
    let found = aws.find_container_instances(&name(CLUSTER), &[]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1.drain_record, Some(DrainRecord::new(Cause::Hook, NOW)));

    let forget = BTreeMap::from([(recorded.clone(), Attribute::Delete)]);
    assert_eq!(aws.set_attributes(&name(CLUSTER), &forget).await[&recorded], Ok(()));
    assert!(aws.find_container_instances(&name(CLUSTER), &[]).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_container_instance_that_aws_fails_to_describe_does_not_pass_for_gone() {
    let (live, _) = quick(1).await;
    let second = CallFaults::at(2, CallFault::ItemsFailed);
    let aws = clients(Client::new(live.clone(), Duration::from_millis(40)).faulty(second)).await;
    let error = aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap_err();
    assert_eq!(error.kind.name(), "refused");
}

#[tokio::test(start_paused = true)]
async fn one_instance_that_is_refused_keeps_no_other_from_draining() {
    let (live, aws) = quick(12).await;
    let mut all = arns(&live, &aws).await;
    let unknown = missing(&all[0]);
    all.insert(3, unknown.clone());
    let set = aws.set_container_instances(&name(CLUSTER), &all, true).await;
    assert_eq!(set.len(), 13);
    for (arn, outcome) in set {
        assert_eq!(outcome.is_err(), arn == unknown, "{arn}: {outcome:?}");
    }
    assert_eq!(calls(&live, "UpdateContainerInstancesState"), 2);
    let found = aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap();
    assert!(found.iter().all(|(_, r)| r.status == Status::Draining));
}

#[tokio::test(start_paused = true)]
async fn one_instance_that_is_not_there_keeps_no_other_from_being_deregistered() {
    let (live, aws) = quick(3).await;
    let mut all = arns(&live, &aws).await;
    let unknown = missing(&all[0]);
    all.insert(1, unknown.clone());
    let outcomes = aws.deregister_container_instances(&name(CLUSTER), &all).await;
    assert_eq!(outcomes.len(), 4);
    for (arn, outcome) in outcomes {
        assert_eq!(outcome.is_err(), arn == unknown, "{arn}: {outcome:?}");
    }
    assert!(arns(&live, &aws).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_drain_record_that_is_refused_keeps_no_other_from_being_written() {
    let (live, aws) = quick(4).await;
    let instance = ids(&live).remove(2).into();
    control(&live, Control::FillAttributes(FillAttributes { instance, count: 10 }));
    let drain_records =
        arns(&live, &aws).await.into_iter().map(|arn| (arn, drain_record())).collect();
    let written = aws.set_attributes(&name(CLUSTER), &drain_records).await;
    let refused: Vec<_> = written.values().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(refused, [&failed("PutAttributes", ErrorKind::AttributesFull)]);
    let found = aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap();
    assert_eq!(found.iter().filter(|(_, r)| r.record_refused).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn tasks_are_described_together_and_those_that_stopped_are_left_out() {
    let (live, aws) = quick(2).await;
    for instance in ids(&live) {
        control(
            &live,
            Control::RunTask(RunTask {
                cluster: CLUSTER.to_owned(),
                instance: Some(instance.into()),
                count: 16,
                ..RunTask::default()
            }),
        );
    }
    let asked: Vec<_> = arns(&live, &aws).await.into_iter().map(|arn| (arn, Which::All)).collect();
    let tasks = aws.tasks_left(&name(CLUSTER), &asked, &|| Some(live.now())).await;
    let running = tasks.values().map(|read| read.as_ref().unwrap().left.len());
    assert_eq!(running.sum::<usize>(), 32);
    assert_eq!(calls(&live, "DescribeTasks"), 1);

    let all: Vec<TaskArn> =
        tasks.into_values().flat_map(|read| read.unwrap().left).map(|task| task.arn).collect();
    let stopped = aws.stop_tasks(&name(CLUSTER), &all, "test").await;
    assert!(stopped.values().all(Result::is_ok));
    let stopping: Vec<_> = asked.into_iter().map(|(arn, _)| (arn, Which::Stopping)).collect();
    let tasks = aws.tasks_left(&name(CLUSTER), &stopping, &|| Some(live.now())).await;
    let left: Vec<_> = tasks.into_values().flat_map(|read| read.unwrap().left).collect();
    assert!(left.iter().all(|task| task.stopping));
    assert_eq!(left.len(), 32);
    tokio::time::sleep(Duration::from_secs(120)).await;
    let asked_at = live.now();
    let tasks = aws.tasks_left(&name(CLUSTER), &stopping, &|| Some(live.now())).await;
    for read in tasks.into_values().map(Result::unwrap) {
        assert_eq!((read.left, read.read_at), (Vec::new(), asked_at));
        let ago = live.now() - read.last_stop.unwrap();
        assert!(ago > time::Duration::ZERO && ago < time::Duration::seconds(120), "{ago}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_action_that_is_over_is_already_done_and_an_unknown_hook_is_so_too() {
    let (live, aws) = quick(2).await;
    control(&live, Control::PutLifecycleHook(PutLifecycleHook::default()));
    control(&live, Control::SetDesiredCapacity("group".to_owned(), 1));
    let groups = aws.groups_of(&name(CLUSTER)).await.unwrap();
    let waiting = groups[0].members.iter().find(|(_, state)| **state == LifecycleState::Waiting);
    let id = waiting.unwrap().0;
    let since = aws.terminating_since(&name("group"), std::slice::from_ref(id)).await.unwrap();
    assert_eq!(since[id], NOW);
    let (group, hook) = (name("group"), name("drain"));
    assert_eq!(aws.heartbeat(&group, &hook, id).await, Ok(()));
    let complete = || aws.complete(&group, &hook, id, ActionResult::Continue);
    assert_eq!(complete().await, Ok(()));
    let operation = "CompleteLifecycleAction";
    assert_eq!(complete().await, Err(failed(operation, ErrorKind::AlreadyDone)));
    let operation = "RecordLifecycleActionHeartbeat";
    assert_eq!(
        aws.heartbeat(&group, &hook, id).await,
        Err(failed(operation, ErrorKind::AlreadyDone))
    );
}

#[tokio::test(start_paused = true)]
async fn a_termination_is_found_while_its_connections_drain() {
    let (live, _) = quick(2).await;
    control(&live, Control::PutLifecycleHook(PutLifecycleHook::default()));
    control(&live, Control::SetDesiredCapacity("group".to_owned(), 1));
    let interceptor = Interceptor::new(|region, now, call| {
        let mut answer = region.answer(now, call)?;
        for activity in answer["Activities"].as_array_mut().into_iter().flatten() {
            let described = activity["Description"].as_str().unwrap_or_default();
            let suffix = "Waiting For ELB Connection Draining.";
            activity["Description"] = format!("{described} - {suffix}").into();
        }
        Ok(answer)
    });
    let aws = clients(Client::new(live.clone(), Duration::ZERO).intercepted(interceptor)).await;
    let since = aws.terminating_since(&name("group"), &ids(&live)).await.unwrap();
    assert_eq!(since.into_values().collect::<Vec<_>>(), [NOW]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_cluster_differs_from_an_empty_one() {
    let (live, aws) = quick(1).await;
    let found = aws.find_container_instances(&name("nowhere"), &ids(&live)).await;
    let operation = "ListContainerInstances";
    assert_eq!(found.unwrap_err(), failed(operation, ErrorKind::NoSuchCluster));
    assert!(aws.find_container_instances(&name("default"), &ids(&live)).await.unwrap().is_empty());
    assert!(aws.groups_of(&name("nowhere")).await.unwrap().is_empty());
}

/// A group of `instances` that scale-in returns to its warm pool, and its hook.
fn pool_of(live: &Live, instances: usize) {
    let pooled =
        CreateGroup { name: "pooled".to_owned(), reuse_on_scale_in: true, ..group(instances) };
    control(live, Control::CreateGroup(pooled));
    let hook = PutLifecycleHook { group: "pooled".to_owned(), ..PutLifecycleHook::default() };
    control(live, Control::PutLifecycleHook(hook));
}

#[tokio::test(start_paused = true)]
async fn the_members_of_a_warm_pool_are_read_fifty_at_a_time() {
    let (live, aws) = quick(2).await;
    pool_of(&live, 121);
    control(&live, Control::SetDesiredCapacity("pooled".to_owned(), 1));
    let groups = aws.groups_of(&name(CLUSTER)).await.unwrap();
    let pooled = groups.iter().find(|group| group.has_warm_pool).unwrap();
    assert_eq!((pooled.name.as_str(), pooled.members.len()), ("pooled", 1));
    let pools = aws.warm_pools(std::slice::from_ref(&pooled.name)).await.unwrap();
    let [(group, pool)] = <[_; 1]>::try_from(pools).unwrap();
    assert_eq!((group, pool.len()), (pooled.name.clone(), 120));
    assert!(pool.values().all(|state| *state == LifecycleState::EnteringPool));
    assert_eq!(calls(&live, "DescribeWarmPool"), 3);
    let ids: Vec<InstanceId> = pool.into_keys().take(60).collect();
    let places = aws.places(&ids).await.unwrap();
    assert!(places.values().all(|(group, _)| *group == pooled.name) && places.len() == 60);
    assert_eq!(calls(&live, "DescribeAutoScalingInstances"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_is_not_read_does_not_pass_for_an_empty_one() {
    let (live, _) = quick(0).await;
    pool_of(&live, 2);
    control(&live, Control::SetDesiredCapacity("pooled".to_owned(), 1));
    let denied = Interceptor::new(|region, now, call| match call.operation.as_str() {
        "DescribeWarmPool" => {
            let denied = ApiError::client("AccessDenied", "no permission for DescribeWarmPool");
            region.refuse(now, call, Err(denied))
        }
        _ => region.answer(now, call),
    });
    let aws = clients(Client::new(live, Duration::from_millis(40)).intercepted(denied)).await;
    let error = aws.warm_pools(&[name("pooled")]).await.unwrap_err();
    assert_eq!(error.kind.name(), "denied");
    assert!(error.to_string().starts_with("DescribeWarmPool"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn groups_are_asked_for_fifty_names_at_a_time() {
    let (live, aws) = quick(1).await;
    let names: Vec<GroupName> = (0..101).map(|number| name(&format!("group-{number}"))).collect();
    for name in names.iter().cloned().map(String::from) {
        control(&live, Control::CreateGroup(CreateGroup { name, ..group(1) }));
    }
    assert_eq!(aws.scalable_groups(&names).await.unwrap().len(), 101);
    assert_eq!(calls(&live, "DescribeAutoScalingGroups"), 3);
    assert!(aws.scalable_groups(&[]).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn tagged_groups_are_read_a_hundred_at_a_time() {
    let (live, aws) = quick(1).await;
    let create = |number: usize, tags: &[(&str, &str)]| {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let (name, tags) = (format!("group-{number}"), tags.collect());
        control(&live, Control::CreateGroup(CreateGroup { name, tags, ..group(1) }));
    };
    (0..150).for_each(|number| create(number, &[(tags::CLUSTER, CLUSTER)]));
    create(150, &[(tags::CLUSTER, "other")]);
    create(151, &[(tags::HOOK, "demo@1800@0a1b")]);
    create(152, &[("Name", "web")]);
    let tagged = aws.tagged_groups().await.unwrap();
    assert_eq!(tagged.len(), 153);
    assert!(tagged.iter().all(|group| group.members.len() == 1));
    assert_eq!(calls(&live, "DescribeAutoScalingGroups"), 2);
    assert_eq!(aws.groups_of(&name("other")).await.unwrap().len(), 1);
    assert_eq!(aws.groups_of(&name(CLUSTER)).await.unwrap().len(), 151);
}

#[tokio::test(start_paused = true)]
async fn our_hook_is_found_by_name_with_its_cluster() {
    let (live, aws) = quick(1).await;
    let ours = |group: &str| {
        let (aws, group) = (&aws, name(group));
        async move { aws.our_hook(&group).await.unwrap() }
    };
    assert_eq!(ours("group").await, None);
    assert_eq!(ours("no-such-group").await, None);
    let metadata = Some(r#"{"cluster":"demo"}"#.to_owned());
    let put = PutLifecycleHook { name: HOOK.to_owned(), metadata, ..Default::default() };
    control(&live, Control::PutLifecycleHook(put));
    assert_eq!(ours("group").await.unwrap().cluster(), Some(name(CLUSTER)));
}

#[tokio::test(start_paused = true)]
async fn settings_are_written_and_removed_with_the_drain_record() {
    let (live, aws) = quick(7).await;
    let settings: SettingsRecord =
        "deadline/60 at-deadline/wait standalone/stop agent-gone/0 heartbeat/30".parse().unwrap();
    let begun = Attribute::Put(DrainRecord::new(Cause::Hook, NOW), Some(settings));
    let attributes: BTreeMap<_, _> =
        arns(&live, &aws).await.into_iter().map(|arn| (arn, begun.clone())).collect();
    let written = aws.set_attributes(&name(CLUSTER), &attributes).await;
    assert!(written.len() == 7 && written.values().all(Result::is_ok));
    assert_eq!(calls(&live, "PutAttributes"), 2);
    let found = aws.find_container_instances(&name(CLUSTER), &[]).await.unwrap();
    assert!(found.len() == 7 && found.iter().all(|(_, r)| r.settings == Some(settings)));
    let deleted = attributes.into_keys().map(|arn| (arn, Attribute::Delete)).collect();
    aws.set_attributes(&name(CLUSTER), &deleted).await;
    let found = aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap();
    assert!(found.iter().all(|(_, r)| r.drain_record.is_none() && r.settings.is_none()));
}

#[tokio::test(start_paused = true)]
async fn a_drain_record_is_written_alone_where_its_settings_do_not_fit() {
    let (live, aws) = quick(1).await;
    let instance = ids(&live).remove(0).into();
    control(&live, Control::FillAttributes(FillAttributes { instance, count: 9 }));
    let (_, registration) =
        aws.find_container_instances(&name(CLUSTER), &ids(&live)).await.unwrap().remove(0);
    assert!(!registration.settings_fit && !registration.record_refused);
    let settings =
        "deadline/60 at-deadline/wait standalone/stop agent-gone/0 heartbeat/30".parse().ok();
    let begun = Attribute::Put(DrainRecord::new(Cause::Hook, NOW), settings);
    let attributes = BTreeMap::from([(registration.arn.clone(), begun)]);
    let written = aws.set_attributes(&name(CLUSTER), &attributes).await;
    assert_eq!(written[&registration.arn], Ok(()));
    let found = aws.find_container_instances(&name(CLUSTER), &[]).await.unwrap();
    assert!(found[0].1.drain_record.is_some() && found[0].1.settings.is_none());
}

#[tokio::test(start_paused = true)]
async fn an_instance_is_searched_for_in_every_other_cluster() {
    let (live, aws) = quick(2).await;
    control(&live, Control::CreateCluster("other".to_owned()));
    let [lost, moved]: [InstanceId; 2] = ids(&live).try_into().unwrap();
    let (instance, cluster) = (moved.to_string(), "other".to_owned());
    control(&live, Control::RegisterIn(RegisterIn { instance, cluster, instead: true }));
    tokio::time::sleep(Duration::from_secs(60)).await;
    let places = aws.elsewhere(&name(CLUSTER), &[lost.clone(), moved.clone()]).await.unwrap();
    assert_eq!(places[&lost], Elsewhere::Nowhere);
    assert_eq!(places[&moved], Elsewhere::OtherCluster);
    let unknown = name("i-00000000000000000");
    let places = aws.elsewhere(&name("nowhere"), &[unknown, lost]).await.unwrap();
    assert_eq!(places["i-00000000000000000"], Elsewhere::NoSuchCluster);
}

/// An API that throttles every call, and counts them.
#[derive(Debug, Clone, Default)]
struct Empty(Arc<AtomicU64>);

impl HttpClient for Empty {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Empty {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.0.fetch_add(1, Ordering::Relaxed);
        let error = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
        let status = StatusCode::try_from(400).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, error.into())))
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_tried_three_times_and_named() {
    let empty = Empty::default();
    let aws = clients(empty.clone()).await;
    let operation = "ListContainerInstances";
    let error = aws.find_container_instances(&name(CLUSTER), &[]).await.unwrap_err();
    assert_eq!(error, failed(operation, ErrorKind::Throttled));
    assert_eq!(empty.0.load(Ordering::Relaxed), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_in_time() {
    let (live, aws) = region(1, Settings::default(), Duration::from_secs(3_600)).await;
    let began = live.now();
    let error = aws.tagged_groups().await.unwrap_err();
    assert_eq!(error.kind.name(), "unreachable");
    assert!(live.now() - began <= time::Duration::seconds(12));
}
