//! What a thing was a moment ago: reads are eventually consistent.

use time::Duration;

use crate::Time;

/// No read lags longer.
const LONGEST: Duration = Duration::minutes(1);

/// What a thing was, and since when, as far back as a read may lag.
#[derive(Debug, Clone)]
pub(super) struct Trail<T>(Vec<(Time, T)>);

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Trail<T> {
    /// It is `value` from `now` on.
    pub(super) fn note(&mut self, now: Time, value: T) {
        if self.0.last().is_some_and(|(_, last)| *last == value) {
            return;
        }
        let forgotten = self.0.iter().rposition(|(since, _)| *since + LONGEST <= now);
        self.0.drain(..forgotten.unwrap_or_default());
        self.0.push((now, value));
    }

    /// What it was at `time`, if it was there.
    pub(super) fn at(&self, time: Time) -> Option<&T> {
        self.0.iter().rfind(|(since, _)| *since <= time).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_is_remembered_for_as_long_as_a_read_may_lag() {
        let at = |seconds| Time::UNIX_EPOCH + Duration::seconds(seconds);
        let mut trail = Trail::default();
        trail.note(at(10), "ACTIVE");
        trail.note(at(12), "ACTIVE");
        trail.note(at(20), "DRAINING");
        trail.note(at(100), "INACTIVE");
        assert_eq!(trail.at(at(9)), None);
        assert_eq!(trail.at(at(19)), None);
        assert_eq!(trail.at(at(99)), Some(&"DRAINING"));
        assert_eq!(trail.at(at(100)), Some(&"INACTIVE"));
    }
}
