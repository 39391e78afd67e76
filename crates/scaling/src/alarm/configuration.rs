//! What a message says about the kind of its alarm. `Trigger` in an SNS message has the keys of the
//! API, a document has them in lower camel case.

use serde_json::Value;

use super::kind::Kind;
use super::skip::Skip;

/// Why alarms with this configuration do not scale; `None` if they do, or if it does not show the
/// kind.
pub(super) fn unsupported(configuration: &Value) -> Option<Skip> {
    let has = |names: [&str; 2]| get(configuration, names).is_some();
    if has(["evaluationCriteria", "EvaluationCriteria"]) {
        return Kind::PromQl.unsupported();
    }
    if has(["scheduledQueryConfiguration", "ScheduledQueryConfiguration"]) {
        return Some(Skip::LogAlarm);
    }
    if has(["alarmRule", "AlarmRule"]) {
        return Kind::Composite.unsupported();
    }
    let metrics = get(configuration, ["metrics", "Metrics"]).and_then(Value::as_array);
    let expressions = metrics
        .into_iter()
        .flatten()
        .filter_map(|metric| get(metric, ["expression", "Expression"])?.as_str());
    Kind::of_expressions(expressions).unsupported()
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
    fn what_shows_no_query_is_no_skip_in_either_spelling() {
        let stat = json!({"id": "m1", "metricStat": {"metric": {}}, "returnData": true});
        let api = json!({"Id": "m1", "MetricStat": {"Metric": {}}, "ReturnData": true});
        for configuration in [
            json!({"metrics": [stat]}),
            json!({"MetricName": "CPUUtilization", "Namespace": "AWS/ECS"}),
            json!({"Metrics": [api]}),
            json!({"metrics": [{"expression": "m1 / 2"}, stat]}),
            json!({"Metrics": [{"Expression": "m1 / 2"}, api]}),
            json!({"metrics": [{"expression": "select / 2"}]}),
            json!({"Metrics": [api], "ThresholdMetricId": "ad1"}),
            json!({"metrics": [stat, {"expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]}),
            json!({"alarmRule": "ALARM(a)"}),
            json!({"AlarmRule": "ALARM(a)", "ActionsSuppressor": ""}),
            json!({"alarmRule": "ALARM(a)", "actionsSuppressor": "b"}),
            json!(null),
            json!([]),
            json!({"metrics": "all"}),
            json!({"metrics": [null, 7, {"expression": ""}, {"expression": null}]}),
            json!({"alarmRule": null}),
        ] {
            assert_eq!(unsupported(&configuration), None, "{configuration}");
        }
    }

    #[test]
    fn queries_are_skips_in_either_spelling() {
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
            assert_eq!(unsupported(&configuration), Some(skip), "{configuration}");
        }
    }
}
