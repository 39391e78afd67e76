//! Recorded metrics, against the simulated region.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::time::Duration;

use aws::{CloudWatch, Error, MetricQuery};
use aws_config::Region as RegionName;
use aws_credential_types::Credentials;
use region::Time;
use region::client::Client;
use region::delivery::Wiring;
use region::faults::{CallFault, CallFaults};
use region::live::Live;
use region::region::{Region, Settings};
use region::world::{Control, PutMetricData, REGION};
use serde_json::json;
use time::macros::datetime;

/// A whole minute.
const BEGAN: Time = datetime!(2026-11-26 09:00 UTC);
const MINUTES: i64 = 300;

/// A region with five hours of one metric, and our client on it.
async fn region(faults: CallFaults) -> (Live, CloudWatch) {
    let now = BEGAN + time::Duration::minutes(MINUTES);
    let live = Live::new(Region::new(Wiring::default(), Settings::default(), 7, now), now);
    tokio::spawn(live.clone().run(|_| async { Err("no function here".to_owned()) }));
    let queue = json!([{"Name": "QueueName", "Value": "jobs"}]);
    let data: Vec<_> = (0..MINUTES)
        .map(|minute| {
            json!({"MetricName": "Waiting", "Dimensions": queue, "Value": minute,
                "Timestamp": BEGAN.unix_timestamp() + 60 * minute})
        })
        .collect();
    let data = json!({"Namespace": "AWS/SQS", "MetricData": data});
    let data = serde_json::from_value::<PutMetricData>(data).unwrap();
    live.with(|region, now| region.control(now, Control::PutMetricData(data))).unwrap();
    let client = Client::new(live.clone(), Duration::from_millis(40)).faulty(faults);
    let config = aws::defaults()
        .http_client(client)
        .region(RegionName::from_static(REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .load()
        .await;
    (live, CloudWatch::new(&config))
}

fn query(name: &str, statistic: &str, period: i32) -> MetricQuery {
    MetricQuery {
        namespace: "AWS/SQS".to_owned(),
        name: name.to_owned(),
        dimensions: vec![("QueueName".to_owned(), "jobs".to_owned())],
        statistic: statistic.to_owned(),
        period,
    }
}

fn calls(live: &Live) -> u64 {
    live.observe(|region, _| region.calls().get("GetMetricData").copied().unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn series_come_in_the_order_of_the_queries_and_what_is_not_known_is_empty() {
    let (live, cloudwatch) = region(CallFaults::none()).await;
    let queries = [
        query("Nothing", "Sum", 60),
        query("Waiting", "Average", 120),
        query("Waiting", "p95", 60),
    ];
    let to = BEGAN + time::Duration::minutes(4);
    let found = cloudwatch.metric_data(&queries, BEGAN, to).await.unwrap();
    let at = |minute| BEGAN + time::Duration::minutes(minute);
    assert_eq!(
        found,
        [
            vec![],
            vec![(at(0), 0.5), (at(2), 2.5)],
            vec![(at(0), 0.0), (at(1), 1.0), (at(2), 2.0), (at(3), 3.0)],
        ]
    );
    assert_eq!(calls(&live), 1);
}

#[tokio::test(start_paused = true)]
async fn more_queries_than_a_call_takes_and_more_values_than_an_answer_holds_are_all_there() {
    let (live, cloudwatch) = region(CallFaults::none()).await;
    let queries = vec![query("Waiting", "Sum", 60); 501];
    let to = BEGAN + time::Duration::minutes(MINUTES);
    let found = cloudwatch.metric_data(&queries, BEGAN, to).await.unwrap();
    assert_eq!(found.len(), 501);
    let expected: Vec<f64> = (0..MINUTES).map(|minute| minute as f64).collect();
    for points in found {
        let values: Vec<f64> = points.into_iter().map(|(_, value)| value).collect();
        assert_eq!(values, expected);
    }
    // 150,000 values are two pages, and the last query is a call of its own.
    assert_eq!(calls(&live), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_for_good_is_an_error_of_ours() {
    let (_, cloudwatch) = region(CallFaults::none()).await;
    let error = cloudwatch.metric_data(&[query("Waiting", "Sum", 60)], BEGAN, BEGAN).await;
    assert!(matches!(error, Err(Error::Refused { operation: "GetMetricData", .. })), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_once_is_tried_again() {
    let (_, cloudwatch) = region(CallFaults::at(1, CallFault::Throttled)).await;
    let to = BEGAN + time::Duration::minutes(1);
    let found = cloudwatch.metric_data(&[query("Waiting", "Sum", 60)], BEGAN, to).await.unwrap();
    assert_eq!(found, [vec![(BEGAN, 0.0)]]);
}
