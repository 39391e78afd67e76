//! Alarms as DescribeAlarms shows them.

use region_core::wording::{epoch, put};
use serde_json::{Value, json};

use crate::alarm::{Alarm, CompositeAlarm, Kind, MetricAlarm, Watched};

impl Alarm {
    /// As DescribeAlarms shows it, in the list of its kind.
    pub(crate) fn shown(&self) -> Value {
        let state = &self.state;
        let mut shown = json!({
            "AlarmName": self.name,
            "AlarmArn": self.arn(),
            "AlarmConfigurationUpdatedTimestamp": epoch(self.configured_at),
            "ActionsEnabled": self.actions_enabled,
            "OKActions": self.actions.ok,
            "AlarmActions": self.actions.alarm,
            "InsufficientDataActions": self.actions.insufficient_data,
            "StateValue": state.value.as_str(),
            "StateReason": state.reason,
            "StateUpdatedTimestamp": epoch(state.updated_at),
            "StateTransitionedTimestamp": epoch(self.transitioned_at),
        });
        let texts =
            [("AlarmDescription", &self.description), ("StateReasonData", &state.reason_data)];
        for (name, text) in texts {
            if let Some(text) = text {
                put(&mut shown, name, text.as_str());
            }
        }
        match &self.kind {
            Kind::Metric(metric) => show_metric(&mut shown, metric),
            Kind::Composite(composite) => show_composite(&mut shown, composite),
        }
        shown
    }
}

fn show_metric(shown: &mut Value, alarm: &MetricAlarm) {
    let criteria = &alarm.criteria;
    put(shown, "EvaluationPeriods", criteria.periods);
    put(shown, "Threshold", criteria.threshold);
    put(shown, "ComparisonOperator", criteria.comparison.as_str());
    if let Some(least) = criteria.to_alarm {
        put(shown, "DatapointsToAlarm", least);
    }
    if let Some(treatment) = criteria.missing {
        put(shown, "TreatMissingData", treatment.as_str());
    }
    match &alarm.watched {
        Watched::Metric { stat, .. } => {
            put(shown, "Namespace", stat.metric.namespace.as_str());
            put(shown, "MetricName", stat.metric.metric_name.as_str());
            put(shown, "Dimensions", serde_json::to_value(&stat.metric.dimensions).ok());
            put(shown, "Statistic", stat.stat.as_str());
            put(shown, "Period", stat.period);
            if let Some(unit) = &stat.unit {
                put(shown, "Unit", unit.as_str());
            }
        }
        Watched::Queries { shown: queries, .. } => {
            put(shown, "Metrics", serde_json::to_value(queries).ok());
        }
    }
}

fn show_composite(shown: &mut Value, alarm: &CompositeAlarm) {
    put(shown, "AlarmRule", alarm.text.as_str());
    let Some(suppressor) = &alarm.suppressor else { return };
    put(shown, "ActionsSuppressor", suppressor.text.as_str());
    put(shown, "ActionsSuppressorWaitPeriod", suppressor.wait);
    put(shown, "ActionsSuppressorExtensionPeriod", suppressor.extension);
    if let Some(suppressed) = suppressor.suppressed {
        put(shown, "ActionsSuppressedBy", suppressed.by());
        put(shown, "ActionsSuppressedReason", suppressor.words(suppressed));
    }
}
