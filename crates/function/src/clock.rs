//! The time, passed in so that a rehearsal can simulate it.

use std::fmt;
use std::sync::Arc;

use time::Duration;

use crate::Time;

/// The source of the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Time + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self::new(Time::now_utc)
    }

    /// A clock that returns what `now` returns.
    pub fn new(now: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The current time.
    pub fn now(&self) -> Time {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The time until the end of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    until: Option<Time>,
}

impl Remaining {
    /// The remaining time of an invocation that began at `now`, with the deadline of Lambda in
    /// milliseconds since the epoch. A deadline before `now` counts as none, since `cargo lambda
    /// watch` sends one in 1970.
    pub fn until(deadline_ms: u64, now: Time) -> Self {
        let deadline = i128::from(deadline_ms) * 1_000_000;
        let until = Time::from_unix_timestamp_nanos(deadline).ok();
        Self { until: until.filter(|until| *until > now) }
    }

    /// A remaining time without limit.
    pub fn unknown() -> Self {
        Self { until: None }
    }

    /// Half of the time between `now` and `kept` before the end, plus `kept`.
    pub fn half(self, kept: Duration, now: Time) -> Self {
        Self { until: self.until.map(|until| now + (until - kept - now) / 2 + kept) }
    }

    /// The same time, but at most `length` from `now` on.
    pub fn at_most(self, length: Duration, now: Time) -> Self {
        let until = now + length;
        Self { until: Some(self.until.map_or(until, |own| own.min(until))) }
    }

    /// Whether work of duration `length` that begins at `now` ends in time.
    pub fn fits(self, length: Duration, now: Time) -> bool {
        self.until.is_none_or(|until| now + length <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_in_1970_is_unknown_and_leaves_all_the_time() {
        let now = Time::from_unix_timestamp(1_800_000_000).unwrap();
        assert_eq!(Remaining::until(600_000, now), Remaining::unknown());
        assert!(Remaining::until(600_000, now).fits(Duration::hours(9), now));
    }

    #[test]
    fn half_of_the_time_ends_half_way_to_what_is_kept_back() {
        let now = Time::from_unix_timestamp(1_800_000_000).unwrap();
        let kept = Duration::seconds(20);
        let half = Remaining::until(1_800_000_060_000, now).half(kept, now);
        assert!(half.fits(kept, now + Duration::seconds(20)));
        assert!(!half.fits(kept, now + Duration::seconds(21)));
        assert_eq!(Remaining::unknown().half(kept, now), Remaining::unknown());
    }

    #[test]
    fn a_share_of_the_time_is_at_most_that_long() {
        let now = Time::from_unix_timestamp(1_800_000_000).unwrap();
        let share = |remaining: Remaining| remaining.at_most(Duration::seconds(35), now);
        for remaining in [Remaining::unknown(), Remaining::until(1_800_000_060_000, now)] {
            assert_eq!(share(remaining), Remaining::until(1_800_000_035_000, now));
        }
        let short = Remaining::until(1_800_000_009_000, now);
        assert_eq!(share(short), short);
    }

    #[test]
    fn work_fits_until_the_deadline_and_no_longer() {
        let now = Time::from_unix_timestamp(1_800_000_000).unwrap();
        let remaining = Remaining::until(1_800_000_060_000, now);
        assert!(remaining.fits(Duration::seconds(60), now));
        assert!(!remaining.fits(Duration::seconds(61), now));
    }
}
