//! The parameters of the invariants. They come from the templates, and not from the configuration
//! of the functions, which may be wrong.

use time::Duration;

use crate::scaling::Names;

/// A capacity that is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The desired count of the service.
    Tasks,
    /// The desired capacity of the group.
    Instances,
}

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Scale-out.
    Out,
    /// Scale-in.
    In,
}

/// The parameters that the oracle checks against.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The names of the cluster.
    pub names: Names,
    /// The longest lag of reads.
    pub lag: Duration,
    /// The minimum of tasks.
    pub tasks_min: i64,
    /// The maximum of tasks by the stack. Another document may give another one.
    pub tasks_max: i64,
    /// Whether unplaced tasks add instances: `AddInstancesForTasks`.
    pub raises: bool,
    /// Whether scale-in keeps capacity for all tasks: `KeepCapacityForTasks`.
    pub keeps_room: bool,
    /// The policy of each alarm.
    pub policies: Vec<Policy>,
}

/// A scaling policy with its alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The name of the alarm.
    pub alarm: String,
    /// The capacity that it scales.
    pub target: Target,
    /// The size of the change.
    pub adjustment: Adjustment,
    /// The cooldown after its scaling, at least a minute.
    pub cooldown: Duration,
}

/// The size of a change.
#[derive(Debug, Clone, PartialEq)]
pub enum Adjustment {
    /// A number of tasks or instances.
    Count(i64),
    /// A percentage of the capacity.
    Percent(i64),
    /// Pairs of a utilization and a percentage. The last utilization that is reached applies.
    ByUse(Vec<(f64, i64)>),
    /// At this utilization in percent or less, a percentage of the capacity.
    Below(f64, i64),
}

impl Adjustment {
    /// The direction of the change.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Count(by) | Self::Percent(by) | Self::Below(_, by) if *by < 0 => Direction::In,
            _ => Direction::Out,
        }
    }

    /// The change of `capacity` at a utilization of `used` percent. A percentage is rounded toward
    /// zero, but is at least one.
    pub fn change(&self, capacity: i64, used: f64) -> i64 {
        let percent = |by: i64| match by * capacity / 100 {
            0 => by.signum(),
            whole => whole,
        };
        match self {
            Self::Count(by) => *by,
            Self::Percent(by) => percent(*by),
            Self::ByUse(steps) => {
                let reached = steps.iter().rfind(|(from, _)| used >= *from);
                reached.map_or(0, |(_, by)| percent(*by))
            }
            Self::Below(most, by) if used <= *most => percent(*by),
            Self::Below(..) => 0,
        }
    }
}

impl Rules {
    /// The policies of a target in this direction.
    pub(super) fn towards(
        &self,
        target: Target,
        direction: Direction,
    ) -> impl Iterator<Item = &Policy> {
        self.policies.iter().filter(move |policy| {
            policy.target == target && policy.adjustment.direction() == direction
        })
    }

    /// The cooldown after a scaling of a target: the shortest of all policies that may have been
    /// the reason, because a longer one could be too strict.
    pub(super) fn cooldown(&self, target: Target, direction: Direction) -> Duration {
        let all = self.towards(target, direction).map(|policy| policy.cooldown);
        all.min().unwrap_or_default().max(Duration::minutes(1))
    }
}
