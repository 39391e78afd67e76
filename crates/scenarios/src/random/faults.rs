//! The steps of a random run: faults and actions.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use region::Time;
use region::faults::{CallFault, CallFaults, Outage};
use region::messaging::MessageFault;

use super::Action;
use super::kinds::Kind;

/// The latest second at which a fault begins.
pub(crate) const LATEST_FAULT: u64 = 1_200;

/// One fault or action of a random run. A run without it is a run too, which may violate the same
/// invariant, so steps can be left out to minimize a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<A> {
    /// A call to AWS fails.
    Call {
        /// The number of the call, counted from 1.
        number: u64,
        fault: CallFault,
    },
    /// Every call fails for a while.
    Outage {
        /// Counted from [`super::Scenario::steps_begin`].
        second: u64,
        for_seconds: u64,
        fault: CallFault,
    },
    /// A message is delivered wrongly.
    Message {
        /// The number of the message, counted from 1.
        number: u64,
        fault: MessageFault,
    },
    /// A user, an operator or AWS acts.
    Action {
        /// Counted from [`super::Scenario::steps_begin`].
        second: u64,
        action: A,
    },
}

impl<A: Action> Step<A> {
    /// The kind of fault that this counts as.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Call { fault, .. } | Self::Outage { fault, .. } => Kind::of_call(*fault),
            Self::Message { fault, .. } => Kind::of_message(*fault),
            Self::Action { action, .. } => action.kind(),
        }
    }
}

impl<A: Action> fmt::Display for Step<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { number, fault } => write!(f, "call {number} {}", fault.words()),
            Self::Outage { second, for_seconds, fault } => {
                write!(f, "after {second} s, for {for_seconds} s every call {}", fault.words())
            }
            Self::Message { number, fault } => match fault {
                MessageFault::Lost => write!(f, "message {number} is lost"),
                MessageFault::Doubled(by) => {
                    write!(f, "message {number} is delivered again {by} ms later")
                }
                MessageFault::Late(by) => write!(f, "message {number} is {by} ms late"),
            },
            Self::Action { second, action } => write!(f, "after {second} s, {action}"),
        }
    }
}

/// A fault in one of the first calls, up to number `most`.
pub(crate) fn draw_call_fault<A>(rng: &mut StdRng, most: u64) -> Step<A> {
    let fault = *CallFault::ALL.choose(rng).unwrap_or(&CallFault::Unavailable);
    Step::Call { number: rng.random_range(1..=most), fault }
}

/// An outage of up to three minutes.
pub(crate) fn draw_outage<A>(rng: &mut StdRng) -> Step<A> {
    let faults =
        [CallFault::Throttled, CallFault::Unavailable, CallFault::Lost, CallFault::ItemsFailed];
    Step::Outage {
        second: rng.random_range(0..=LATEST_FAULT),
        for_seconds: rng.random_range(1..=180),
        fault: *faults.choose(rng).unwrap_or(&CallFault::Unavailable),
    }
}

/// The faults in calls, if the seconds of `steps` count from `began`.
pub(super) fn call_faults<A>(steps: &[Step<A>], began: Time) -> CallFaults {
    let after = |seconds: u64| began + Duration::from_secs(seconds);
    let (mut calls, mut outages) = (BTreeMap::new(), Vec::new());
    for step in steps {
        match step {
            Step::Call { number, fault } => {
                calls.insert(*number, *fault);
            }
            Step::Outage { second, for_seconds, fault } => outages.push(Outage {
                from: after(*second),
                until: after(second + for_seconds),
                fault: *fault,
            }),
            Step::Message { .. } | Step::Action { .. } => {}
        }
    }
    CallFaults::of(calls, outages)
}

/// The faults in messages, by the number of the message.
pub(super) fn message_faults<A>(steps: &[Step<A>]) -> BTreeMap<u64, MessageFault> {
    let fault = |step: &Step<A>| match step {
        Step::Message { number, fault } => Some((*number, *fault)),
        _ => None,
    };
    steps.iter().filter_map(fault).collect()
}
