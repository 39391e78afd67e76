//! All decisions of one reconcile, and which of them are applied.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Time;
use crate::decide::{Decision, Outcome, prevailing};
use crate::memory::{Direction, LastScaling};
use crate::policy::Target;
use crate::raise::Raise;

/// A decision that may be applied to its target. Of those about one target, at most one is.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub decided: Decided,
    pub applied: bool,
}

/// What is decided about a target, as log records hold it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Decided {
    /// To add instances to a group for unplaced tasks.
    #[serde(rename = "raise")]
    Raise(Box<Raise>),
    /// By a policy whose alarm is in ALARM.
    #[serde(untagged)]
    Policy(Box<Decision>),
}

impl Decided {
    /// What is to be scaled.
    pub fn target(&self) -> &Target {
        match self {
            Self::Raise(raise) => &raise.target,
            Self::Policy(decision) => decision.target(),
        }
    }

    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Raise(raise) => raise.outcome,
            Self::Policy(decision) => decision.outcome,
        }
    }

    /// What to record on the target before it is scaled.
    pub fn remember(&self) -> Option<LastScaling> {
        match self {
            Self::Raise(raise) => raise.remember,
            Self::Policy(decision) => decision.remember,
        }
    }

    /// When to reconcile again if the alarm is still in ALARM then.
    pub fn requeue_at(&self) -> Option<Time> {
        self.policy()?.requeue_at
    }

    fn policy(&self) -> Option<&Decision> {
        match self {
            Self::Raise(_) => None,
            Self::Policy(decision) => Some(decision),
        }
    }
}

/// The decisions of policies, by target. Of those about one target, the one that prevails is
/// applied.
pub fn candidates(decisions: impl IntoIterator<Item = Decision>) -> Vec<Candidate> {
    let mut by_target: BTreeMap<Target, Vec<Decision>> = BTreeMap::new();
    for decision in decisions {
        by_target.entry(decision.target().clone()).or_default().push(decision);
    }
    let of_target = |decisions: Vec<Decision>| {
        let applied = prevailing(&decisions);
        decisions.into_iter().enumerate().map(move |(number, decision)| Candidate {
            decided: Decided::Policy(Box::new(decision)),
            applied: applied == Some(number),
        })
    };
    by_target.into_values().flat_map(of_target).collect()
}

/// The decision by which a service scales out, or would if it could; `None` if a scale-in is
/// applied instead, or no decision scales out.
pub fn scales_out<'a>(candidates: &'a [Candidate], service: &Target) -> Option<&'a Decision> {
    let of_service = candidates.iter().filter(|one| one.decided.target() == service);
    let out = |decision: &&Decision| decision.direction() == Some(Direction::Out);
    let applied = of_service.clone().find(|one| one.applied);
    let decision = applied.and_then(|one| one.decided.policy());
    decision.or_else(|| of_service.filter_map(|one| one.decided.policy()).find(out)).filter(out)
}

/// Adds a raise for unplaced tasks. Between a group's own decision and the raise the larger
/// capacity is applied, so a group that must grow for tasks does not shrink.
pub fn add_raise(candidates: &mut Vec<Candidate>, raise: Raise) {
    let raised = raise.outcome.to();
    let of_group = |one: &&mut Candidate| *one.decided.target() == raise.target;
    let own = candidates.iter_mut().filter(of_group).find(|one| one.applied);
    let is_largest = own.as_ref().is_none_or(|own| raised >= own.decided.outcome().to());
    let applied = raised.is_some() && is_largest;
    if let Some(own) = own {
        own.applied = !applied;
    }
    candidates.push(Candidate { decided: Decided::Raise(Box::new(raise)), applied });
}
