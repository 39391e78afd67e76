//! Which of several decisions about one target is carried out.

use super::{Decision, Outcome};
use crate::guard::Reason;
use crate::memory::Direction;

/// The number of the decision with the largest resulting capacity, for scale-in as for
/// scale-out; `None` if that one, or every one, leaves the capacity as it is.
///
/// A scale-out that is at its maximum, or has done all it asks for, still speaks for the
/// capacity that there is; a policy that is off, muted or without a step says nothing.
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html>
pub fn prevailing(decisions: &[Decision]) -> Option<usize> {
    let speaks = decisions
        .iter()
        .enumerate()
        .filter_map(|(number, decision)| Some((result(decision)?, number)));
    // Of equals the first, so that the order of the policies settles it.
    let (_, number) =
        speaks.max_by_key(|(capacity, number)| (*capacity, std::cmp::Reverse(*number)))?;
    let scales =
        decisions.get(number).is_some_and(|one| matches!(one.outcome, Outcome::Scale { .. }));
    scales.then_some(number)
}

fn result(decision: &Decision) -> Option<u32> {
    match decision.outcome {
        Outcome::Scale { to, .. } => Some(to),
        Outcome::NotScaled(
            Reason::AlreadyAtMaxCapacity { .. }
            | Reason::AlreadyAtDesiredCapacity { .. }
            | Reason::Cooldown { .. },
        ) if decision.direction == Some(Direction::Out) => Some(decision.state.desired()),
        Outcome::NotScaled(_) => None,
    }
}
