//! Recent values, for reads that are eventually consistent.

use time::Duration;

use crate::Time;

/// The longest lag of a read.
const LONGEST: Duration = Duration::minutes(1);

/// The values of something and when each began, as far back as a read may lag. Where reads do not
/// lag, nothing is recorded.
#[derive(Debug, Clone)]
pub struct Trail<T>(Vec<(Time, T)>);

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Trail<T> {
    /// Record that the value is `value` from `now` on.
    pub fn record(&mut self, now: Time, value: T) {
        if self.0.last().is_some_and(|(_, last)| *last == value) {
            return;
        }
        let forgotten = self.0.iter().rposition(|(since, _)| *since + LONGEST <= now);
        self.0.drain(..forgotten.unwrap_or_default());
        self.0.push((now, value));
    }

    /// The value at `time`, if it existed.
    pub fn at(&self, time: Time) -> Option<&T> {
        self.0.iter().rfind(|(since, _)| *since <= time).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_values_are_kept_for_as_long_as_a_read_may_lag() {
        let at = |seconds| Time::UNIX_EPOCH + Duration::seconds(seconds);
        let mut trail = Trail::default();
        trail.record(at(10), "ACTIVE");
        trail.record(at(12), "ACTIVE");
        trail.record(at(20), "DRAINING");
        trail.record(at(100), "INACTIVE");
        assert_eq!(trail.at(at(9)), None);
        assert_eq!(trail.at(at(19)), None);
        assert_eq!(trail.at(at(99)), Some(&"DRAINING"));
        assert_eq!(trail.at(at(100)), Some(&"INACTIVE"));
    }
}
