//! One GetMetricData, all its pages, and what a person can do about its errors.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StatusCode,
};
use aws_smithy_types::DateTime;
use load_test::Source;
use time::OffsetDateTime;

use super::PERIOD;
use crate::exit::Failure;

/// Values and the beginnings of their periods, oldest first.
type Points = Vec<(OffsetDateTime, f64)>;

/// The most queries that one call takes.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const QUERIES: usize = 500;

/// The points of each source, in the order of `sources`.
///
/// # Errors
/// When a call fails, or CloudWatch refuses one of the metrics.
pub(super) async fn get(
    client: &Client,
    sources: &[Source],
    span: (OffsetDateTime, OffsetDateTime),
) -> Result<Vec<Points>, Failure> {
    let mut found = Vec::with_capacity(sources.len());
    for sources in sources.chunks(QUERIES) {
        let mut points = vec![Points::new(); sources.len()];
        pages(client, sources, span, &mut points).await?;
        found.append(&mut points);
    }
    Ok(found)
}

async fn pages(
    client: &Client,
    sources: &[Source],
    (from, to): (OffsetDateTime, OffsetDateTime),
    points: &mut [Points],
) -> Result<(), Failure> {
    let queries = sources.iter().enumerate().map(|(number, source)| query(number, source));
    let mut pages = client
        .get_metric_data()
        .set_metric_data_queries(Some(queries.collect()))
        .start_time(DateTime::from_secs(from.unix_timestamp()))
        .end_time(DateTime::from_secs(to.unix_timestamp()))
        .scan_by(ScanBy::TimestampAscending)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        for result in page.map_err(failure)?.metric_data_results() {
            let number = result.id().and_then(|id| id.strip_prefix(ID)?.parse::<usize>().ok());
            let Some(number) = number else { continue };
            let (Some(source), Some(points)) = (sources.get(number), points.get_mut(number)) else {
                continue;
            };
            check(source, result)?;
            let values = result.timestamps().iter().zip(result.values());
            points.extend(values.filter_map(|(at, value)| {
                Some((OffsetDateTime::from_unix_timestamp(at.secs()).ok()?, *value))
            }));
        }
    }
    Ok(())
}

/// Prefix of a query's id; its number follows.
const ID: &str = "q";

fn query(number: usize, source: &Source) -> MetricDataQuery {
    let dimension =
        |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(&source.namespace)
        .metric_name(&source.name)
        .set_dimensions(Some(source.dimensions.iter().map(dimension).collect()))
        .build();
    let stat = MetricStat::builder().metric(metric).period(PERIOD).stat(&source.statistic).build();
    MetricDataQuery::builder().id(format!("{ID}{number}")).metric_stat(stat).build()
}

/// A metric that was refused has no points, and would pass for one that does not exist.
fn check(source: &Source, result: &MetricDataResult) -> Result<(), Failure> {
    let Source { namespace, name, .. } = source;
    match result.status_code() {
        Some(StatusCode::Forbidden) => Err(Failure::Call(format!(
            "GetMetricData was denied for {name} of {namespace}; {ALLOW}"
        ))),
        Some(StatusCode::InternalError) => Err(Failure::Call(format!(
            "CloudWatch failed to read {name} of {namespace}, try again"
        ))),
        _ => Ok(()),
    }
}

const ALLOW: &str = "allow the action cloudwatch:GetMetricData, on all resources, to the user or \
                     role of these credentials, or choose others by --profile";

/// What a person with credentials can do about it.
fn failure<E, R>(error: SdkError<E, R>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let message = error.message().unwrap_or_default();
    Failure::Call(match error.code() {
        Some("AccessDenied" | "AccessDeniedException" | "AuthorizationError") => {
            format!("GetMetricData was denied; {ALLOW}: {message}")
        }
        Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired") => {
            format!(
                "the credentials have expired, renew them or choose others by --profile: {message}"
            )
        }
        Some(
            code @ ("InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"),
        ) => format!(
            "AWS does not accept these credentials ({code}), check the access key or choose \
             others by --profile: {message}"
        ),
        Some("Throttling" | "ThrottlingException" | "RequestLimitExceeded") => {
            "GetMetricData is throttled, try again in a minute".to_owned()
        }
        Some(code) => format!("GetMetricData was refused ({code}): {message}"),
        None => format!(
            "GetMetricData got no answer, check the network and the Region: {}",
            DisplayErrorContext(&error)
        ),
    })
}

#[cfg(test)]
mod tests;
