//! Checks each change of a capacity by alarm-scaling.
//!
//! A reconcile reads a state from between now and the start of its run less the lag of reads. So a
//! change is a violation only if no state in that time allows it.

use region::Time;
use time::Duration;

use super::{Adjustment, Direction, Invariant, Oracle, Policy, Target, whole};

/// The warm-up of an instance: the group's default cooldown, because no other time is set.
const WARM_UP: Duration = Duration::minutes(5);

/// The last change of a target by alarm-scaling.
#[derive(Debug, Clone, Copy)]
pub(super) struct Own {
    /// When its run began, which is no later than the start of its cooldown.
    begun: Time,
    direction: Direction,
    /// The largest capacity that the first of the changes within one cooldown was applied to.
    base: i64,
    /// The largest capacity that the steps of these changes lead to.
    limit: i64,
}

impl Oracle {
    pub(super) fn changed(&mut self, now: Time, begun: Time, target: Target, from: i64, to: i64) {
        let direction = if to > from { Direction::Out } else { Direction::In };
        let count = match (target, direction) {
            (Target::Tasks, Direction::Out) => &mut self.scalings.tasks_out,
            (Target::Tasks, Direction::In) => &mut self.scalings.tasks_in,
            (Target::Instances, Direction::Out) => &mut self.scalings.instances_out,
            (Target::Instances, Direction::In) => &mut self.scalings.instances_in,
        };
        *count += 1;
        let what = format!("{target:?} are scaled {direction:?} from {from} to {to}");
        let then = begun - self.rules.lag;
        if !self.documents.has(target, begun) {
            let what = format!("{what}, by a document that is absent or invalid");
            self.violated(now, Invariant::FollowsDocument, what);
        }
        if target == Target::Tasks && !self.is_within_bounds(begun, then, to) {
            self.violated(now, Invariant::WithinBounds, what.clone());
        }
        // If the reconcile may have meant either direction, the less strict one applies.
        let may_mean = |meant: &Direction| {
            self.is_asked_for(begun, target, *meant)
                && (*meant == direction || self.seemed_other(begun, target, direction, to))
        };
        let meant = [Direction::Out, Direction::In].into_iter().find(may_mean);
        if meant.is_none() {
            self.violated(
                now,
                Invariant::NoScalingWithoutAlarm,
                format!("{what}, and no alarm is in ALARM"),
            );
        }
        let own = match meant.unwrap_or(direction) {
            Direction::Out => self.out(now, begun, target, to, &what),
            Direction::In => self.inward(now, begun, target, to, &what),
        };
        self.last.insert(target, own);
    }

    /// A capacity may be out of bounds only if it was further out before.
    fn is_within_bounds(&self, begun: Time, then: Time, to: i64) -> bool {
        let rules = &self.rules;
        let most = self.documents.most_tasks(begun).max().unwrap_or(rules.tasks_max);
        let had = || self.seen.desired.get(&Target::Tasks).into_iter().flat_map(|d| d.since(then));
        if to > most {
            return had().any(|desired| desired > to);
        }
        to >= rules.tasks_min || had().any(|desired| desired < to)
    }

    fn is_asked_for(&self, begun: Time, target: Target, direction: Direction) -> bool {
        let rules = &self.rules;
        let by_itself = rules.towards(target, direction);
        let raised = rules
            .towards(Target::Tasks, Direction::Out)
            .filter(|_| rules.raises && (target, direction) == (Target::Instances, Direction::Out));
        let mut asking = by_itself.chain(raised);
        asking.any(|policy| {
            self.alarms.get(&policy.alarm).is_some_and(|alarm| alarm.ever(begun))
                && self.documents.is_tagged(&policy.alarm, begun)
        })
    }

    /// Whether a read may have shown a capacity from which `to` is the opposite direction, because
    /// it lags behind a change by an operator.
    fn seemed_other(&self, begun: Time, target: Target, direction: Direction, to: i64) -> bool {
        let then = begun - self.rules.lag;
        let mut had = self.seen.desired.get(&target).into_iter().flat_map(|d| d.since(then));
        let by_others = self.interfered.get(&target).is_some_and(|at| *at >= then);
        by_others
            && match direction {
                Direction::Out => had.any(|desired| desired > to),
                Direction::In => had.any(|desired| desired < to),
            }
    }

