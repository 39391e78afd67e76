//! What became of the requests of a level.

use crate::level::Level;

/// Numbers of requests.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Outcomes {
    /// Answered with a status below 400.
    pub(super) good: f64,
    /// Answered with another.
    pub(super) refused: f64,
    /// Failed without an answer.
    pub(super) unanswered: f64,
    /// Under way when the level ended, and given up for that.
    pub(super) cut_off: f64,
}

impl Outcomes {
    /// So many were answered with a status.
    pub(super) fn answered(&mut self, status: &str, count: f64) {
        if status.parse::<u16>().is_ok_and(|status| (100..400).contains(&status)) {
            self.good += count;
        } else {
            self.refused += count;
        }
    }

    /// All of them.
    pub(super) fn sum(self) -> f64 {
        self.good + self.refused + self.unanswered + self.cut_off
    }

    /// What they come to in so many seconds. What was cut off is a request of which nothing else
    /// is known, and is counted only if nothing was answered at all.
    pub(super) fn level(self, seconds: f64) -> Level {
        let failed = self.refused + self.unanswered;
        let ended = self.good + failed;
        let sent = if ended > 0.0 { ended } else { self.cut_off };
        Level {
            demand: sent / seconds,
            errors: failed / ended,
            completed: self.good / seconds,
            ..Level::UNKNOWN
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_good_and_no_status_is_not() {
        let mut outcomes = Outcomes::default();
        for status in ["200", "204", "302", "400", "503", "0", "", "99999", "OK"] {
            outcomes.answered(status, 1.0);
        }
        assert_eq!((outcomes.good, outcomes.refused), (3.0, 6.0));
    }
}
