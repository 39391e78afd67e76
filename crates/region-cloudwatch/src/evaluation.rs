//! Whether a metric alarm alarms, after
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>.

use serde::Deserialize;

use crate::state::StateValue;

/// How a value breaches the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Comparison {
    /// At or above it.
    GreaterThanOrEqualToThreshold,
    /// Above it.
    GreaterThanThreshold,
    /// Below it.
    LessThanThreshold,
    /// At or below it.
    LessThanOrEqualToThreshold,
}

impl Comparison {
    fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::GreaterThanThreshold => value > threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// CloudWatch's own word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "GreaterThanOrEqualToThreshold",
            Self::GreaterThanThreshold => "GreaterThanThreshold",
            Self::LessThanThreshold => "LessThanThreshold",
            Self::LessThanOrEqualToThreshold => "LessThanOrEqualToThreshold",
        }
    }

    /// The word in a state reason.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::GreaterThanOrEqualToThreshold => "greater than or equal to",
            Self::GreaterThanThreshold => "greater than",
            Self::LessThanThreshold => "less than",
            Self::LessThanOrEqualToThreshold => "less than or equal to",
        }
    }
}

/// What a missing value is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// For nothing; where all are missing the alarm lacks data.
    Missing,
    /// For nothing; the state stays.
    Ignore,
    /// For a breach.
    Breaching,
    /// For no breach.
    NotBreaching,
}

impl TreatMissingData {
    /// CloudWatch's own word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
        }
    }
}

/// What values are held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Criteria {
    /// N.
    pub(crate) periods: usize,
    /// M, if the alarm is one of M out of N.
    pub(crate) to_alarm: Option<usize>,
    pub(crate) threshold: f64,
    pub(crate) comparison: Comparison,
    /// What a missing value is taken for, if that was given.
    pub(crate) missing: Option<TreatMissingData>,
}

/// How an alarm was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The state; none to stay in the one before.
    pub(crate) state: Option<StateValue>,
    /// The places of the values that count, newest first.
    pub(crate) counted: Vec<usize>,
    /// How many of them breach.
    pub(crate) breaching: usize,
    /// How many values were made up for missing ones.
    pub(crate) filled: usize,
}

impl Criteria {
    /// How many periods are read, so that missing ones need not be made up: AWS says no
    /// more than that three need five.
    pub(crate) fn range(&self) -> usize {
        self.periods + 2
    }

    /// How many values must breach: M, or else all of N.
    pub(crate) fn least(&self) -> usize {
        self.to_alarm.unwrap_or(self.periods)
    }

    /// What a missing value is taken for.
    pub(crate) fn treatment(&self) -> TreatMissingData {
        self.missing.unwrap_or(TreatMissingData::Missing)
    }

    /// Whether a value breaches.
    pub(crate) fn breaches(&self, value: f64) -> bool {
        self.comparison.breaches(value, self.threshold)
    }

