//! The calls of scaling against a simulated region.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;
use std::time::Duration;

use aws::{Aws, CloudWatch, ErrorKind, Watched};
use aws_names::AlarmArn;
use aws_types::region::Region as RegionName;
use region::Time;
use region::client::Client;
use region::faults::{CallFault, CallFaults};
use region::live::Live;
use region::names::REGION;
use region::region::{Region, Settings};
use region::services::{
    Control, CreateGroup, CreateService, PutCompositeAlarm, PutMetricAlarm, PutMetricData, Workload,
};
use region::wiring::Wiring;
use scaling::alarm::{Kind, StateValue};
use scaling::room::Resources;
use scaling::step::Operator;
use serde_json::{Value, json};
use time::macros::datetime;

use super::{credentials, name};

/// A whole minute.
const NOW: Time = datetime!(2026-11-26 09:00 UTC);
const CLUSTER: &str = "demo";

/// A simulated region with a group and a service, and our clients on it.
async fn region(faults: CallFaults) -> (Live, Aws, CloudWatch) {
    let live = Live::new(Region::new(Wiring::default(), Settings::default(), 7, NOW), NOW);
    tokio::spawn(live.clone().run(|_| async { Err("no function here".to_owned()) }));
    let group =
        CreateGroup { cluster: CLUSTER.to_owned(), desired: 2, max: 5, ..CreateGroup::default() };
    control(&live, Control::CreateGroup(group));
    let service = CreateService {
        cluster: CLUSTER.to_owned(),
        desired: 3,
        workload: Workload { cpu: 300, memory: 700, ..Workload::default() },
        ..CreateService::default()
    };
    control(&live, Control::CreateService(service));
    let client = Client::new(live.clone(), Duration::from_millis(40)).faulty(faults);
    let config = aws::defaults()
        .http_client(client)
        .region(RegionName::from_static(REGION))
        .credentials_provider(credentials())
        .build();
    (live, Aws::new(&config), CloudWatch::new(&config))
}

fn control(live: &Live, control: Control) {
    live.with(|region, now| region.control(now, control)).unwrap();
}

fn alarm(name: &str, properties: Value) -> Control {
    let mut alarm = json!({
        "AlarmName": name,
        "EvaluationPeriods": 1,
        "Threshold": 70.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    });
    alarm.as_object_mut().unwrap().extend(properties.as_object().unwrap().clone());
    Control::PutMetricAlarm(serde_json::from_value::<PutMetricAlarm>(alarm).unwrap())
}

fn metric(name: &str) -> Value {
    json!({"Namespace": "Test", "MetricName": name, "Statistic": "Average", "Period": 60})
}

/// The larger of two metrics.
fn math(one: &str, other: &str) -> Value {
    let stat = |id: &str, name: &str| {
        json!({"Id": id, "ReturnData": false, "MetricStat": {
            "Metric": {"Namespace": "Test", "MetricName": name}, "Period": 60, "Stat": "Average",
        }})
    };
    json!({"Metrics": [
        {"Id": "larger", "Expression": "MAX([one, other])", "ReturnData": true},
        stat("one", one), stat("other", other),
    ]})
}

fn put(live: &Live, name: &str, value: f64) {
    let data = json!({"Namespace": "Test", "MetricData": [{"MetricName": name, "Value": value}]});
    control(live, Control::PutMetricData(serde_json::from_value::<PutMetricData>(data).unwrap()));
}

fn names<T: FromStr<Err: Debug>>(names: &[&str]) -> Vec<T> {
    names.iter().map(|one| name(one)).collect()
}

fn arn(alarm: &str) -> AlarmArn {
    name(&format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}"))
}

