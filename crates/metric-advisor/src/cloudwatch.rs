//! The load test, from CloudWatch.

use aws::{CloudWatch, Error, MetricQuery};
use load_test::{Observed, Recording, Source};
use time::{Duration, OffsetDateTime};
use tokio::runtime::Builder;

use crate::exit::Failure;
use crate::place::Place;

/// Seconds. Services send their metrics each minute.
const PERIOD: i32 = 60;

/// For how long CloudWatch keeps minutes.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const KEPT: Duration = Duration::days(15);

/// What CloudWatch has of a service.
#[derive(Debug)]
pub struct Found {
    /// What it recorded.
    pub recording: Recording,
    /// What it knows nothing of in that time.
    pub absent: Vec<Source>,
}

impl Found {
    /// What is absent, in a sentence for each namespace.
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

/// Read all that CloudWatch has of `place` from `from` until before `to`.
///
/// # Errors
/// When the time is none, the call fails, or a series cannot be used.
pub async fn read(
    cloudwatch: &CloudWatch,
    place: &Place,
    (from, to): (OffsetDateTime, OffsetDateTime),
) -> Result<Found, Failure> {
    if to <= from || to - from > KEPT {
        let what = "--start and --end: the end has to be later than the start, by 15 days at most";
        return Err(Failure::Input(what.to_owned()));
    }
    let sources = place.sources();
    let queries: Vec<MetricQuery> = sources.iter().map(query).collect();
    let series = cloudwatch.metric_data(&queries, from, to).await.map_err(failure)?;
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

/// The same with the credentials and the region of the environment.
///
/// # Errors
/// As [`read`]'s, and when there is no region.
pub fn read_by_environment(
    place: &Place,
    span: (OffsetDateTime, OffsetDateTime),
) -> Result<Found, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Call(format!("cannot begin: {error}")))?;
    runtime.block_on(async {
        let config = aws::defaults().load().await;
        if config.region().is_none() {
            return Err(Failure::Call(
                "no region: set AWS_REGION, or one in the profile".to_owned(),
            ));
        }
        read(&CloudWatch::new(&config), place, span).await
    })
}

fn query(source: &Source) -> MetricQuery {
    MetricQuery {
        namespace: source.namespace.clone(),
        name: source.name.clone(),
        dimensions: source.dimensions.clone(),
        statistic: source.statistic.clone(),
        period: PERIOD,
    }
}

/// The reader of the message is a person with credentials, not a function with a role.
fn failure(error: Error) -> Failure {
    Failure::Call(match error {
        Error::Denied { operation, message } => {
            format!("{operation} was denied, allow cloudwatch:GetMetricData: {message}")
        }
        Error::Throttled { operation } => format!("{operation} was throttled, try again"),
        other => other.to_string(),
    })
}
