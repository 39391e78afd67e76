//! The present values of what alarms watch.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::AlarmArn;
use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, ScanBy};
use aws_smithy_types::DateTime;
use scaling::Time;
use scaling::complete::{self, Minute};
use time::Duration;

use crate::query::prefixed;
use crate::times::to_sdk;
use crate::{Call, CloudWatch, Error};

/// AWS's limit of queries in GetMetricData.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const QUERIES: usize = 500;

/// Periods back from now within which the newest value is looked for. Metrics come late, and
/// CloudWatch itself reads more periods than it evaluates.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>
const PERIODS_BACK: i64 = 5;

/// What an alarm watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    queries: Vec<MetricDataQuery>,
    /// Seconds.
    period: i64,
}

/// The queries of one alarm in a call, with ids that no other alarm uses.
struct Asked<'a> {
    alarm: &'a AlarmArn,
    watched: &'a Watched,
    queries: Vec<MetricDataQuery>,
    /// The prefix of the ids of its own queries.
    value_id: String,
    /// The ids that ask how many samples its metrics have.
    sample_ids: Vec<String>,
}

/// Values by the start of their period, in seconds.
type Series = BTreeMap<i64, f64>;

impl Watched {
    /// Queries of which one returns data, over periods of so many seconds.
    pub(crate) fn new(queries: Vec<MetricDataQuery>, period: i64) -> Self {
        Self { queries, period }
    }

    /// Whether an expression reads every metric of the call, also those of other alarms.
    fn takes_all(&self) -> bool {
        let expressions = self.queries.iter().filter_map(MetricDataQuery::expression);
        expressions.into_iter().any(|expression| expression.contains("METRICS("))
    }

    fn asked<'a>(&'a self, alarm: &'a AlarmArn, number: usize) -> Asked<'a> {
        let value_id = format!("a{number}_");
        let renamed = self.queries.iter().map(|query| renamed(query, &self.queries, &value_id));
        let mut queries: Vec<MetricDataQuery> = renamed.collect();
        let inputs = self.queries.iter().filter(|query| query.metric_stat().is_some());
        let inputs = inputs.take_while(|_| !self.takes_all());
        let counts: Vec<MetricDataQuery> = (0..)
            .zip(inputs)
            .map(|(place, query)| samples(query, format!("n{number}_{place}")))
            .collect();
        let sample_ids = counts.iter().filter_map(MetricDataQuery::id).map(str::to_owned).collect();
        queries.extend(counts);
        Asked { alarm, watched: self, queries, value_id, sample_ids }
    }
}

impl CloudWatch {
    /// The value of the newest complete period ([`complete`]) of what each alarm watches.
    /// One that has none is absent.
    pub fn values<'a>(
        &'a self,
        watched: &'a BTreeMap<AlarmArn, Watched>,
        now: Time,
    ) -> Call<'a, BTreeMap<AlarmArn, f64>> {
        Box::pin(async move {
            let mut values = BTreeMap::new();
            let asked = watched.iter().enumerate();
            let asked = asked.map(|(number, (alarm, watched))| watched.asked(alarm, number));
            for batch in batches(asked) {
                let longest = batch.iter().map(|one| one.watched.period).max().unwrap_or(60);
                let end = now.unix_timestamp().div_euclid(60) * 60;
                let queries = batch.iter().flat_map(|one| one.queries.iter().cloned());
                let found = self
                    .client()
                    .get_metric_data()
                    .set_metric_data_queries(Some(queries.collect()))
                    .start_time(DateTime::from_secs(end - PERIODS_BACK * longest))
                    .end_time(to_sdk(now))
                    .scan_by(ScanBy::TimestampDescending)
                    .send()
                    .await
                    .map_err(Error::of("GetMetricData"))?;
                for one in batch {
                    let value = one.newest(found.metric_data_results(), now);
                    values.extend(value.map(|value| (one.alarm.clone(), value)));
                }
            }
            Ok(values)
        })
    }
}

/// Fills each call up to the limit. Queries that read every metric of a call get their own call.
fn batches<'a>(asked: impl Iterator<Item = Asked<'a>>) -> Vec<Vec<Asked<'a>>> {
    let mut batches: Vec<Vec<Asked<'a>>> = Vec::new();
    let mut room = 0;
    for one in asked {
        let takes = one.queries.len();
        let alone = one.watched.takes_all();
        match batches.last_mut() {
            Some(batch) if takes <= room && !alone => batch.push(one),
            _ => {
                batches.push(vec![one]);
                room = QUERIES;
            }
        }
        room = if alone { 0 } else { room.saturating_sub(takes) };
    }
    batches
}

