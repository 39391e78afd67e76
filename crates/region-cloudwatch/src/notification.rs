//! The notification of a state change: the message to a topic, and the event.

use region_core::names::ACCOUNT;
use region_core::wording::put;
use serde_json::{Value, json};

use crate::alarm::{Alarm, CompositeAlarm, Kind, MetricAlarm, Watched};
use crate::evaluation::TreatMissingData;
use crate::metrics::Statistic;
use crate::query::{Dimension, Metric, MetricDataQuery, MetricStat};
use crate::reason::stamp;
use crate::state::State;
use crate::suppression::{Suppressed, Suppressor};

/// The name of the Region in messages.
const REGION_NAME: &str = "US East (N. Virginia)";

/// A state before or after a change, and what suppressed the actions then.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) state: State,
    pub(crate) suppressed: Option<(Suppressed, String)>,
}

impl Alarm {
    /// Its state, as a notification reports it.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let suppressed = match &self.kind {
            Kind::Composite(composite) => composite.suppressor.as_ref().and_then(words),
            Kind::Metric(_) => None,
        };
        Snapshot { state: self.state.clone(), suppressed }
    }

    /// The subject and text of a message about a change from `before`
    /// ("Alarm notifications", alarm-actions.html).
    pub(crate) fn message(&self, before: &State) -> (String, String) {
        let state = &self.state;
        let mut message = json!({
            "AlarmName": self.name,
            "AlarmDescription": self.description,
            "AWSAccountId": ACCOUNT,
            "AlarmConfigurationUpdatedTimestamp": stamp(self.configured_at),
            "NewStateValue": state.value.as_str(),
            "NewStateReason": state.reason,
            "StateChangeTime": stamp(state.updated_at),
            "Region": REGION_NAME,
            "AlarmArn": self.arn(),
            "OldStateValue": before.value.as_str(),
            "OKActions": self.actions.ok,
            "AlarmActions": self.actions.alarm,
            "InsufficientDataActions": self.actions.insufficient_data,
            "ActionExecutedAfterMuteWindow": false,
        });
        match &self.kind {
            Kind::Metric(metric) => put(&mut message, "Trigger", trigger(metric)),
            Kind::Composite(composite) => {
                put(&mut message, "AlarmRule", composite.text.as_str());
                put(&mut message, "TriggeringChildren", triggering_children(state));
            }
        }
        let subject = format!("{}: \"{}\" in {REGION_NAME}", state.value.as_str(), self.name);
        (subject, message.to_string())
    }

    /// The detail of the event about a change from `before`.
    pub(crate) fn detail(&self, before: &Snapshot) -> Value {
        let mut configuration = match &self.kind {
            Kind::Metric(metric) => json!({"metrics": queries(metric)}),
            Kind::Composite(composite) => composite_configuration(composite),
        };
        if let Some(description) = &self.description {
            put(&mut configuration, "description", description.as_str());
        }
        json!({
            "alarmName": self.name,
            "state": shown(&self.snapshot()),
            "previousState": shown(before),
            "configuration": configuration,
        })
    }
}

fn words(suppressor: &Suppressor) -> Option<(Suppressed, String)> {
    let suppressed = suppressor.suppressed?;
    Some((suppressed, suppressor.words(suppressed)))
}

fn shown(snapshot: &Snapshot) -> Value {
    let state = &snapshot.state;
    let mut shown = json!({
        "value": state.value.as_str(),
        "reason": state.reason,
        "timestamp": stamp(state.updated_at),
    });
    if let Some(data) = &state.reason_data {
        put(&mut shown, "reasonData", data.as_str());
    }
    if let Some((suppressed, reason)) = &snapshot.suppressed {
        put(&mut shown, "actionsSuppressedBy", suppressed.by());
        put(&mut shown, "actionsSuppressedReason", reason.as_str());
    }
    shown
}

/// The children are in the reason's data, under other names.
fn triggering_children(state: &State) -> Value {
    let data = state.reason_data.as_deref().unwrap_or_default();
    let data: Value = serde_json::from_str(data).unwrap_or_default();
    let alarms = data.get("triggeringAlarms").and_then(Value::as_array);
    let child = |alarm: &Value| {
        json!({
            "Arn": alarm.get("arn"),
            "State": {
                "Value": alarm.pointer("/state/value"),
                "Timestamp": alarm.pointer("/state/timestamp"),
            },
        })
    };
    alarms.into_iter().flatten().map(child).collect()
}

