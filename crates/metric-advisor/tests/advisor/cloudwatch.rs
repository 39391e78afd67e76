//! A load test that CloudWatch recorded, read by the SDK from the simulated region.

use std::time::Duration;

use crate::model::Sample;
use advice::advice::Verdict;
use advice::settings::Settings;
use aws_config::Region as RegionName;
use aws_credential_types::Credentials;
use aws_sdk_cloudwatch::Client as CloudWatch;
use load_test::{LoadTest, Mapping, Quantile};
use metric_advisor::cloudwatch::{self, Found};
use metric_advisor::place::Place;
use region::Time;
use region::client::Client;
use region::live::Live;
use region::names::REGION;
use region::region::{Region, Settings as RegionSettings};
use region::services::{Control, PutMetricData};
use region::wiring::Wiring;
use serde_json::{Value, json};
use time::macros::datetime;

/// A whole minute.
const BEGAN: Time = datetime!(2026-11-26 09:00 UTC);

fn place() -> Place {
    Place {
        cluster: Some("demo".to_owned()),
        service: Some("web".to_owned()),
        load_balancer: Some("app/front/01ab".to_owned()),
        target_group: Some("targetgroup/web/01ab".to_owned()),
        ..Place::default()
    }
}

/// What the services of AWS send of `samples`, which are a minute apart.
fn sent(samples: &[Sample]) -> Vec<Value> {
    let service = json!([
        {"Name": "ClusterName", "Value": "demo"}, {"Name": "ServiceName", "Value": "web"},
    ]);
    let targets = json!([
        {"Name": "TargetGroup", "Value": "targetgroup/web/01ab"},
        {"Name": "LoadBalancer", "Value": "app/front/01ab"},
    ]);
    let mut all = Vec::new();
    for one in samples {
        let at = BEGAN.unix_timestamp() + i64::from(one.time);
        // A sample for each task.
        let of_tasks = |name: &str, value: f64| {
            json!({"MetricName": name, "Dimensions": service, "Timestamp": at,
                "Values": [value], "Counts": [one.tasks]})
        };
        let of_targets = |name: &str, value: f64| json!({"MetricName": name, "Dimensions": targets, "Timestamp": at, "Value": value});
        all.push(json!({"Namespace": "AWS/ECS", "MetricData": [
            of_tasks("CPUUtilization", one.cpu), of_tasks("MemoryUtilization", one.memory),
        ]}));
        let requests = 60.0 * one.demand;
        all.push(json!({"Namespace": "AWS/ApplicationELB", "MetricData": [
            of_targets("RequestCount", requests),
            of_targets("RequestCountPerTarget", requests / f64::from(one.tasks)),
            of_targets("TargetResponseTime", one.p95),
            of_targets("HTTPCode_Target_5XX_Count", 0.0),
        ]}));
    }
    all
}

/// A region whose CloudWatch has `samples`, and a client of ours on it.
async fn recorded(samples: &[Sample]) -> (Live, CloudWatch) {
    let now = BEGAN + time::Duration::hours(3);
    let live = Live::new(Region::new(Wiring::default(), RegionSettings::default(), 7, now), now);
    tokio::spawn(live.clone().run(|_| async { Err("no function here".to_owned()) }));
    for data in sent(samples) {
        let data = serde_json::from_value::<PutMetricData>(data).unwrap();
        live.with(|region, now| region.control(now, Control::PutMetricData(data))).unwrap();
    }
    let client = Client::new(live.clone(), Duration::from_millis(40));
    let config = cloudwatch::defaults()
        .http_client(client)
        .region(RegionName::from_static(REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .load()
        .await;
    (live, CloudWatch::new(&config))
}

async fn read(samples: &[Sample]) -> (LoadTest, Found) {
    let (_live, cloudwatch) = recorded(samples).await;
    let span = (BEGAN, BEGAN + time::Duration::hours(2));
    let mut found = cloudwatch::read(&cloudwatch, &place(), span).await.unwrap();
    let recording = std::mem::take(&mut found.recording);
    (recording.into_load_test(&Mapping::default()).unwrap().test, found)
}

fn values(test: &LoadTest, metric: &str) -> Vec<f64> {
    let found = test.metrics.iter().find(|one| one.name.contains(metric));
    found.unwrap().values.clone()
}

#[track_caller]
fn equal(values: &[f64], expected: impl Iterator<Item = f64>) {
    let expected: Vec<f64> = expected.collect();
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() <= 1e-9 * expected.abs(), "{value} is not {expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_to_cloudwatch_is_the_load_test_again() {
    let samples = crate::model::load_test(60);
    let (test, _) = read(&samples).await;
    equal(&test.times, samples.iter().map(|one| f64::from(one.time)));
    equal(&test.tasks, samples.iter().map(|one| f64::from(one.tasks)));
    equal(&test.demand, samples.iter().map(|one| one.demand));
    equal(test.latency.p95.as_ref().unwrap(), samples.iter().map(|one| one.p95));
    equal(&values(&test, "CPUUtilization"), samples.iter().map(|one| one.cpu));
    equal(&values(&test, "MemoryUtilization"), samples.iter().map(|one| one.memory));
    let of_target = |one: &Sample| 60.0 * one.demand / f64::from(one.tasks);
    equal(&values(&test, "RequestCountPerTarget"), samples.iter().map(of_target));
}

#[tokio::test(start_paused = true)]
async fn the_metric_that_is_right_is_recommended() {
    let (test, _) = read(&crate::model::load_test(60)).await;
    let mut settings = Settings { ramp: Some(0.1), ..Settings::default() };
    settings.objective.latency = Some((Quantile::P95, 1.0));
    let advice = advice::advise(&test, &settings, &mut |_, _| {});
    let recommended = match &advice.verdict {
        Verdict::Recommended(recommendation) => Some(recommendation.index),
        _ => None,
    };
    assert!(recommended.is_some(), "{:?}", advice.verdict);
    let of = &advice.metrics[recommended.unwrap()];
    let source = of.source.as_ref().unwrap();
    assert_eq!((source.namespace.as_str(), source.name.as_str()), ("AWS/ECS", "CPUUtilization"));
}

#[tokio::test(start_paused = true)]
async fn metrics_that_the_service_has_not_are_told() {
    let (_, found) = read(&crate::model::load_test(60)).await;
    let insights = "CloudWatch has no RunningTaskCount, CpuUtilized, MemoryUtilized, \
                    NetworkRxBytes, NetworkTxBytes, StorageReadBytes, StorageWriteBytes of \
                    ECS/ContainerInsights";
    let balancer =
        "CloudWatch has no HealthyHostCount, ActiveConnectionCount of AWS/ApplicationELB";
    assert_eq!(found.notes(), [insights, balancer]);
}

#[tokio::test(start_paused = true)]
async fn a_time_that_is_none_is_refused_and_nothing_is_asked() {
    let (live, cloudwatch) = recorded(&[]).await;
    for end in [BEGAN, BEGAN + time::Duration::days(16)] {
        let error = cloudwatch::read(&cloudwatch, &place(), (BEGAN, end)).await.unwrap_err();
        assert!(error.to_string().contains("15 days"), "{error}");
    }
    assert_eq!(live.observe(|region, _| region.calls().get("GetMetricData").copied()), None);
}