    fn out(&mut self, now: Time, begun: Time, target: Target, to: i64, what: &str) -> Own {
        let then = begun - self.rules.lag;
        let cooldown = self.rules.cooldown(target, Direction::Out);
        let chain = self.last.get(&target).copied();
        let chain =
            chain.filter(|own| own.direction == Direction::Out && now < own.begun + cooldown);
        let base_now = match target {
            Target::Tasks => self.seen.running.since(then).max(),
            Target::Instances => {
                let serving = self.seen.serving.since(then).max();
                serving.map(|serving| self.warm(then, now, serving))
            }
        };
        let base = chain.map_or(base_now.unwrap_or_default(), |own| own.base);
        let used = self.most_used(then, now);
        let policies = self.rules.towards(target, Direction::Out);
        let asked = policies.map(|policy| base + policy.adjustment.change(base, used)).max();
        let asked = asked.unwrap_or_default().max(chain.map_or(0, |own| own.limit));
        let limit = match target {
            Target::Tasks => asked.max(self.rules.tasks_min),
            Target::Instances => asked.max(self.needed(begun, then)),
        };
        if to > limit {
            let what = format!("{what}, and the steps from {base} lead to {limit}");
            self.violated(now, Invariant::OneStepPerCooldown, what);
        }
        Own { begun, direction: Direction::Out, base, limit }
    }

    /// The number of `serving` instances that count as warm. An instance that had not registered
    /// when the reconcile began does.
    fn warm(&self, then: Time, now: Time, serving: i64) -> i64 {
        let warms = |since: &&Time| **since < then && now - **since < WARM_UP;
        serving - whole(self.seen.registered.values().filter(warms).count())
    }

    /// The number of instances that hold all tasks, with those that a step may just have added.
    fn needed(&self, begun: Time, then: Time) -> i64 {
        if !self.rules.raises {
            return 0;
        }
        // Instances hold four tasks; each of two zones may need one more than its share.
        let serving = self.seen.serving.since(then).max().unwrap_or_default();
        let wanted = self.seen.desired.get(&Target::Tasks).into_iter().flat_map(|d| d.since(then));
        let most = self.documents.most_tasks(begun).max().unwrap_or_default();
        let wanted = wanted.max().unwrap_or_default().max(most);
        let running = self.seen.running.since(then).min().unwrap_or_default();
        serving + (wanted - running).max(0) / 4 + 3
    }

    fn inward(&mut self, now: Time, begun: Time, target: Target, to: i64, what: &str) -> Own {
        let then = begun - self.rules.lag;
        if target == Target::Tasks && self.seen.deploying.always(then) {
            self.violated(now, Invariant::NoScaleInWhileDeploying, what.to_owned());
        }
        if let Some(own) = self.last.get(&target).copied() {
            let cooldown = self.rules.cooldown(target, own.direction);
            if now < own.begun + cooldown {
                let ago = (now - own.begun).whole_seconds();
                let what = format!("{what}, {ago} s after one {:?}", own.direction);
                self.violated(now, Invariant::NoScaleInWhileCooling, what);
            }
        }
        let base = match target {
            Target::Tasks => self.seen.running.since(then).min(),
            Target::Instances => self.seen.members.since(then).min(),
        };
        let base = base.unwrap_or_default();
        let used = self.least_used(then, now);
        let asks = |policy: &Policy| !matches!(policy.adjustment, Adjustment::Below(most, _) if used > most);
        if target == Target::Tasks && !self.rules.towards(target, Direction::In).any(asks) {
            let what = format!("{what}, and no complete minute was used to less than {used:.1}%");
            self.violated(now, Invariant::NoScaleInWithoutCompleteMinute, what);
        }
        let policies = self.rules.towards(target, Direction::In);
        let least = policies.map(|policy| base + policy.adjustment.change(base, 0.0)).min();
        let least = least.unwrap_or(base);
        let limit = match target {
            Target::Tasks => self.documents.most_tasks(begun).min().unwrap_or(least).min(least),
            Target::Instances => least,
        };
        if to < limit {
            let what = format!("{what}, and the step from {base} leads to {limit}");
            self.violated(now, Invariant::OneStepPerCooldown, what);
        }
        if target == Target::Instances {
            self.scale_ins.push(now);
        }
        Own { begun, direction: Direction::In, base, limit }
    }
}