    /// Judge the values of the evaluation range, newest first.
    ///
    /// Real values come first, older ones too; only what N still lacks is made up. Where
    /// nothing but breaches is known, and fewer than M, the alarm waits for the oldest
    /// of them to be M periods old ("Avoiding premature transitions to alarm state");
    /// until then it is as if no value were known.
    pub(crate) fn judge(&self, values: &[Option<f64>]) -> Verdict {
        let real = values.iter().enumerate().filter_map(|(place, value)| Some((place, (*value)?)));
        let counted: Vec<(usize, f64)> = real.take(self.periods).collect();
        let filled = self.periods - counted.len();
        let breaching = counted.iter().filter(|(_, value)| self.breaches(*value)).count();
        let all_breach = breaching == counted.len();
        let old_enough = counted.last().is_some_and(|(place, _)| place + 1 >= self.least());
        let state = if breaching >= self.least() {
            Some(StateValue::Alarm)
        } else {
            match self.treatment() {
                TreatMissingData::Breaching if breaching + filled >= self.least() => {
                    Some(StateValue::Alarm)
                }
                TreatMissingData::Breaching | TreatMissingData::NotBreaching => {
                    Some(StateValue::Ok)
                }
                _ if !all_breach => Some(StateValue::Ok),
                TreatMissingData::Ignore => None,
                TreatMissingData::Missing if old_enough => Some(StateValue::Alarm),
                TreatMissingData::Missing => Some(StateValue::InsufficientData),
            }
        };
        let counted = counted.into_iter().map(|(place, _)| place).collect();
        Verdict { state, counted, breaching, filled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use StateValue::{Alarm, InsufficientData, Ok as Okay};

    const TREATMENTS: [TreatMissingData; 4] = [
        TreatMissingData::Missing,
        TreatMissingData::Ignore,
        TreatMissingData::Breaching,
        TreatMissingData::NotBreaching,
    ];

    /// The guide's own signs, newest on the right: 0 for no breach, X for one, - for none.
    fn judged(points: &str, to_alarm: usize, missing: TreatMissingData) -> Verdict {
        let criteria = Criteria {
            periods: 3,
            to_alarm: Some(to_alarm),
            threshold: 70.0,
            comparison: Comparison::GreaterThanThreshold,
            missing: Some(missing),
        };
        let values = points.split(' ').rev().map(|point| match point {
            "0" => Some(70.0),
            "X" => Some(70.5),
            _ => None,
        });
        let values: Vec<_> = values.collect();
        assert_eq!(values.len(), criteria.range());
        criteria.judge(&values)
    }

    fn assert_states(
        points: &str,
        to_alarm: usize,
        filled: usize,
        states: [Option<StateValue>; 4],
    ) {
        for (treatment, state) in TREATMENTS.into_iter().zip(states) {
            let verdict = judged(points, to_alarm, treatment);
            assert_eq!(verdict.state, state, "{points} {}", treatment.as_str());
            assert_eq!(verdict.filled, filled, "{points}");
        }
    }

    #[test]
    fn three_of_three_as_in_the_guide() {
        let (okay, alarm) = (Some(Okay), Some(Alarm));
        assert_states("0 - X - X", 3, 0, [okay; 4]);
        assert_states("0 - - - -", 3, 2, [okay; 4]);
        assert_states("- - - - -", 3, 3, [Some(InsufficientData), None, alarm, okay]);
        assert_states("0 X X - X", 3, 0, [alarm; 4]);
        assert_states("- - X - -", 3, 2, [alarm, None, alarm, okay]);
    }

    #[test]
    fn two_of_three_as_in_the_guide() {
        let (okay, alarm) = (Some(Okay), Some(Alarm));
        assert_states("0 - X - X", 2, 0, [alarm; 4]);
        assert_states("0 0 X 0 X", 2, 0, [alarm; 4]);
        assert_states("0 - X - -", 2, 1, [okay, okay, alarm, okay]);
        assert_states("- - - - 0", 2, 2, [okay, okay, alarm, okay]);
        assert_states("- - - X -", 2, 2, [alarm, None, alarm, okay]);
    }

    #[test]
    fn a_lone_breach_that_is_young_does_not_alarm_yet() {
        for points in ["- - - - X", "- - - X -"] {
            let states = [Some(InsufficientData), None, Some(Alarm), Some(Okay)];
            assert_states(points, 3, 2, states);
        }
        for points in ["- - - X 0", "- - X - 0"] {
            assert_states(points, 3, 1, [Some(Okay); 4]);
        }
    }

    #[test]
    fn the_newest_real_values_count() {
        let verdict = judged("0 X X - X", 3, TreatMissingData::Missing);
        assert_eq!((verdict.counted, verdict.breaching), (vec![0, 2, 3], 3));
    }

    #[test]
    fn a_threshold_is_breached_on_its_side() {
        for (comparison, below, at, above) in [
            (Comparison::GreaterThanOrEqualToThreshold, false, true, true),
            (Comparison::GreaterThanThreshold, false, false, true),
            (Comparison::LessThanThreshold, true, false, false),
            (Comparison::LessThanOrEqualToThreshold, true, true, false),
        ] {
            let breaches = [69.0, 70.0, 71.0].map(|value| comparison.breaches(value, 70.0));
            assert_eq!(breaches, [below, at, above], "{}", comparison.as_str());
        }
    }
}
