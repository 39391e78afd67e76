//! Recorded metrics, against the simulated region.

use std::time::Duration;

use aws_config::Region as RegionName;
use aws_credential_types::Credentials;
use region::api::ApiError;
use region::client::{Client as HttpClient, Interceptor};
use region::faults::{CallFault, CallFaults};
use region::live::Live;
use region::names::REGION;
use region::region::{Region, Settings};
use region::services::{Control, PutMetricData};
use region::wiring::Wiring;
use serde_json::json;
use time::macros::datetime;

use super::super::account::defaults;
use super::*;

/// A whole minute.
const BEGAN: OffsetDateTime = datetime!(2026-11-26 09:00 UTC);
const MINUTES: i64 = 300;

/// A region with five hours of one metric, and a client of it, changed by `change`.
async fn region(change: impl FnOnce(HttpClient) -> HttpClient) -> (Live, Client) {
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
    let client = change(HttpClient::new(live.clone(), Duration::from_millis(40)));
    let config = defaults()
        .http_client(client)
        .region(RegionName::from_static(REGION))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .load()
        .await;
    (live, Client::new(&config))
}

fn source(name: &str, statistic: &str) -> Source {
    Source {
        namespace: "AWS/SQS".to_owned(),
        name: name.to_owned(),
        dimensions: vec![("QueueName".to_owned(), "jobs".to_owned())],
        statistic: statistic.to_owned(),
    }
}

fn calls(live: &Live) -> u64 {
    live.observe(|region, _| region.calls().get("GetMetricData").copied().unwrap_or_default())
}

fn minutes(count: i64) -> (OffsetDateTime, OffsetDateTime) {
    (BEGAN, BEGAN + time::Duration::minutes(count))
}

/// What a person reads if AWS answers with `code`.
async fn said(code: &'static str) -> String {
    let answer = move |_: &mut Region, _, _: &_| Err(ApiError::client(code, "AWS's own words"));
    let (_, client) = region(|client| client.intercepted(Interceptor::new(answer))).await;
    get(&client, &[source("Waiting", "Sum")], minutes(1)).await.unwrap_err().to_string()
}

#[tokio::test(start_paused = true)]
async fn points_come_in_the_order_of_the_sources() {
    let (live, client) = region(|client| client).await;
    let sources =
        [source("Nothing", "Sum"), source("Waiting", "Average"), source("Waiting", "p95")];
    let found = get(&client, &sources, minutes(3)).await.unwrap();
    let at = |minute| BEGAN + time::Duration::minutes(minute);
    let points = vec![(at(0), 0.0), (at(1), 1.0), (at(2), 2.0)];
    assert_eq!(found, [vec![], points.clone(), points]);
    assert_eq!(calls(&live), 1);
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_all_calls_are_read() {
    let (live, client) = region(|client| client).await;
    let sources = vec![source("Waiting", "Sum"); 501];
    let found = get(&client, &sources, minutes(MINUTES)).await.unwrap();
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
async fn a_call_that_is_throttled_once_is_repeated() {
    let (_, client) = region(|client| client.faulty(CallFaults::at(1, CallFault::Throttled))).await;
    let found = get(&client, &[source("Waiting", "Sum")], minutes(1)).await.unwrap();
    assert_eq!(found, [vec![(BEGAN, 0.0)]]);
}

#[tokio::test(start_paused = true)]
async fn missing_permission_names_the_action_and_what_to_do() {
    for code in ["AccessDenied", "AccessDeniedException"] {
        let said = said(code).await;
        assert!(said.contains("allow the action cloudwatch:GetMetricData"), "{said}");
        assert!(said.contains("AWS's own words"), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_refusals_say_what_to_do() {
    for (code, words) in [
        ("ExpiredToken", "the credentials have expired, renew them"),
        ("UnrecognizedClientException", "check the access key"),
        ("ThrottlingException", "try again in a minute"),
        ("ValidationError", "refused (ValidationError): AWS's own words"),
    ] {
        let said = said(code).await;
        assert!(said.contains(words), "{code}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_metric_that_is_refused_does_not_pass_for_absent() {
    let denied = json!({"MetricDataResults": [{"Id": "q0", "StatusCode": "Forbidden"}]});
    let (_, client) =
        region(|client| client.intercepted(Interceptor::new(move |_, _, _| Ok(denied.clone()))))
            .await;
    let error = get(&client, &[source("Waiting", "Sum")], minutes(1)).await.unwrap_err();
    assert!(error.to_string().contains("Waiting of AWS/SQS; allow the action"), "{error}");
}
