//! Which minute of a metric decides.
//!
//! Samples of the newest minutes come in late, for up to two minutes
//! (<https://github.com/kedacore/keda/issues/2242>,
//! <https://github.com/Netflix/atlas/issues/1300>), and a minute that lacks some may show any
//! value. So the newest *complete* minute decides: one that ended two minutes ago, or that has as
//! many samples as the minutes before it have.
//!
//! A metric whose number of samples falls with its load has fewer in each minute and is complete
//! all the same. The two cases cannot be distinguished, so an older minute decides then, at most
//! two minutes old.

use time::Duration;

use crate::Time;

/// How long after its end a minute may lack samples.
const LATE: Duration = Duration::minutes(2);

/// A minute, or another period, of what an alarm watches.
#[derive(Debug, Clone, PartialEq)]
pub struct Minute {
    /// When it began.
    pub at: Time,
    /// What the alarm compares with its threshold.
    pub value: Option<f64>,
    /// How many samples each metric that the value is made of has; `None` if that is not known.
    pub samples: Option<Vec<f64>>,
}

/// Whether a minute, or another period, ended so long before `now` that no more samples will come.
pub fn is_whole(minute: &Minute, period: Duration, now: Time) -> bool {
    let whole = minute.at.checked_add(period).and_then(|end| end.checked_add(LATE));
    whole.is_some_and(|whole| whole <= now)
}

/// The value of the newest complete minute that has one, as known at `now`. `minutes` are oldest
/// first, and each lasts `period`.
///
/// `None` if it cannot be determined whether a newer minute is complete.
pub fn newest(minutes: &[Minute], period: Duration, now: Time) -> Option<f64> {
    let is_old = |minute: &Minute| is_whole(minute, period, now);
    let mut older = minutes;
    while let [before @ .., minute] = older {
        older = before;
        let Some(value) = minute.value else { continue };
        if is_old(minute) {
            return Some(value);
        }
        // What older minutes have, back to the first that has all its samples.
        let oldest = before.iter().rposition(is_old);
        let known = before.iter().skip(oldest.unwrap_or(0));
        let known: Vec<&Vec<f64>> = known.filter_map(|one| one.samples.as_ref()).collect();
        let samples = minute.samples.as_ref()?;
        // Without that one, what has no sample may be silent or late.
        let tells = oldest.is_some() || !known.iter().any(|one| one.contains(&0.0));
        if known.is_empty() || !tells {
            return None;
        }
        if !samples.is_empty() && known.iter().all(|one| has_all(samples, one)) {
            return Some(value);
        }
    }
    None
}

