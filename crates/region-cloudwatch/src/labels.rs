//! The labels of metrics for which a query has none: the metric's name, and what distinguishes it
//! from the others of the call.

use std::collections::BTreeSet;

use crate::query::{MetricDataQuery, MetricStat};

/// What may distinguish metrics, in the order of a label. Units never do.
type Part = fn(&MetricStat) -> String;
const BEFORE_NAME: [Part; 1] = [dimensions];
const AFTER_NAME: [Part; 2] =
    [|stat| stat.stat.as_str().to_owned(), |stat| stat.period.to_string()];

/// The label of a query whose results are given together with those of `all`.
pub(crate) fn label(query: &MetricDataQuery, all: &[&MetricDataQuery]) -> String {
    match (&query.label, &query.metric_stat) {
        (Some(label), _) => label.clone(),
        (None, Some(stat)) => distinct(stat, all),
        (None, None) => query.id.clone(),
    }
}

fn distinct(stat: &MetricStat, all: &[&MetricDataQuery]) -> String {
    let unnamed = all.iter().filter(|query| query.label.is_none());
    let stats: Vec<&MetricStat> = unnamed.filter_map(|query| query.metric_stat.as_ref()).collect();
    let differs =
        |part: &&Part| stats.iter().map(|stat| part(stat)).collect::<BTreeSet<_>>().len() > 1;
    let parts = |parts: &[Part]| -> Vec<String> {
        parts.iter().filter(differs).map(|part| part(stat)).collect()
    };
    let name = vec![stat.metric.metric_name.clone()];
    [parts(&BEFORE_NAME), name, parts(&AFTER_NAME)].concat().join(" ")
}

fn dimensions(stat: &MetricStat) -> String {
    let values = stat.metric.dimensions.iter().map(|dimension| dimension.value.as_str());
    values.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn query(id: &str, stat: &str, period: u32, service: &str) -> MetricDataQuery {
        let dimensions = json!([{"Name": "ServiceName", "Value": service}]);
        let metric = json!({"Namespace": "Shop", "MetricName": "Orders", "Dimensions": dimensions});
        let stat = json!({"Metric": metric, "Stat": stat, "Period": period});
        serde_json::from_value(json!({"Id": id, "MetricStat": stat})).unwrap()
    }

    fn labels(queries: &[MetricDataQuery]) -> Vec<String> {
        let all: Vec<&MetricDataQuery> = queries.iter().collect();
        queries.iter().map(|query| label(query, &all)).collect()
    }

    /// As recorded from AWS (LocalStack's `test_label_generation`).
    #[test]
    fn a_label_adds_the_statistic_or_period_that_differs() {
        let sum = |period| query("a", "Sum", period, "web");
        let maximum = |period| query("b", "Maximum", period, "web");
        assert_eq!(labels(&[sum(300)]), ["Orders"]);
        assert_eq!(labels(&[sum(300), sum(300)]), ["Orders", "Orders"]);
        assert_eq!(labels(&[sum(300), maximum(300)]), ["Orders Sum", "Orders Maximum"]);
        assert_eq!(labels(&[sum(300), sum(60)]), ["Orders 300", "Orders 60"]);
        assert_eq!(labels(&[sum(300), maximum(60)]), ["Orders Sum 300", "Orders Maximum 60"]);
        let mut minutes = sum(300);
        minutes.metric_stat.as_mut().unwrap().unit = Some("Count".to_owned());
        assert_eq!(labels(&[sum(300), minutes]), ["Orders", "Orders"]);
    }

    #[test]
    fn dimensions_that_differ_come_before_the_name() {
        let queries = [query("a", "Sum", 60, "web"), query("b", "Sum", 60, "api")];
        assert_eq!(labels(&queries), ["web Orders", "api Orders"]);
    }

    #[test]
    fn a_label_of_the_query_is_kept_and_makes_no_difference() {
        let mut named = query("a", "Maximum", 60, "web");
        named.label = Some("most".to_owned());
        let expression = json!({"Id": "e", "Expression": "a * 2"});
        let expression = serde_json::from_value(expression).unwrap();
        let queries = [named, query("b", "Sum", 60, "web"), expression];
        assert_eq!(labels(&queries), ["most", "Orders", "e"]);
    }
}
