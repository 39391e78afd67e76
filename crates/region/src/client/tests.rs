//! The trace header of calls in process.

use std::collections::BTreeMap;

use time::macros::datetime;

use super::*;
use crate::region::Settings;
use region_messaging::FunctionTruth;
use region_wiring::template;

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Again: {Type: AWS::SNS::Topic, Properties: {TopicName: again}}
  Looping:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 10
      Events:
        Again: {Type: SNS, Properties: {Topic: !Ref Again}}
";

fn live() -> Live {
    let wiring = template::read(TEMPLATE, &BTreeMap::new(), &BTreeMap::new()).unwrap();
    let mut settings = Settings::default();
    settings.messaging.sns_delay = 0..=0;
    settings.messaging.async_delay = 0..=0;
    let epoch = datetime!(2026-11-22 09:00 UTC);
    Live::new(Region::new(wiring, settings, 1, epoch), epoch)
}

/// Publish to the topic of the loop, with this trace header if there is one.
async fn publish(client: &Client, trace: Option<String>) {
    let topic = "arn:aws:sns:us-east-1:123456789012:again";
    let form = format!("Action=Publish&Version=2010-03-31&Message=again&TopicArn={topic}");
    let mut request = HttpRequest::new(SdkBody::from(form));
    if let Some(trace) = trace {
        request.headers_mut().insert("x-amzn-trace-id", trace);
    }
    assert!(client.call(request).await.unwrap().status().is_success());
}

/// Run the loop until it is stopped. Each run publishes by `again`.
async fn stopped<F>(
    live: Live,
    again: impl Fn(Client, String) -> F + Send + 'static,
) -> FunctionTruth
where
    F: Future<Output = ()> + Send + 'static,
{
    let client = Client::new(live.clone(), Duration::ZERO);
    let calling = client.clone();
    let running = tokio::spawn(live.clone().run(move |invocation| {
        let called = again(calling.clone(), invocation.trace);
        async move {
            called.await;
            Ok::<_, String>(Value::Null)
        }
    }));
    publish(&client, None).await;
    loop {
        let truth = live.observe(|region, _| region.messaging().function_truth("Looping").unwrap());
        if truth.recursive_dropped > 0 {
            running.abort();
            return truth;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_call_inside_a_run_has_the_trace_header_of_the_run() {
    let truth = stopped(live(), |client, _| async move { publish(&client, None).await }).await;
    assert_eq!((truth.invocations, truth.recursive_dropped), (16, 1));
}

#[tokio::test]
async fn the_header_that_the_sdk_sends_comes_first() {
    let short = |client: Client, trace: String| async move {
        let (_, lineage) = trace.split_once("Lineage=").unwrap();
        let hash = lineage.split(':').next().unwrap().to_owned();
        publish(&client, Some(format!("Root=1-0-0;Lineage={hash}:15"))).await;
    };
    let truth = stopped(live(), short).await;
    assert_eq!((truth.invocations, truth.recursive_dropped), (1, 1));
}

#[tokio::test]
async fn outside_of_runs_there_is_no_trace_header() {
    assert_eq!(trace::current(), None);
    let inside = trace::within("Root=1-0-0".to_owned(), async { trace::current() }).await;
    assert_eq!(inside.as_deref(), Some("Root=1-0-0"));
}
