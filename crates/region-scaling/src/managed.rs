//! The instances of a group with a capacity provider, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.

use region_core::Time;
use region_core::wording::seconds;

use super::account::{GroupCapacity, Member};
use super::activity::NotScaledReason;
use super::tracking::Demand;

/// "Amazon ECS always scales-out to 200% (two instances)".
const FROM_NONE: usize = 2;

impl GroupCapacity {
    /// What managed scaling would make of the desired capacity.
    ///
    /// The base is what CapacityProviderReservation is of: the instances in service. While the
    /// newest is younger than instanceWarmupPeriod, the group waits. A scale-in takes half of it
    /// at most and one at least.
    pub(super) fn manage(
        &self,
        now: Time,
        warmup: Option<u64>,
        demand: Demand,
    ) -> Result<usize, NotScaledReason> {
        let in_service = |member: &&Member| matches!(member, Member::InService(_));
        let base = self.members.iter().filter(in_service).count();
        let young = self.launched_at.is_some_and(|at| at + seconds(warmup.unwrap_or(0)) > now);
        if young {
            return Err(NotScaledReason::WarmingUp);
        }
        if demand.out {
            let aim = if base == 0 { FROM_NONE } else { demand.proportional(base) };
            match aim.clamp(self.min, self.max) {
                capacity if capacity > self.desired => Ok(capacity),
                _ if self.desired >= self.max => Err(NotScaledReason::AlreadyAtMaxCapacity),
                _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
            }
        } else {
            let step = (self.desired / 2).max(1);
            let aim = demand.proportional(base).max(self.desired.saturating_sub(step));
            match aim.clamp(self.min, self.max) {
                capacity if capacity < self.desired => Ok(capacity),
                _ if self.desired <= self.min => Err(NotScaledReason::AlreadyAtMinCapacity),
                _ => Err(NotScaledReason::AlreadyAtDesiredCapacity),
            }
        }
    }
}
