//! The values of settings as text, in the variables of auto-drain and in the tags of groups.

use std::ops::RangeInclusive;

use time::Duration;

use super::{AtDeadline, Standalone};

/// Parses the heartbeat timeout of a hook, 30 to 7200 seconds.
///
/// # Errors
/// What to write instead.
pub fn heartbeat(value: &str) -> Result<Duration, String> {
    seconds(value, 30..=7_200)
}

/// Parses the longest duration of a drain, 60 to 172200 seconds: ten minutes less than 48 hours, the
/// longest that Auto Scaling keeps an instance waiting.
///
/// # Errors
/// What to write instead.
pub fn deadline(value: &str) -> Result<Duration, String> {
    seconds(value, 60..=172_200)
}

/// Parses how long an agent may be disconnected, up to 172800 seconds. 0 sets no limit.
///
/// # Errors
/// What to write instead.
pub fn agent_gone(value: &str) -> Result<Option<Duration>, String> {
    seconds(value, 0..=172_800).map(|limit| (!limit.is_zero()).then_some(limit))
}

/// # Errors
/// What to write instead.
pub fn at_deadline(value: &str) -> Result<AtDeadline, String> {
    [AtDeadline::Continue, AtDeadline::Abandon, AtDeadline::Wait]
        .into_iter()
        .find(|setting| setting.name() == value)
        .ok_or_else(|| "continue or abandon or wait".to_owned())
}

/// # Errors
/// What to write instead.
pub fn standalone(value: &str) -> Result<Standalone, String> {
    [Standalone::Wait, Standalone::Stop]
        .into_iter()
        .find(|setting| setting.name() == value)
        .ok_or_else(|| "wait or stop".to_owned())
}

fn seconds(value: &str, range: RangeInclusive<u32>) -> Result<Duration, String> {
    let seconds = value.parse().ok().filter(|seconds| range.contains(seconds));
    let seconds =
        seconds.ok_or_else(|| format!("whole seconds from {} to {}", range.start(), range.end()));
    seconds.map(|seconds: u32| Duration::seconds(i64::from(seconds)))
}
