//! Delays of metrics and alarms.

use serde::Deserialize;

use crate::late::LateSamples;

/// Delays of the simulated CloudWatch in whole seconds.
///
/// The defaults have the usual order of magnitude; AWS guarantees none of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// From the end of a minute until its metrics can be read.
    pub metric_delay_seconds: u64,
    /// From the end of a minute until alarms are evaluated.
    pub alarm_delay_seconds: u64,
    /// Samples that can be read later than that; of several about a metric the first counts.
    pub late_samples: Vec<LateSamples>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { metric_delay_seconds: 5, alarm_delay_seconds: 10, late_samples: Vec::new() }
    }
}