fn dimensions(dimensions: &[Dimension]) -> Value {
    dimensions.iter().map(|d| json!({"value": d.value, "name": d.name})).collect()
}

/// The statistic of one metric, in the words of a message.
fn upper_case(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Average => "AVERAGE",
        Statistic::Sum => "SUM",
        Statistic::Minimum => "MINIMUM",
        Statistic::Maximum => "MAXIMUM",
        Statistic::SampleCount => "SAMPLE_COUNT",
        percentile => percentile.as_str(),
    }
}

fn trigger(alarm: &MetricAlarm) -> Value {
    let criteria = &alarm.criteria;
    let mut trigger = json!({
        "Period": alarm.period,
        "EvaluationPeriods": criteria.periods,
        "ComparisonOperator": criteria.comparison.as_str(),
        "Threshold": criteria.threshold,
        "TreatMissingData": criteria.missing.map_or("", TreatMissingData::as_str),
        "EvaluateLowSampleCountPercentile": "",
    });
    if let Some(least) = criteria.to_alarm {
        put(&mut trigger, "DatapointsToAlarm", least);
    }
    match &alarm.watched {
        Watched::Metric { stat, .. } => {
            put(&mut trigger, "MetricName", stat.metric.metric_name.as_str());
            put(&mut trigger, "Namespace", stat.metric.namespace.as_str());
            put(&mut trigger, "StatisticType", "Statistic");
            put(&mut trigger, "Statistic", upper_case(stat.stat));
            put(&mut trigger, "Unit", stat.unit.clone());
            put(&mut trigger, "Dimensions", dimensions(&stat.metric.dimensions));
        }
        Watched::Queries { shown, .. } => {
            put(&mut trigger, "Metrics", shown.iter().map(triggering_query).collect::<Value>());
        }
    }
    trigger
}

fn triggering_query(query: &MetricDataQuery) -> Value {
    let mut shown = serde_json::to_value(query).unwrap_or_default();
    if let (Some(stat), Some(place)) =
        (&query.metric_stat, shown.pointer_mut("/MetricStat/Metric/Dimensions"))
    {
        *place = dimensions(&stat.metric.dimensions);
    }
    shown
}

/// The queries, in the words of an event.
fn queries(alarm: &MetricAlarm) -> Value {
    match &alarm.watched {
        Watched::Metric { id, stat } => {
            json!([{"id": id, "metricStat": event_stat(stat), "returnData": true}])
        }
        Watched::Queries { shown, .. } => shown.iter().map(event_query).collect(),
    }
}

fn event_query(query: &MetricDataQuery) -> Value {
    let mut shown = json!({"id": query.id, "returnData": query.return_data});
    if let Some(stat) = &query.metric_stat {
        put(&mut shown, "metricStat", event_stat(stat));
    }
    for (name, text) in [("expression", &query.expression), ("label", &query.label)] {
        if let Some(text) = text {
            put(&mut shown, name, text.as_str());
        }
    }
    if let Some(period) = query.period {
        put(&mut shown, "period", period);
    }
    shown
}

fn event_stat(stat: &MetricStat) -> Value {
    let Metric { namespace, metric_name, .. } = &stat.metric;
    let mut shown = json!({
        "metric": {
            "namespace": namespace,
            "name": metric_name,
            "dimensions": stat.metric.id().dimensions,
        },
        "period": stat.period,
        "stat": stat.stat.as_str(),
    });
    if let Some(unit) = &stat.unit {
        put(&mut shown, "unit", unit.as_str());
    }
    shown
}

fn composite_configuration(alarm: &CompositeAlarm) -> Value {
    let mut configuration = json!({"alarmRule": alarm.text});
    if let Some(suppressor) = &alarm.suppressor {
        put(&mut configuration, "actionsSuppressor", suppressor.text.as_str());
        put(&mut configuration, "actionsSuppressorWaitPeriod", suppressor.wait);
        put(&mut configuration, "actionsSuppressorExtensionPeriod", suppressor.extension);
    }
    configuration
}
