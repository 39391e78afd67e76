//! Which groups a run checks, and in which order.

use drain::hook::fnv1a;
use time::Duration;

use crate::Time;

/// Every group is checked once in this time, whatever its tags say.
const TURN: Duration = Duration::hours(6);

/// The period of the schedule, and a minute by which a run may be late. Without it, a group could
/// miss its run.
const RUN: Duration = Duration::minutes(6);

/// Whether a run at `now` checks a group because it is its turn. The turns of groups are spread over
/// the six hours by their names, so nothing has to be remembered.
pub fn is_turn(group: &str, now: Time) -> bool {
    let turn = TURN.whole_seconds().unsigned_abs();
    let now = now.unix_timestamp().unsigned_abs();
    let offset = fnv1a(group) % turn;
    (now + offset) % turn < RUN.whole_seconds().unsigned_abs()
}

/// Rotates `groups` by the time, so that a later run begins with those that this one has no time
/// for.
pub fn rotate<T>(groups: &mut [T], now: Time) {
    let minute = now.unix_timestamp().div_euclid(60).to_string();
    let count = u64::try_from(groups.len()).unwrap_or(u64::MAX).max(1);
    let first = usize::try_from(fnv1a(&minute) % count).unwrap_or_default();
    groups.rotate_left(first);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Time {
        Time::from_unix_timestamp(1_800_000_000 + minutes * 60).unwrap()
    }

    #[test]
    fn every_group_has_a_turn_in_six_hours_wherever_the_schedule_begins() {
        for late in [0, 1] {
            for group in (0..1_000).map(|number| format!("group-{number}")) {
                let runs = (0..72).filter(|run| is_turn(&group, at(run * 5 + late)));
                assert!((1..=2).contains(&runs.count()), "{group}");
            }
        }
    }

    #[test]
    fn a_run_checks_few_of_many_groups() {
        let groups: Vec<_> = (0..1_000).map(|number| format!("group-{number}")).collect();
        for run in 0..72 {
            let turns = groups.iter().filter(|group| is_turn(group, at(run * 5))).count();
            assert!(turns < 40, "{turns}");
        }
    }

    #[test]
    fn each_group_is_among_the_first_of_some_run() {
        let firsts: std::collections::BTreeSet<i32> = (0..200)
            .map(|run| {
                let mut groups: Vec<i32> = (0..20).collect();
                rotate(&mut groups, at(run * 5));
                groups[0]
            })
            .collect();
        assert_eq!(firsts.len(), 20);
        rotate::<i32>(&mut [], at(0));
    }
}
