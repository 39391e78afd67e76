//! What scaling promises, by the words of the templates and not by the functions' own reading
//! of them.

use time::Duration;

/// What is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// The tasks of the service.
    Tasks,
    /// The instances of the group.
    Instances,
}

/// Which way a capacity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It grows.
    Out,
    /// It shrinks.
    In,
}

/// What the oracle judges by.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// How far reads may lag.
    pub lag: Duration,
    /// The fewest tasks that scaling leaves.
    pub tasks_min: i64,
    /// The most that it gives.
    pub tasks_max: i64,
    /// Whether tasks that find no place raise the group.
    pub raises: bool,
    /// Whether the group keeps what its tasks need.
    pub keeps_room: bool,
    /// What each alarm does.
    pub policies: Vec<Policy>,
}

/// What an alarm does.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its name.
    pub alarm: String,
    /// What it scales.
    pub target: Target,
    /// By how much.
    pub step: Step,
    /// How long its scaling holds others up; a minute at least.
    pub cooldown: Duration,
}

/// By how much a capacity is to change.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// By so many.
    Count(i64),
    /// By so many percent.
    Percent(i64),
    /// By the percentage of the last of these uses, in percent, that is reached.
    ByUse(Vec<(f64, i64)>),
    /// By so many percent, at a use of so many percent or less.
    Below(f64, i64),
}

impl Step {
    /// Which way it leads.
    pub fn direction(&self) -> Direction {
        match self {
            Self::Count(by) | Self::Percent(by) | Self::Below(_, by) if *by < 0 => Direction::In,
            _ => Direction::Out,
        }
    }

    /// By how much it changes `capacity` where `used` percent of it is in use: a percentage
    /// is cut to whole ones, and is one at least.
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
    /// The policies of a target that lead there.
    pub(super) fn towards(
        &self,
        target: Target,
        direction: Direction,
    ) -> impl Iterator<Item = &Policy> {
        self.policies
            .iter()
            .filter(move |policy| policy.target == target && policy.step.direction() == direction)
    }

    /// The cooldown after a scaling of a target: the longest of the policies that may have
    /// been its reason would be too strict, so the shortest.
    pub(super) fn cooldown(&self, target: Target, direction: Direction) -> Duration {
        let all = self.towards(target, direction).map(|policy| policy.cooldown);
        all.min().unwrap_or_default().max(Duration::minutes(1))
    }
}
