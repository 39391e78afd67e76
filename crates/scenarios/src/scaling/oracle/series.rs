//! Values over time.

use time::Duration;

use region::Time;

/// The changes of a value over time.
#[derive(Debug, Clone)]
pub(super) struct Series<T>(Vec<(Time, T)>);

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialEq> Series<T> {
    /// Sets the value from `now` on.
    pub(super) fn set(&mut self, now: Time, value: T) {
        if self.last() != Some(value) {
            self.0.push((now, value));
        }
    }

    /// The current value.
    pub(super) fn last(&self) -> Option<T> {
        self.0.last().map(|(_, value)| *value)
    }

    /// All values since `then`.
    pub(super) fn since(&self, then: Time) -> impl Iterator<Item = T> + '_ {
        let after = self.0.partition_point(|(at, _)| *at <= then);
        self.0.iter().skip(after.saturating_sub(1)).map(|(_, value)| *value)
    }

    /// The values at `moment`, and the one before.
    pub(super) fn at(&self, moment: Time) -> impl Iterator<Item = T> + '_ {
        self.within(moment, moment)
    }

    /// All values between two times, and the one before.
    pub(super) fn within(&self, from: Time, to: Time) -> impl Iterator<Item = T> + '_ {
        let before = self.0.partition_point(|(at, _)| *at < from);
        let until = self.0.partition_point(|(at, _)| *at <= to);
        let values = self.0.iter().take(until).skip(before.saturating_sub(1));
        values.map(|(_, value)| *value)
    }

    /// How long it has been `value`.
    pub(super) fn been(&self, value: T, now: Time) -> Option<Duration> {
        self.0.last().filter(|(_, is)| *is == value).map(|(at, _)| now - *at)
    }
}

impl Series<bool> {
    /// Whether it was true at any time since `then`.
    pub(super) fn ever(&self, then: Time) -> bool {
        self.since(then).any(|is| is)
    }

    /// Whether it was true all the time since `then`.
    pub(super) fn always(&self, then: Time) -> bool {
        self.last().is_some() && self.since(then).all(|is| is)
    }
}
