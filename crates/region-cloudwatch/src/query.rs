//! Queries of metric data: metrics with a statistic, and expressions over them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::math::{self, Expression, Grid, Outcome, Series};
use crate::metrics::{MINUTE, MetricId, Metrics, Statistic, Summary, THIRD};

/// The most queries in one call (API_GetMetricData).
pub(crate) const MOST_QUERIES: usize = 500;

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Dimension {
    pub name: String,
    pub value: String,
}

/// Which metric a query is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Metric {
    pub namespace: String,
    pub metric_name: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
}

/// A metric's statistic over periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricStat {
    pub metric: Metric,
    /// Seconds of a period: 20, or a multiple of 60.
    pub period: u32,
    /// The statistic.
    pub stat: Statistic,
    /// The unit that its samples must have (default: the first of those they have).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// One query, after API_MetricDataQuery: a metric's statistic, or an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct MetricDataQuery {
    /// By which expressions name it.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<MetricStat>,
    /// Or an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// What a reader calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is asked for, and not only for expressions to use.
    #[serde(default = "yes")]
    pub return_data: bool,
    /// Seconds of a period of an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<u32>,
}

fn yes() -> bool {
    true
}

impl Metric {
    /// What the store knows it by.
    pub(crate) fn id(&self) -> MetricId {
        let dimensions = self.dimensions.iter();
        MetricId {
            namespace: self.namespace.clone(),
            name: self.metric_name.clone(),
            dimensions: dimensions.map(|d| (d.name.clone(), d.value.clone())).collect(),
        }
    }
}

impl MetricStat {
    /// The units that its samples have over the whole of a grid, unless it names one.
    pub(crate) fn units<'a>(&'a self, metrics: &Metrics, grid: &Grid) -> Vec<&'a str> {
        match (&self.unit, grid.span()) {
            (Some(unit), _) => vec![unit],
            (None, Some(span)) => metrics.units(&self.metric.id(), span),
            (None, None) => Vec::new(),
        }
    }

    /// The samples of each period that has any.
    pub(crate) fn summaries(&self, metrics: &Metrics, grid: &Grid) -> Vec<(i64, Summary)> {
        let id = self.metric.id();
        let Some(unit) = self.units(metrics, grid).into_iter().next() else { return Vec::new() };
        let times = grid.times.iter();
        times
            .filter_map(|time| Some((*time, metrics.summary(&id, unit, *time, grid.period)?)))
            .collect()
    }
}

/// Queries that were found sound, with their expressions read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Queries(BTreeMap<String, Query>);

#[derive(Debug, Clone, PartialEq)]
enum Query {
    Metric(MetricStat),
    Expression(Expression),
}

impl Queries {
    /// Read and check queries: each is one thing, named once, with names that there are,
    /// and comes to a time series.
    ///
    /// # Errors
    /// The first fault, with the query's id.
    pub(crate) fn read(queries: &[MetricDataQuery]) -> Result<Self, String> {
        if queries.len() > MOST_QUERIES {
            return Err(format!("{} queries are more than {MOST_QUERIES}", queries.len()));
        }
        let mut read = BTreeMap::new();
        for query in queries {
            let one = match (&query.metric_stat, &query.expression) {
                (Some(stat), None) => {
                    check_period(stat.period).map_err(|error| format!("{}: {error}", query.id))?;
                    Query::Metric(stat.clone())
                }
                (None, Some(text)) => {
                    let expression = math::parse(text);
                    Query::Expression(expression.map_err(|error| format!("{}: {error}", query.id))?)
                }
                _ => return Err(format!("{}: give either MetricStat or Expression", query.id)),
            };
            if read.insert(query.id.clone(), one).is_some() {
                return Err(format!("{}: the id is taken", query.id));
            }
        }
        let queries = Self(read);
        let nothing = Grid { times: Vec::new(), period: MINUTE };
        for id in queries.0.keys() {
            queries.series(id, &Metrics::default(), &nothing)?;
        }
        Ok(queries)
    }