/// Whether each metric has as many samples as in `before`.
fn has_all(samples: &[f64], before: &[f64]) -> bool {
    samples.len() == before.len() && samples.iter().zip(before).all(|(now, then)| now >= then)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;

    const NOW: Time = datetime!(2026-11-29 09:00:10 UTC);
    const MINUTE: Duration = Duration::MINUTE;

    /// Minutes up to the one that has just ended, oldest first, with their samples.
    fn minutes<const N: usize>(all: [(f64, &[f64]); N]) -> Vec<Minute> {
        let newest = datetime!(2026-11-29 08:59 UTC);
        let minute = |(place, (value, samples)): (usize, (f64, &[f64]))| Minute {
            at: newest - MINUTE * i32::try_from(N - 1 - place).unwrap(),
            value: Some(value),
            samples: Some(samples.to_vec()),
        };
        all.into_iter().enumerate().map(minute).collect()
    }

    fn found(minutes: &[Minute]) -> Option<f64> {
        newest(minutes, MINUTE, NOW)
    }

    #[test]
    fn the_newest_minute_decides_if_it_has_as_many_samples_as_those_before() {
        assert_eq!(found(&minutes([(1.0, &[6.0]), (2.0, &[6.0]), (3.0, &[6.0])])), Some(3.0));
        assert_eq!(found(&minutes([(1.0, &[6.0]), (2.0, &[7.0])])), Some(2.0));
    }

    #[test]
    fn a_minute_that_lacks_samples_leaves_it_to_the_one_before() {
        assert_eq!(found(&minutes([(1.0, &[6.0]), (2.0, &[6.0]), (3.0, &[1.0])])), Some(2.0));
        let both: &[f64] = &[6.0, 9.0];
        assert_eq!(found(&minutes([(1.0, both), (2.0, both), (3.0, &[6.0, 8.0])])), Some(2.0));
    }

    #[test]
    fn two_minutes_that_lack_samples_alike_leave_it_to_the_one_that_ended_two_minutes_ago() {
        let late = minutes([(1.0, &[6.0]), (2.0, &[3.0]), (3.0, &[3.0])]);
        assert_eq!(found(&late), Some(1.0));
        let more = minutes([(1.0, &[6.0]), (2.0, &[6.0]), (3.0, &[3.0])]);
        assert_eq!(newest(&more, MINUTE, NOW + MINUTE), Some(2.0));
        assert_eq!(newest(&more, MINUTE, NOW + MINUTE * 2), Some(3.0));
    }

    #[test]
    fn a_minute_without_a_value_is_passed_over() {
        let mut late = minutes([(1.0, &[6.0]), (2.0, &[6.0]), (3.0, &[6.0])]);
        late[2].value = None;
        assert_eq!(found(&late), Some(2.0));
        late[1].value = None;
        assert_eq!(found(&late), Some(1.0));
        late[0].value = None;
        assert_eq!(found(&late), None);
    }

    #[test]
    fn where_no_samples_tell_nothing_is_known_but_an_old_minute() {
        let untold = |mut all: Vec<Minute>| {
            all.iter_mut().for_each(|minute| minute.samples = None);
            all
        };
        let all = untold(minutes([(1.0, &[6.0]), (2.0, &[6.0]), (3.0, &[6.0])]));
        assert_eq!(found(&all), None);
        assert_eq!(newest(&all, MINUTE, NOW + MINUTE * 2), Some(3.0));
        // A minute alone has none before it to be held against.
        assert_eq!(found(&minutes([(3.0, &[6.0])])), None);
        assert_eq!(found(&[]), None);
    }

    #[test]
    fn a_metric_that_is_silent_tells_nothing_unless_it_was_so_in_an_old_minute() {
        let idle: &[f64] = &[6.0, 0.0];
        assert_eq!(found(&minutes([(1.0, idle), (2.0, idle), (3.0, idle)])), Some(3.0));
        assert_eq!(found(&minutes([(2.0, idle), (3.0, idle)])), None);
        assert_eq!(found(&minutes([(2.0, &[6.0, 1.0]), (3.0, &[6.0, 1.0])])), Some(3.0));
    }

    #[test]
    fn a_value_that_is_made_of_no_metric_is_never_complete_before_its_time() {
        assert_eq!(found(&minutes([(1.0, &[]), (2.0, &[]), (3.0, &[])])), Some(1.0));
    }

    proptest! {
        #[test]
        fn the_minute_that_decides_is_old_or_lacks_nothing_that_an_old_one_has(
            counts in proptest::collection::vec(0u32..8, 3..6),
        ) {
            let samples: Vec<[f64; 1]> = counts.iter().map(|count| [f64::from(*count)]).collect();
            let all: Vec<Minute> = samples.iter().enumerate().map(|(place, samples)| Minute {
                at: NOW - MINUTE * i32::try_from(counts.len() - place).unwrap(),
                value: Some(place as f64),
                samples: Some(samples.to_vec()),
            }).collect();
            let chosen = found(&all).unwrap() as usize;
            let old = counts.len() - 3;
            prop_assert!(chosen >= old);
            prop_assert!(chosen == old || counts[chosen] >= counts[old]);
        }
    }
}