impl Asked<'_> {
    /// The newest complete value among what a call found.
    fn newest(&self, found: &[MetricDataResult], now: Time) -> Option<f64> {
        let of = |is: &dyn Fn(&str) -> bool| -> Series {
            let results = found.iter().filter(|result| result.id().is_some_and(is));
            let points = results.flat_map(|one| one.timestamps().iter().zip(one.values()));
            points.map(|(at, value)| (at.secs(), *value)).collect()
        };
        let values = of(&|id| id.starts_with(&self.value_id));
        let samples: Vec<Series> =
            self.sample_ids.iter().map(|sample| of(&|id| id == sample)).collect();
        let times: BTreeSet<i64> =
            samples.iter().chain([&values]).flat_map(|series| series.keys().copied()).collect();
        let over = |at: &i64| at.saturating_add(self.watched.period) <= now.unix_timestamp();
        let minutes = times.into_iter().filter(over).filter_map(|at| {
            let samples = samples.iter().map(|one| one.get(&at).copied().unwrap_or(0.0));
            Some(Minute {
                at: Time::from_unix_timestamp(at).ok()?,
                value: values.get(&at).copied(),
                samples: Some(samples.collect()),
            })
        });
        let minutes: Vec<Minute> = minutes.collect();
        let period = Duration::seconds(self.watched.period);
        // Young minutes may lack the same samples, so that one proves nothing of another.
        let proved = minutes.iter().any(|minute| complete::is_whole(minute, period, now));
        proved.then(|| complete::newest(&minutes, period, now)).flatten()
    }
}

/// The same query under ids that no other alarm's query has.
fn renamed(query: &MetricDataQuery, all: &[MetricDataQuery], prefix: &str) -> MetricDataQuery {
    let ids: Vec<&str> = all.iter().filter_map(MetricDataQuery::id).collect();
    let mut renamed = query.clone();
    renamed.id = query.id().map(|id| format!("{prefix}{id}"));
    renamed.expression = query.expression().map(|text| prefixed(text, &ids, prefix));
    renamed
}

/// How many samples the metric of a query has.
fn samples(query: &MetricDataQuery, id: String) -> MetricDataQuery {
    let mut samples = query.clone();
    samples.id = Some(id);
    samples.return_data = Some(true);
    if let Some(stat) = &mut samples.metric_stat {
        stat.stat = Some("SampleCount".to_owned());
    }
    samples
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Metric, MetricStat};

    use super::*;

    fn metric(id: &str) -> MetricDataQuery {
        let metric = Metric::builder().namespace("Test").metric_name(id).build();
        let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
        MetricDataQuery::builder().id(id).metric_stat(stat).return_data(false).build()
    }

    fn math(expression: &str) -> Watched {
        let load = MetricDataQuery::builder().id("load").expression(expression).build();
        Watched::new(vec![load, metric("one"), metric("other")], 60)
    }

    fn ids(asked: &Asked<'_>) -> Vec<String> {
        asked.queries.iter().filter_map(MetricDataQuery::id).map(str::to_owned).collect()
    }

    #[test]
    fn each_metric_is_asked_for_its_samples_too() {
        let watched = math("one / other");
        let alarm = AlarmArn::from_aws("a");
        let asked = watched.asked(&alarm, 3);
        assert_eq!(ids(&asked), ["a3_load", "a3_one", "a3_other", "n3_0", "n3_1"]);
        assert_eq!(asked.queries[0].expression(), Some("a3_one / a3_other"));
        let samples = &asked.queries[4];
        let stat = samples.metric_stat().unwrap();
        assert_eq!((stat.stat(), samples.return_data()), (Some("SampleCount"), Some(true)));
        assert_eq!(stat.metric().unwrap().metric_name(), Some("other"));
    }

    /// It would take the samples, and the metrics of another alarm, for its own.
    #[test]
    fn an_expression_over_all_metrics_is_alone_in_its_call() {
        let (plain, all) = (math("one / other"), math("SUM(METRICS())"));
        let alarm = AlarmArn::from_aws("a");
        let asked = [plain.asked(&alarm, 0), all.asked(&alarm, 1), plain.asked(&alarm, 2)];
        assert_eq!(ids(&asked[1]), ["a1_load", "a1_one", "a1_other"]);
        let sizes: Vec<usize> = batches(asked.into_iter()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, 1, 1]);
        let many: Vec<Asked<'_>> = (0..101).map(|number| plain.asked(&alarm, number)).collect();
        let sizes: Vec<usize> = batches(many.into_iter()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [100, 1]);
    }

    /// Both fresh minutes lack half of the samples; the one that ended two minutes ago has all.
    #[test]
    fn young_minutes_alone_prove_no_value() {
        let watched = math("one / other");
        let now = Time::from_unix_timestamp(1_000 * 60).unwrap();
        let series = |id: &str, all: &[(i64, f64)]| {
            let result = MetricDataResult::builder().id(id);
            let minutes = all.iter().map(|(ago, _)| DateTime::from_secs((1_000 - ago) * 60));
            let values = all.iter().map(|(_, value)| *value);
            let result = result.set_timestamps(Some(minutes.collect()));
            result.set_values(Some(values.collect())).build()
        };
        let young = [(1, 3.0), (2, 3.0)];
        let all = [(1, 3.0), (2, 3.0), (3, 6.0)];
        let found = |samples: &[(i64, f64)], loads: &[(i64, f64)]| {
            let ids = ["n0_0", "n0_1"];
            let mut results: Vec<_> = ids.iter().map(|id| series(id, samples)).collect();
            results.push(series("a0_load", loads));
            watched.asked(&AlarmArn::from_aws("a"), 0).newest(&results, now)
        };
        assert_eq!(found(&young, &[(1, 200.0), (2, 200.0)]), None);
        assert_eq!(found(&all, &[(1, 200.0), (2, 200.0), (3, 100.0)]), Some(100.0));
    }
}