    /// What the query of this id comes to.
    ///
    /// # Errors
    /// The result is not a time series.
    pub(crate) fn series(
        &self,
        id: &str,
        metrics: &Metrics,
        grid: &Grid,
    ) -> Result<Series, String> {
        match self.outcome(id, metrics, grid, &mut BTreeMap::new())? {
            Outcome::Series(series) => Ok(series),
            Outcome::Scalar(_) | Outcome::Array(_) => {
                Err(format!("{id}: an expression must come to one time series"))
            }
        }
    }

    /// `known` holds what was worked out already, and nothing for what is under way.
    fn outcome(
        &self,
        id: &str,
        metrics: &Metrics,
        grid: &Grid,
        known: &mut BTreeMap<String, Option<Outcome>>,
    ) -> Result<Outcome, String> {
        match known.get(id) {
            Some(Some(outcome)) => return Ok(outcome.clone()),
            Some(None) => return Err(format!("{id}: it is made of itself")),
            None => known.insert(id.to_owned(), None),
        };
        let outcome = match self.0.get(id).ok_or_else(|| format!("no query has the id {id}"))? {
            Query::Metric(stat) => {
                let summaries = stat.summaries(metrics, grid).into_iter();
                let values =
                    summaries.filter_map(|(time, all)| Some((time, all.statistic(stat.stat)?)));
                Outcome::Series(values.collect())
            }
            Query::Expression(expression) => {
                let mut of = |id: &str| self.outcome(id, metrics, grid, known);
                let worked_out = math::evaluate(expression, grid, &mut of);
                worked_out.map_err(|error| format!("{id}: {error}"))?
            }
        };
        known.insert(id.to_owned(), Some(outcome.clone()));
        Ok(outcome)
    }

    /// The one period that all the metrics have.
    ///
    /// # Errors
    /// The metrics have several periods, or no query is about a metric.
    pub(crate) fn period(&self) -> Result<i64, String> {
        let mut periods = self.0.values().filter_map(|query| match query {
            Query::Metric(stat) => Some(i64::from(stat.period)),
            Query::Expression(_) => None,
        });
        let first = periods.next().ok_or("no query is about a metric")?;
        match periods.all(|period| period == first) {
            true => Ok(first),
            false => Err("the metrics have several periods, give all the same".to_owned()),
        }
    }
}

/// Check a period.
///
/// # Errors
/// The period is neither that of ECS's high resolution nor a multiple of a minute: no metric here
/// is any finer.
pub(crate) fn check_period(period: u32) -> Result<(), String> {
    let seconds = i64::from(period);
    match seconds == THIRD || (period > 0 && seconds % MINUTE == 0) {
        true => Ok(()),
        false => Err(format!("the period {period} is neither 20 nor a multiple of 60")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(queries: Value) -> Result<Queries, String> {
        Queries::read(&serde_json::from_value::<Vec<MetricDataQuery>>(queries).unwrap())
    }

    fn metric(id: &str, period: u32) -> Value {
        json!({"Id": id, "MetricStat": {"Period": period, "Stat": "Average",
            "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization"}}})
    }

    #[test]
    fn unsound_queries_are_refused_with_their_id() {
        for (queries, error) in [
            (json!([{"Id": "a"}]), "a: give either MetricStat or Expression"),
            (json!([metric("a", 60), metric("a", 60)]), "a: the id is taken"),
            (json!([metric("a", 90)]), "a: the period 90 is neither 20 nor a multiple of 60"),
            (json!([{"Id": "a", "Expression": "b + 1"}]), "a: no query has the id b"),
            (
                json!([{"Id": "a", "Expression": "1 + 1"}]),
                "a: an expression must come to one time series",
            ),
            (
                json!([{"Id": "a", "Expression": "b"}, {"Id": "b", "Expression": "a"}]),
                "a: b: a: it is made of itself",
            ),
        ] {
            assert_eq!(read(queries).unwrap_err(), error);
        }
    }

    #[test]
    fn the_metrics_of_an_expression_have_one_period() {
        let sum = json!({"Id": "sum", "Expression": "a + b"});
        assert_eq!(
            read(json!([metric("a", 300), metric("b", 300), sum])).unwrap().period(),
            Ok(300)
        );
        let several = read(json!([metric("a", 60), metric("b", 300), sum])).unwrap().period();
        assert_eq!(several.unwrap_err(), "the metrics have several periods, give all the same");
    }
}
