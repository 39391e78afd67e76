//! Delays and duplicates of messaging.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rand::{RngExt, SeedableRng, rngs::StdRng};
use time::Duration;

/// A fault of a message that SNS or EventBridge delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageFault {
    /// It never arrives, as when AWS has given up its retries.
    Lost,
    /// It arrives, and again this many milliseconds later.
    Doubled(u64),
    /// It arrives this many milliseconds late, and others overtake it.
    Late(u64),
}

/// Service characteristics that AWS does not specify. Ranges are milliseconds with a uniform
/// distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// From `Publish` to the subscriber.
    pub sns_delay: RangeInclusive<u64>,
    /// From an event to the target of a rule that matches.
    pub event_delay: RangeInclusive<u64>,
    /// From Lambda's asynchronous queue to the function.
    pub async_delay: RangeInclusive<u64>,
    /// Until a mapping without batching window polls its queue.
    pub poll_delay: RangeInclusive<u64>,
    /// From a message to its duplicate, where there is one.
    pub duplicate_delay: RangeInclusive<u64>,
    /// The share of at-least-once deliveries that are duplicated, 0 to 1.
    pub duplicate_probability: f64,
    /// Duplicate every at-least-once messaging: SNS and SQS standard, EventBridge, Lambda.
    pub duplicate_all: bool,
    /// Faults of single messages, by their number in the order in which SNS and
    /// EventBridge send them to a subscriber or target, counted from 1.
    pub faults: BTreeMap<u64, MessageFault>,
    /// Concurrent batches of a mapping without maximum concurrency. Lambda begins with five.
    pub mapping_concurrency: u32,
    /// How long after the deployment subscription filters do not apply yet, so that each
    /// subscription gets every message of its topic. AWS takes up to 15 minutes
    /// (<https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>).
    pub filters_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sns_delay: 20..=100,
            event_delay: 300..=1500,
            async_delay: 5..=50,
            poll_delay: 5..=50,
            duplicate_delay: 500..=5000,
            duplicate_probability: 0.0,
            duplicate_all: false,
            faults: BTreeMap::new(),
            mapping_concurrency: 5,
            filters_after: Duration::ZERO,
        }
    }
}

/// All random choices, from one seed.
#[derive(Debug)]
pub(super) struct Chance(StdRng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A random duration from a range of milliseconds; an empty range gives its start.
    pub(super) fn delay(&mut self, milliseconds: &RangeInclusive<u64>) -> Duration {
        let drawn = if milliseconds.is_empty() {
            *milliseconds.start()
        } else {
            self.0.random_range(milliseconds.clone())
        };
        Duration::milliseconds(i64::try_from(drawn).unwrap_or(i64::MAX))
    }

    /// The delay of the duplicate, if this delivery is duplicated.
    pub(super) fn copy(&mut self, settings: &Settings) -> Option<Duration> {
        let twice = settings.duplicate_all
            || self.0.random_bool(settings.duplicate_probability.clamp(0.0, 1.0));
        twice.then(|| self.delay(&settings.duplicate_delay))
    }

    /// An identifier in the form of a UUID.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low): (u64, u64) = (self.0.random(), self.0.random());
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}
