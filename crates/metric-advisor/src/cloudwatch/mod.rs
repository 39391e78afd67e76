//! The load test, from CloudWatch.

mod account;
mod metric_data;

use aws_sdk_cloudwatch::Client;
use load_test::{Observed, Recording, Source};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Builder;

pub use self::account::{Account, defaults};
use crate::exit::Failure;
use crate::place::Place;

/// Seconds. Services send their metrics each minute.
const PERIOD: i32 = 60;

/// How long CloudWatch keeps points of one minute.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const KEPT: Duration = Duration::days(15);

/// What CloudWatch has of a service.
#[derive(Debug)]
pub struct Found {
    /// The metrics that have points.
    pub recording: Recording,
    /// The metrics that have none in that time.
    pub absent: Vec<Source>,
}

impl Found {
    /// A sentence for each namespace with absent metrics.
    pub fn notes(&self) -> Vec<String> {
        let of = |sources: &[Source]| {
            let mut names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            names.dedup();
            let namespace = &sources.first()?.namespace;
            Some(format!("CloudWatch has no {} of {namespace}", names.join(", ")))
        };
        let by_namespace = self.absent.chunk_by(|one, other| one.namespace == other.namespace);
        by_namespace.filter_map(of).collect()
    }
}

/// Reads every metric of `place` from `from` until before `to`.
///
/// # Errors
/// When the time is not a range of at most 15 days, the call fails, or a series cannot be used.
pub async fn read(
    client: &Client,
    place: &Place,
    (from, to): (OffsetDateTime, OffsetDateTime),
) -> Result<Found, Failure> {
    if to <= from || to - from > KEPT {
        let what = "--start and --end: the end has to be later than the start, by 15 days at most";
        return Err(Failure::Input(what.to_owned()));
    }
    let sources = place.sources();
    let series = metric_data::get(client, &sources, (from, to)).await?;
    let mut found = Found { recording: Recording::default(), absent: Vec::new() };
    for (source, points) in sources.into_iter().zip(series) {
        if points.is_empty() {
            found.absent.push(source);
            continue;
        }
        let from = "CloudWatch".to_owned();
        found.recording.add(Observed { from, source, period: f64::from(PERIOD), points })?;
    }
    Ok(found)
}

/// Reads with the credentials and the Region of `account`.
///
/// # Errors
/// As [`read`], and when there are no credentials or no Region.
pub(crate) fn read_as(
    account: &Account,
    place: &Place,
    span: (OffsetDateTime, OffsetDateTime),
) -> Result<Found, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Call(format!("cannot start: {error}")))?;
    runtime.block_on(async { read(&account.client().await?, place, span).await })
}
