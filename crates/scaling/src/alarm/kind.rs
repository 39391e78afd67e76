//! What an alarm watches.

use super::skip::Skip;

/// What an alarm watches, as far as that decides how it scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A metric, or an expression over metrics, against a threshold.
    Metric,
    /// A metric against the band of an anomaly detector. It has no threshold.
    AnomalyBand,
    /// The states of other alarms. It has no threshold and no value.
    Composite,
    /// A Metrics Insights query.
    MetricsInsights,
    /// A PromQL query.
    PromQl,
}

impl Kind {
    /// The kind of an alarm with these metric math expressions.
    pub fn of_expressions<'a>(expressions: impl IntoIterator<Item = &'a str>) -> Self {
        let is_band = |text: &str| text.trim_start().starts_with("ANOMALY_DETECTION_BAND");
        expressions.into_iter().fold(Self::Metric, |kind, expression| match kind {
            Self::MetricsInsights => kind,
            _ if is_query(expression) => Self::MetricsInsights,
            _ if is_band(expression) => Self::AnomalyBand,
            _ => kind,
        })
    }

    /// Why alarms of this kind do not scale; `None` if they do.
    pub fn unsupported(self) -> Option<Skip> {
        match self {
            Self::Metric | Self::AnomalyBand | Self::Composite => None,
            Self::MetricsInsights => Some(Skip::MetricsInsights),
            Self::PromQl => Some(Skip::PromQl),
        }
    }
}

/// A Metrics Insights query reads `SELECT … FROM …`, in any case.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html>
fn is_query(expression: &str) -> bool {
    let mut words = expression.split_whitespace();
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("SELECT"))
        && words.any(|word| word.eq_ignore_ascii_case("FROM"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_math_a_band_or_a_query() {
        for (expressions, kind) in [
            (&[][..], Kind::Metric),
            (&["", "m1 / 2"], Kind::Metric),
            (&["select / 2"], Kind::Metric),
            (&["m1", " ANOMALY_DETECTION_BAND(m1, 2)"], Kind::AnomalyBand),
            (&["SELECT AVG(x) FROM \"AWS/ECS\" GROUP BY y"], Kind::MetricsInsights),
            (&["q*2", " select\n max(x) from y"], Kind::MetricsInsights),
            (&["SELECT x FROM y", "ANOMALY_DETECTION_BAND(m1, 2)"], Kind::MetricsInsights),
        ] {
            assert_eq!(Kind::of_expressions(expressions.iter().copied()), kind, "{expressions:?}");
        }
    }
}