fn calls(live: &Live, operation: &str) -> u64 {
    live.observe(|region, _| region.calls().get(operation).copied().unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn metric_and_composite_alarms_are_read_in_one_call_and_what_does_not_exist_is_absent() {
    let (live, _, cloudwatch) = region(CallFaults::none()).await;
    control(&live, alarm("high", metric("load")));
    let composite = PutCompositeAlarm {
        alarm_name: "both".to_owned(),
        alarm_rule: "ALARM(\"high\")".to_owned(),
        actions_enabled: false,
        ..PutCompositeAlarm::default()
    };
    control(&live, Control::PutCompositeAlarm(composite));
    tokio::time::sleep(Duration::from_secs(5)).await;
    put(&live, "load", 84.25);
    tokio::time::sleep(Duration::from_secs(120)).await;
    let alarms = cloudwatch.alarms(&names(&["both", "high", "nobody"])).await.unwrap();
    assert_eq!((alarms.len(), calls(&live, "DescribeAlarms")), (2, 1));
    let (high, both) = (&alarms[0], &alarms[1]);
    assert_eq!((high.state, high.threshold), (StateValue::Alarm, Some(70.0)));
    assert_eq!(high.operator, Some(Operator::GreaterThanOrEqualToThreshold));
    assert!(high.watched.is_some() && !high.muted);
    assert_eq!((high.kind, both.kind), (Kind::Metric, Kind::Composite));
    assert_eq!((both.state, both.threshold), (StateValue::Alarm, None));
    assert!(both.muted && both.watched.is_none());
    assert!(high.since > NOW && both.since >= high.since);
}

/// What several alarms watch.
async fn watched(cloudwatch: &CloudWatch, alarms: &[&str]) -> BTreeMap<AlarmArn, Watched> {
    let alarms = cloudwatch.alarms(&names(alarms)).await.unwrap();
    alarms.into_iter().map(|alarm| (alarm.arn, alarm.watched.unwrap())).collect()
}

#[tokio::test(start_paused = true)]
async fn present_values_of_several_alarms_come_in_one_call_and_only_of_minutes_that_are_over() {
    let (live, _, cloudwatch) = region(CallFaults::none()).await;
    control(&live, alarm("plain", metric("one")));
    control(&live, alarm("larger", math("one", "other")));
    control(&live, alarm("silent", metric("nothing")));
    for (one, other) in [(1.0, 2.0), (1.0, 2.0), (10.0, 20.0)] {
        tokio::time::sleep(Duration::from_secs(10)).await;
        put(&live, "one", one);
        put(&live, "other", other);
        tokio::time::sleep(Duration::from_secs(50)).await;
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    put(&live, "one", 99.0);
    let watched = watched(&cloudwatch, &["larger", "plain", "silent"]).await;
    let values = cloudwatch.values(&watched, live.now()).await.unwrap();
    let expected = [(arn("larger"), 20.0), (arn("plain"), 10.0)];
    assert_eq!(values, BTreeMap::from(expected));
    assert_eq!(calls(&live, "GetMetricData"), 1);
}

/// Of one metric the newest minute lacks a sample, of the other none.
#[tokio::test(start_paused = true)]
async fn a_present_value_is_that_of_the_newest_minute_with_all_samples() {
    let (live, _, cloudwatch) = region(CallFaults::none()).await;
    control(&live, alarm("plain", metric("one")));
    control(&live, alarm("other", metric("other")));
    control(&live, alarm("larger", math("one", "other")));
    for (value, samples) in [(10.0, 2), (20.0, 2), (30.0, 2), (40.0, 1)] {
        (0..samples).for_each(|_| put(&live, "one", value));
        put(&live, "other", value + 1.0);
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let watched = watched(&cloudwatch, &["larger", "other", "plain"]).await;
    let values = async || cloudwatch.values(&watched, live.now()).await.unwrap();
    let of = |plain: f64, other: f64, larger: f64| {
        let all = [("plain", plain), ("other", other), ("larger", larger)];
        BTreeMap::from(all.map(|(alarm, value)| (arn(alarm), value)))
    };
    assert_eq!(values().await, of(30.0, 41.0, 31.0));
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(values().await, of(40.0, 41.0, 41.0));
}

#[tokio::test(start_paused = true)]
async fn a_service_is_read_with_its_tag_and_set_without_a_deployment() {
    let (_, aws, _) = region(CallFaults::none()).await;
    let read = async || {
        let mut found =
            aws.scalable_services(&name(CLUSTER), &names(&["web", "nobody"])).await.unwrap();
        assert_eq!(found.len(), 1);
        found.remove("web").unwrap()
    };
    let service = read().await;
    assert_eq!((service.state.desired, service.state.running, &service.tag), (3, 3, &None));
    assert!(service.state.scalable && !service.state.is_deploying());
    let size = aws.task_size(service.task_definition.as_ref().unwrap()).await.unwrap();
    assert_eq!(size, Resources { cpu: 300, memory: 700 });
    aws.tag_service(&service.arn, "out:3:3:5:1:60:00").await.unwrap();
    aws.set_desired_count(&name(CLUSTER), &name("web"), 5).await.unwrap();
    let service = read().await;
    assert_eq!((service.state.desired, service.tag.as_deref()), (5, Some("out:3:3:5:1:60:00")));
    assert!(!service.state.is_deploying());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_aws_fails_to_describe_does_not_pass_for_gone() {
    let (_, aws, _) = region(CallFaults::at(1, CallFault::ItemsFailed)).await;
    let error = aws.scalable_services(&name(CLUSTER), &names(&["web"])).await.unwrap_err();
    assert_eq!(error.kind.name(), "refused");
}

#[tokio::test(start_paused = true)]
async fn a_group_is_read_with_its_tag_and_set_within_its_bounds() {
    let (_, aws, _) = region(CallFaults::none()).await;
    aws.tag_group(&name("group"), "out:2:2:4:1:300:00").await.unwrap();
    aws.set_desired_capacity(&name("group"), 4).await.unwrap();
    let groups = aws.scalable_groups(&names(&["group", "nobody"])).await.unwrap();
    assert_eq!(groups.len(), 1);
    let group = &groups["group"];
    assert_eq!((group.desired, group.max_size, group.managed), (4, 5, false));
    assert_eq!(group.tag.as_deref(), Some("out:2:2:4:1:300:00"));
    assert_eq!(group.warm_up, time::Duration::seconds(300));
    let refused = aws.set_desired_capacity(&name("group"), 6).await.unwrap_err();
    assert!(matches!(&refused.kind, ErrorKind::Refused { code, .. } if code == "ValidationError"));
}

#[tokio::test(start_paused = true)]
async fn the_room_of_a_cluster_is_what_its_instances_have_left() {
    let (_, aws, _) = region(CallFaults::none()).await;
    let room = aws.room(&name(CLUSTER)).await.unwrap();
    assert_eq!(room.len(), 2);
    let (free, tasks): (Vec<u32>, Vec<u32>) =
        room.iter().map(|instance| (instance.free.cpu, instance.tasks)).unzip();
    assert_eq!(tasks.iter().sum::<u32>(), 3);
    assert_eq!(free.iter().sum::<u32>(), 2 * 4096 - 3 * 300);
    assert!(room.iter().all(|instance| instance.active && !instance.zone.is_empty()));
    assert!(room.iter().all(|instance| instance.registered_at.is_some()));
}
