//! The tag of an alarm, and parameters of Systems Manager, over the SDK's HTTP and signatures.

use std::time::Duration;

use aws::{CloudWatch, ErrorKind, Parameters};
use aws_names::AlarmArn;
use aws_types::region::Region as RegionName;
use region::Time;
use region::client::Client;
use region::faults::{CallFault, CallFaults};
use region::live::Live;
use region::names::REGION;
use region::region::{Region, Settings};
use region::services::{Control, PutMetricAlarm, PutParameter};
use region::wiring::Wiring;
use serde_json::json;
use time::macros::datetime;
use tokio::time::Instant;

use super::credentials;

const NOW: Time = datetime!(2026-11-26 09:00 UTC);
const TAG: &str = "ecs-tide:target";

async fn region(faults: CallFaults) -> (Live, CloudWatch, Parameters) {
    let live = Live::new(Region::new(Wiring::default(), Settings::default(), 7, NOW), NOW);
    tokio::spawn(live.clone().run(|_| async { Err("no function here".to_owned()) }));
    let client = Client::new(live.clone(), Duration::from_millis(40)).faulty(faults);
    let config = aws::defaults()
        .http_client(client)
        .region(RegionName::from_static(REGION))
        .credentials_provider(credentials())
        .build();
    (live, CloudWatch::new(&config), Parameters::new(&config))
}

fn put(live: &Live, name: &str, value: &str) {
    let parameter = PutParameter { name: name.to_owned(), value: value.to_owned() };
    live.with(|region, now| region.control(now, Control::PutParameter(parameter))).unwrap();
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("/documents/{number}")).collect()
}

#[tokio::test(start_paused = true)]
async fn an_alarm_has_the_tag_that_it_was_given_or_none() {
    let (live, cloudwatch, _) = region(CallFaults::none()).await;
    let alarm: PutMetricAlarm = serde_json::from_value(json!({
        "AlarmName": "high", "Namespace": "Test", "MetricName": "Load", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 70.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Tags": [{"Key": "Project", "Value": "x"}, {"Key": TAG, "Value": "service/tide/web"}],
    }))
    .unwrap();
    live.with(|region, now| region.control(now, Control::PutMetricAlarm(alarm))).unwrap();
    let arn = |name: &str| -> AlarmArn {
        format!("arn:aws:cloudwatch:{REGION}:123456789012:alarm:{name}").parse().unwrap()
    };
    let tag = cloudwatch.alarm_tag(&arn("high"), TAG).await.unwrap();
    assert_eq!(tag.as_deref(), Some("service/tide/web"));
    assert_eq!(cloudwatch.alarm_tag(&arn("high"), "other").await.unwrap(), None);
    assert_eq!(cloudwatch.alarm_tag(&arn("gone"), TAG).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn parameters_come_ten_a_call_and_one_call_a_second() {
    let (live, _, parameters) = region(CallFaults::none()).await;
    put(&live, "/documents/3", "three");
    put(&live, "/documents/23", "twenty-three");
    let began = Instant::now();
    let read = parameters.read(&names(25)).await.unwrap();
    assert_eq!(began.elapsed().as_millis() / 1_000, 2);
    let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(read, [("/documents/23", "twenty-three"), ("/documents/3", "three")]);
    assert_eq!(live.with(|region, _| region.calls()["GetParameters"]), 3);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_is_not_repeated() {
    for (fault, kind) in [(CallFault::Throttled, "throttled"), (CallFault::Unavailable, "refused")]
    {
        let (live, _, parameters) = region(CallFaults::at(1, fault)).await;
        let error = parameters.read(&names(1)).await.unwrap_err();
        assert_eq!((error.operation, error.kind.name()), ("GetParameters", kind));
        assert_eq!(live.with(|region, _| region.calls()["GetParameters"]), 1);
    }
    let (_, _, parameters) = region(CallFaults::at(1, CallFault::Lost)).await;
    let error = parameters.read(&names(1)).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Unreachable(_)), "{error}");
}
