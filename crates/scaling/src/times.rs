//! Times as log records and tags hold them.

use serde::Serializer;
use serde::ser::Error;
use time::Duration;
use time::format_description::well_known::Rfc3339;

use crate::Time;

/// Rounds up: a tag holds whole seconds, and no cooldown may end early.
pub(crate) fn whole_second(now: Time) -> Time {
    match now.nanosecond() {
        0 => now,
        part => now.saturating_add(Duration::nanoseconds(1_000_000_000 - i64::from(part))),
    }
}

/// Serializes a time as `2026-11-25T10:00:00Z`.
pub(crate) fn rfc3339<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.format(&Rfc3339).map_err(S::Error::custom)?)
}

pub(crate) fn maybe_rfc3339<S: Serializer>(
    time: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => rfc3339(time, serializer),
        None => serializer.serialize_none(),
    }
}
