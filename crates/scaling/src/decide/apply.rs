//! Which of several decisions about one target is carried out.

use super::decision::{Decision, Outcome};
use super::reason::Reason;
use crate::memory::Direction;

/// The index of the decision that is applied: the one with the largest resulting capacity, for
/// scale-in as for scale-out. `None` if that one, or every one, leaves the capacity as it is.
///
/// A scale-out that is at its maximum, or that changes nothing, still counts with the present
/// capacity. A policy that is off, muted or without a matching step does not count.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html>
pub fn prevailing(decisions: &[Decision]) -> Option<usize> {
    let speaks = decisions
        .iter()
        .enumerate()
        .filter_map(|(number, decision)| Some((result(decision)?, number)));
    // Of equals the first: the order of the policies decides.
    let (_, number) =
        speaks.max_by_key(|(capacity, number)| (*capacity, std::cmp::Reverse(*number)))?;
    decisions.get(number)?.outcome.to().map(|_| number)
}

fn result(decision: &Decision) -> Option<u32> {
    match decision.outcome {
        Outcome::Scale { to, .. } => Some(to),
        Outcome::NotScaled(
            Reason::AlreadyAtMaxCapacity { .. }
            | Reason::AlreadyAtDesiredCapacity { .. }
            | Reason::Cooldown { .. },
        ) if decision.direction() == Some(Direction::Out) => Some(decision.inputs.state.desired()),
        Outcome::NotScaled(_) => None,
    }
}
