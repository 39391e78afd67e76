//! What keeps a composite alarm from acting, after
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html>.

use region_core::Time;
use region_core::wording::seconds;

use crate::state::StateValue;

/// The suppressor of a composite alarm, and what it does to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppressor {
    /// Name or ARN, as it was given.
    pub(crate) text: String,
    /// Seconds.
    pub(crate) wait: u64,
    /// Seconds.
    pub(crate) extension: u64,
    /// While the alarm may not act.
    pub(crate) suppressed: Option<Suppressed>,
    /// The state in which the alarm last acted, or might have.
    pub(crate) acted: StateValue,
}

/// Why an alarm may not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suppressed {
    /// Its suppressor may yet go into ALARM, until then.
    WaitPeriod(Time),
    /// Its suppressor has just left ALARM; it waits until then.
    ExtensionPeriod(Time),
    /// Its suppressor is in ALARM.
    Alarm,
}

/// The suppressor alarm, as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watch {
    pub(crate) in_alarm: bool,
    pub(crate) left_alarm_at: Option<Time>,
}

impl Suppressed {
    /// CloudWatch's own word.
    pub(crate) fn by(self) -> &'static str {
        match self {
            Self::WaitPeriod(_) => "WaitPeriod",
            Self::ExtensionPeriod(_) => "ExtensionPeriod",
            Self::Alarm => "Alarm",
        }
    }

    fn until(self) -> Option<Time> {
        match self {
            Self::WaitPeriod(until) | Self::ExtensionPeriod(until) => Some(until),
            Self::Alarm => None,
        }
    }
}

impl Suppressor {
    /// Why actions are suppressed, in words.
    pub(crate) fn words(&self, suppressed: Suppressed) -> String {
        let by = match suppressed {
            Suppressed::Alarm => &self.text,
            by => by.by(),
        };
        format!("Actions suppressed by {by}")
    }

    /// The alarm has changed to `state`. Returns whether it may act.
    pub(crate) fn changed(&mut self, state: StateValue, watch: Watch, now: Time) -> bool {
        if self.suppressed.is_none() {
            let extended = watch.left_alarm_at.map(|left| left + seconds(self.extension));
            let waits = state == StateValue::Alarm && self.wait > 0;
            self.suppressed = if watch.in_alarm {
                Some(Suppressed::Alarm)
            } else if let Some(until) = extended.filter(|until| *until > now) {
                Some(Suppressed::ExtensionPeriod(until))
            } else {
                waits.then(|| Suppressed::WaitPeriod(now + seconds(self.wait)))
            };
        }
        if self.suppressed.is_none() {
            self.acted = state;
        }
        self.suppressed.is_none()
    }

    /// Check the suppression after a change of the suppressor or the end of a period. Returns
    /// whether the alarm, in `state`, acts now.
    pub(crate) fn check(&mut self, state: StateValue, watch: Watch, now: Time) -> bool {
        let Some(suppressed) = self.suppressed else { return false };
        self.suppressed = match suppressed {
            _ if watch.in_alarm => Some(Suppressed::Alarm),
            Suppressed::Alarm => {
                let until = watch.left_alarm_at.unwrap_or(now) + seconds(self.extension);
                Some(Suppressed::ExtensionPeriod(until))
            }
            waiting => Some(waiting),
        };
        let over = self.suppressed.and_then(Suppressed::until).is_some_and(|until| until <= now);
        if !over {
            return false;
        }
        self.suppressed = None;
        std::mem::replace(&mut self.acted, state) != state
    }

    /// When the wait or the extension ends, if one is in progress.
    pub(crate) fn next_check(&self) -> Option<Time> {
        self.suppressed.and_then(Suppressed::until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StateValue::{Alarm, Ok as Okay};

    const QUIET: Watch = Watch { in_alarm: false, left_alarm_at: None };
    const LOUD: Watch = Watch { in_alarm: true, left_alarm_at: None };

    fn at(count: u64) -> Time {
        Time::UNIX_EPOCH + seconds(count)
    }

    fn quiet_since(count: u64) -> Watch {
        Watch { in_alarm: false, left_alarm_at: Some(at(count)) }
    }

    fn suppressor() -> Suppressor {
        let text = "deploying".to_owned();
        Suppressor { text, wait: 60, extension: 180, suppressed: None, acted: Okay }
    }

    #[test]
    fn without_its_suppressor_it_acts_after_the_wait() {
        let mut suppressor = suppressor();
        assert!(!suppressor.changed(Alarm, QUIET, at(0)));
        assert_eq!(suppressor.suppressed, Some(Suppressed::WaitPeriod(at(60))));
        assert!(!suppressor.check(Alarm, QUIET, at(59)));
        assert!(suppressor.check(Alarm, QUIET, at(60)));
        assert_eq!(suppressor.suppressed, None);
        assert!(suppressor.changed(Okay, QUIET, at(100)), "only ALARM waits");
    }

    #[test]
    fn a_suppressor_within_the_wait_period_suppresses_until_extended() {
        let mut suppressor = suppressor();
        assert!(!suppressor.changed(Alarm, QUIET, at(0)));
        assert!(!suppressor.check(Alarm, LOUD, at(30)));
        assert_eq!(suppressor.suppressed, Some(Suppressed::Alarm));
        assert!(!suppressor.check(Alarm, quiet_since(500), at(500)));
        assert_eq!(suppressor.suppressed, Some(Suppressed::ExtensionPeriod(at(680))));
        assert!(suppressor.check(Alarm, quiet_since(500), at(680)));
    }

    #[test]
    fn a_change_in_the_extension_waits_for_its_end() {
        let mut suppressor = suppressor();
        assert!(!suppressor.changed(Alarm, quiet_since(100), at(200)));
        assert_eq!(suppressor.suppressed, Some(Suppressed::ExtensionPeriod(at(280))));
        assert!(suppressor.check(Alarm, quiet_since(100), at(280)));
    }

    #[test]
    fn a_change_that_reverted_while_suppressed_is_not_notified() {
        let mut suppressor = suppressor();
        assert!(!suppressor.changed(Alarm, LOUD, at(0)));
        assert!(!suppressor.changed(Okay, LOUD, at(50)));
        assert!(!suppressor.check(Okay, quiet_since(100), at(300)));
        assert_eq!(suppressor.suppressed, None);
    }

    #[test]
    fn it_says_by_what() {
        let suppressor = suppressor();
        let alarm = suppressor.words(Suppressed::Alarm);
        assert_eq!(alarm, "Actions suppressed by deploying");
        let wait = suppressor.words(Suppressed::WaitPeriod(at(0)));
        assert_eq!(wait, "Actions suppressed by WaitPeriod");
    }
}
