//! How the simulated region behaves throughout a random run.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use region::messaging;
use region::region::Settings;
use region::services::{self, LateSamples};

use super::faults::message_faults;
use super::kinds::{Kind, Kinds};
use super::{Action, Step};

/// How the simulated region behaves throughout a random run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The lag of reads in seconds.
    pub read_lag_seconds: u64,
    /// Whether calls are throttled by AWS's token buckets.
    pub throttling: bool,
    /// The percentage of deliveries that happen twice.
    pub duplicates_percent: u32,
    /// The seconds until the filters of new subscriptions take effect.
    pub filters_after_seconds: u32,
    /// Which samples of metrics arrive late.
    pub late_samples: Option<LateSamples>,
}

impl Environment {
    /// Simplifications, which are tried in this order to minimize a run.
    pub(super) const SIMPLIFICATIONS: [fn(&mut Self); 5] = [
        |environment| environment.late_samples = None,
        |environment| environment.read_lag_seconds = 0,
        |environment| environment.throttling = false,
        |environment| environment.duplicates_percent = 0,
        |environment| environment.filters_after_seconds = 0,
    ];

    /// A random environment with this lag of reads, without delayed filters and late samples.
    pub(crate) fn draw(rng: &mut StdRng, read_lag_seconds: u64) -> Self {
        Self {
            read_lag_seconds,
            throttling: rng.random_bool(0.3),
            duplicates_percent: *[0, 0, 10, 50].choose(rng).unwrap_or(&0),
            filters_after_seconds: 0,
            late_samples: None,
        }
    }

    /// Delays filters in one of four runs. A run draws this after its steps, so that the steps of
    /// its seed stay the same.
    pub(crate) fn draw_filters(&mut self, rng: &mut StdRng) {
        let is_late = rng.random_bool(0.25);
        self.filters_after_seconds = if is_late { rng.random_range(60..=900) } else { 0 };
    }

    /// Without the behavior that belongs to other kinds of faults.
    pub(super) fn limited(self, kinds: &Kinds) -> Self {
        let lags = kinds.has(Kind::StaleReads);
        let delays_filters = kinds.has(Kind::Filters);
        Self {
            read_lag_seconds: if lags { self.read_lag_seconds } else { 0 },
            throttling: self.throttling && kinds.has(Kind::Throttling),
            duplicates_percent: if kinds.has(Kind::Duplicates) {
                self.duplicates_percent
            } else {
                0
            },
            filters_after_seconds: if delays_filters { self.filters_after_seconds } else { 0 },
            late_samples: self.late_samples.filter(|_| kinds.has(Kind::LateMetrics)),
        }
    }

    /// The settings of the simulated region, with the faults of messages in `steps`.
    pub(crate) fn settings<A: Action>(&self, steps: &[Step<A>]) -> Settings {
        let mut services = services::Settings {
            throttling: self.throttling,
            read_lag_seconds: self.read_lag_seconds,
            read_lag_varies: true,
            ..services::Settings::default()
        };
        services.cloudwatch.late_samples.extend(self.late_samples.clone());
        Settings {
            services,
            messaging: messaging::Settings {
                duplicate_probability: f64::from(self.duplicates_percent) / 100.0,
                duplicate_delay: 500..=120_000,
                faults: message_faults(steps),
                filters_after: time::Duration::seconds(self.filters_after_seconds.into()),
                ..messaging::Settings::default()
            },
        }
    }

    /// The environment in words, one line for each of its parts.
    pub(super) fn describe(&self) -> Vec<String> {
        let Self { read_lag_seconds, duplicates_percent, filters_after_seconds, .. } = self;
        let throttling = if self.throttling { "on" } else { "off" };
        let always = format!(
            "reads lag {read_lag_seconds} s, AWS's throttling {throttling}, {duplicates_percent}% \
             of deliveries duplicated, filters in force after {filters_after_seconds} s"
        );
        let late = self.late_samples.as_ref().map(|late| {
            let LateSamples { minutes_percent, samples_percent, seconds, .. } = late;
            let (least, most) = (samples_percent.start(), samples_percent.end());
            let (first, last) = (seconds.start(), seconds.end());
            format!(
                "in {minutes_percent}% of the minutes of a metric, {least}% to {most}% of its \
                 samples arrive {first} to {last} s late"
            )
        });
        std::iter::once(always).chain(late).collect()
    }
}
