//! What CloudWatch has recorded of metrics.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use futures_util::future::BoxFuture;
use scaling::Time;

use crate::times::{time_of, to_sdk};
use crate::values::QUERIES;
use crate::{CloudWatch, Error};

/// A metric's statistic over periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricQuery {
    /// As `AWS/ECS`.
    pub namespace: String,
    /// As `CPUUtilization`.
    pub name: String,
    /// Names and values.
    pub dimensions: Vec<(String, String)>,
    /// As `Average`, `Sum` or `p95`.
    pub statistic: String,
    /// Seconds of a period: a multiple of 60. Minutes are kept for 15 days.
    pub period: i32,
}

/// Values and the beginnings of their periods, oldest first.
pub type Points = Vec<(Time, f64)>;

impl CloudWatch {
    /// What each of `queries` has from `from` until before `to`, in their order. One that
    /// CloudWatch does not know, or that was silent, has no points.
    ///
    /// # Errors
    /// Whatever call fails.
    pub fn metric_data<'a>(
        &'a self,
        queries: &'a [MetricQuery],
        from: Time,
        to: Time,
    ) -> BoxFuture<'a, Result<Vec<Points>, Error>> {
        Box::pin(async move {
            let mut found = Vec::with_capacity(queries.len());
            for queries in queries.chunks(QUERIES) {
                let mut points = vec![Points::new(); queries.len()];
                self.pages(queries, (from, to), &mut points).await?;
                found.append(&mut points);
            }
            Ok(found)
        })
    }

    /// Add to `points` what one call has, and those that go on from it.
    async fn pages(
        &self,
        queries: &[MetricQuery],
        (from, to): (Time, Time),
        points: &mut [Points],
    ) -> Result<(), Error> {
        let asked: Vec<_> = (0..).zip(queries).map(|(number, one)| one.to_sdk(number)).collect();
        let mut pages = self
            .client()
            .get_metric_data()
            .set_metric_data_queries(Some(asked))
            .start_time(to_sdk(from))
            .end_time(to_sdk(to))
            .scan_by(ScanBy::TimestampAscending)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(Error::of("GetMetricData"))?;
            for result in page.metric_data_results() {
                let number = result.id().and_then(|id| id.strip_prefix(ID)?.parse::<usize>().ok());
                let Some(points) = number.and_then(|number| points.get_mut(number)) else {
                    continue;
                };
                let values = result.timestamps().iter().zip(result.values());
                points.extend(values.filter_map(|(at, value)| Some((time_of(at)?, *value))));
            }
        }
        Ok(())
    }
}

/// With what an id begins; it ends with the query's number.
const ID: &str = "q";

impl MetricQuery {
    fn to_sdk(&self, number: usize) -> MetricDataQuery {
        let dimension =
            |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
        let metric = Metric::builder()
            .namespace(&self.namespace)
            .metric_name(&self.name)
            .set_dimensions(Some(self.dimensions.iter().map(dimension).collect()))
            .build();
        let stat =
            MetricStat::builder().metric(metric).period(self.period).stat(&self.statistic).build();
        MetricDataQuery::builder().id(format!("{ID}{number}")).metric_stat(stat).build()
    }
}
