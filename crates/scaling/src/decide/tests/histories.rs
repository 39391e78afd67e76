//! Runs of an alarm that stays in ALARM, reconciled when a decision asks for it, and more often.

use proptest::prelude::*;

use super::*;
use crate::memory::Remembered;

/// A service whose tasks take a while to start or to stop.
struct World {
    desired: Vec<(Time, u32)>,
    lag: Duration,
    last: Option<LastScaling>,
}

impl World {
    fn state(&self, now: Time) -> State {
        let desired = self.desired.last().unwrap().1;
        let then = self.desired.iter().rev().find(|(since, _)| *since + self.lag <= now);
        service(desired, then.map_or(self.desired[0].1, |(_, count)| *count))
    }

    fn reconcile(&mut self, policy: &Policy, metric: f64, now: Time) -> Decision {
        let decision = made(policy, &breach(metric), &self.state(now), self.last, now);
        if let Outcome::Scale { to, .. } = decision.outcome {
            self.desired.push((now, to));
            // As it is read back from its tag.
            self.last = decision.remember.map(|last| {
                let tag: Remembered = last.to_string().parse().unwrap();
                tag.last
            });
        }
        decision
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn extra_reconciles_reach_the_bound_one_step_per_cooldown(
        out: bool,
        amount in 1..6i32,
        cooldown in 0..400u32,
        lag in 0..500i64,
        room in 0..20u32,
        extra in prop::collection::vec(0..90i64, 200),
    ) {
        let policy = Policy {
            min_capacity: 20 - room,
            max_capacity: 20 + room,
            scale_out_cooldown: cooldown,
            scale_in_cooldown: cooldown,
            ..by(if out { amount } else { -amount })
        };
        let (metric, bound) = if out { (60.0, 20 + room) } else { (40.0, 20 - room) };
        let lag = Duration::seconds(lag);
        let mut world = World { desired: vec![(at(-1_000), 20)], lag, last: None };
        let (mut now, mut asked) = (at(0), at(0));
        let mut decisions = Vec::new();
        // Now and then an extra reconcile: a duplicate, or another alarm's event.
        for more in extra.iter().cycle().take(400) {
            let decision = world.reconcile(&policy, metric, now);
            if now >= asked {
                asked = decision.requeue_at.unwrap();
            }
            now = asked.min(now + Duration::seconds(*more + 1));
            decisions.push(decision);
        }
        while world.state(now).desired() != bound {
            let decision = world.reconcile(&policy, metric, asked);
            prop_assert!(decision.requeue_at > Some(asked), "the loop stands still");
            (now, asked) = (asked, decision.requeue_at.unwrap());
            prop_assert!(now < at(100_000), "it does not come to the bound");
        }
        let apart = Duration::seconds(cooldown.max(60).into());
        for pair in world.desired[1..].windows(2) {
            prop_assert!(pair[1].0 - pair[0].0 >= apart, "{:?}", world.desired);
        }
        for pair in world.desired.windows(2) {
            prop_assert!(pair[0].1.abs_diff(pair[1].1) <= amount.unsigned_abs());
        }
        // And there it stays.
        for minute in 0..20 {
            let decision = world.reconcile(&policy, metric, now + Duration::minutes(minute));
            let code = if out { "AlreadyAtMaxCapacity" } else { "AlreadyAtMinCapacity" };
            prop_assert_eq!(reason(&decision), Some(code));
        }
    }
}
