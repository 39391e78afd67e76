//! What an alarm watches, found from the shape of its configuration. `Trigger` in an SNS message
//! has the keys of the API, a document has them in lower camel case.

use serde_json::Value;

use super::Skip;

/// A kind of alarm that scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One metric.
    Metric,
    /// An expression over metrics.
    MetricMath,
    /// The states of other alarms. It has no threshold and no value.
    Composite {
        /// The alarm, by name or ARN, that suppresses its actions.
        suppressor: Option<String>,
    },
    /// A metric against the band of an anomaly detector. It has no threshold.
    AnomalyBand,
}

/// The kind of the alarm that `configuration` describes; `None` if that does not show it.
///
/// # Errors
/// Why alarms of that kind are not supported.
pub fn of(configuration: &Value) -> Result<Option<Kind>, Skip> {
    let has = |names: [&str; 2]| get(configuration, names).is_some();
    if has(["evaluationCriteria", "EvaluationCriteria"]) {
        return Err(Skip::PromQl);
    }
    if has(["scheduledQueryConfiguration", "ScheduledQueryConfiguration"]) {
        return Err(Skip::LogAlarm);
    }
    if has(["alarmRule", "AlarmRule"]) {
        let suppressor = get(configuration, ["actionsSuppressor", "ActionsSuppressor"]);
        let suppressor = suppressor.and_then(Value::as_str).filter(|name| !name.is_empty());
        return Ok(Some(Kind::Composite { suppressor: suppressor.map(str::to_owned) }));
    }
    let metrics = get(configuration, ["metrics", "Metrics"]).and_then(Value::as_array);
    let Some(metrics) = metrics.filter(|metrics| !metrics.is_empty()) else {
        let metric = configuration.get("MetricName").is_some_and(Value::is_string);
        return Ok(metric.then_some(Kind::Metric));
    };
    let expressions: Vec<_> = metrics
        .iter()
        .filter_map(|metric| get(metric, ["expression", "Expression"])?.as_str())
        .filter(|expression| !expression.trim().is_empty())
        .collect();
    if expressions.iter().any(|expression| is_query(expression)) {
        return Err(Skip::MetricsInsights);
    }
    let band = expressions
        .iter()
        .any(|expression| expression.trim_start().starts_with("ANOMALY_DETECTION_BAND"));
    if band || has(["thresholdMetricId", "ThresholdMetricId"]) {
        return Ok(Some(Kind::AnomalyBand));
    }
    let stat = metrics.iter().any(|metric| get(metric, ["metricStat", "MetricStat"]).is_some());
    Ok(match (expressions.is_empty(), stat) {
        (false, _) => Some(Kind::MetricMath),
        (true, true) => Some(Kind::Metric),
        (true, false) => None,
    })
}

/// A Metrics Insights query reads `SELECT … FROM …`, in any case.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html>
fn is_query(expression: &str) -> bool {
    let mut words = expression.split_whitespace();
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
        && words.any(|word| word.eq_ignore_ascii_case("FROM"))
}

/// The field in either spelling. Null counts as absent.
fn get<'a>(object: &'a Value, names: [&str; 2]) -> Option<&'a Value> {
    names.iter().find_map(|name| object.get(name).filter(|value| !value.is_null()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_kind_is_read_from_either_spelling() {
        let stat = json!({"id": "m1", "metricStat": {"metric": {}}, "returnData": true});
        let api = json!({"Id": "m1", "MetricStat": {"Metric": {}}, "ReturnData": true});
        for (configuration, kind) in [
            (json!({"metrics": [stat]}), Kind::Metric),
            (json!({"MetricName": "CPUUtilization", "Namespace": "AWS/ECS"}), Kind::Metric),
            (json!({"Metrics": [api]}), Kind::Metric),
            (json!({"metrics": [{"expression": "m1 / 2"}, stat]}), Kind::MetricMath),
            (json!({"Metrics": [{"Expression": "m1 / 2"}, api]}), Kind::MetricMath),
            (json!({"Metrics": [api], "ThresholdMetricId": "ad1"}), Kind::AnomalyBand),
            (
                json!({"metrics": [stat, {"expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]}),
                Kind::AnomalyBand,
            ),
            (json!({"alarmRule": "ALARM(a)"}), Kind::Composite { suppressor: None }),
            (
                json!({"AlarmRule": "ALARM(a)", "ActionsSuppressor": ""}),
                Kind::Composite { suppressor: None },
            ),
            (
                json!({"alarmRule": "ALARM(a)", "actionsSuppressor": "b"}),
                Kind::Composite { suppressor: Some("b".to_owned()) },
            ),
        ] {
            assert_eq!(of(&configuration), Ok(Some(kind)), "{configuration}");
        }
    }

    #[test]
    fn queries_are_skips_and_a_metric_named_select_is_not() {
        for (configuration, skip) in [
            (
                json!({"metrics": [{"expression": "SELECT AVG(x) FROM \"AWS/ECS\" GROUP BY y"}]}),
                Skip::MetricsInsights,
            ),
            (
                json!({"Metrics": [{"Expression": " select\n max(x) from y"}, {"Expression": "q*2"}]}),
                Skip::MetricsInsights,
            ),
            (json!({"evaluationCriteria": {"promQLCriteria": {"query": "up"}}}), Skip::PromQl),
            (json!({"ScheduledQueryConfiguration": {}, "Threshold": 1}), Skip::LogAlarm),
        ] {
            assert_eq!(of(&configuration), Err(skip), "{configuration}");
        }
        let math = json!({"metrics": [{"expression": "select / 2"}]});
        assert_eq!(of(&math), Ok(Some(Kind::MetricMath)));
    }

    #[test]
    fn the_kind_is_unknown_if_the_configuration_lacks_it() {
        for configuration in [
            json!(null),
            json!([]),
            json!({}),
            json!({"metrics": []}),
            json!({"metrics": "all"}),
            json!({"metrics": [null, 7, {"expression": ""}, {"expression": null}]}),
            json!({"alarmRule": null}),
            json!({"MetricName": null}),
        ] {
            assert_eq!(of(&configuration), Ok(None), "{configuration}");
        }
    }
}
