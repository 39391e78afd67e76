//! Why a message does not cause scaling.

/// Why a message that is understood does not cause scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// The alarm went to OK.
    Ok,
    /// The alarm went to INSUFFICIENT_DATA, so there is no value to scale on.
    InsufficientData,
    /// A mute rule holds back the alarm's actions. EventBridge events are sent regardless, and
    /// when the window ends CloudWatch starts the actions of alarms that are still in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html>
    Muted,
    /// The composite alarm's suppressor holds back its actions. A message follows when that ends
    /// while the alarm is still in ALARM.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html>
    Suppressed,
    /// The alarm was created, changed or deleted; another event reports its state.
    ConfigurationChange,
    /// One time series of an alarm over many. AWS has no Auto Scaling action for it either.
    Contributor,
    /// A Metrics Insights query. It may return many series, and thus not one value.
    MetricsInsights,
    /// A PromQL query. It may return many series too.
    PromQl,
    /// A log alarm. It watches the results of a log query, not a metric.
    LogAlarm,
    /// AWS's sample message, whose ARN holds placeholders.
    Sample,
    /// JSON of an unknown kind.
    Unknown,
}

impl Skip {
    /// The name in log records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::InsufficientData => "insufficient_data",
            Self::Muted => "muted",
            Self::Suppressed => "suppressed",
            Self::ConfigurationChange => "configuration_change",
            Self::Contributor => "contributor",
            Self::MetricsInsights => "metrics_insights",
            Self::PromQl => "promql",
            Self::LogAlarm => "log_alarm",
            Self::Sample => "sample",
            Self::Unknown => "unknown",
        }
    }
}
