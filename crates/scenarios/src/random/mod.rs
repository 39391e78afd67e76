//! Random runs with faults. Each is drawn from a seed, runs in virtual time and is checked by an
//! oracle. A run that violates an invariant is minimized, and printed as a trace.

mod environment;
mod faults;
pub mod kinds;
mod minimize;
mod play;
pub mod soak;
mod trace;
mod violation;

use std::fmt;
use std::future::Future;

use region::region::Settings;
use serde::Serialize;

use crate::error::Error;
use crate::rehearsal::Rehearsal;

use self::kinds::{Kind, Kinds};

pub use self::environment::Environment;
pub use self::faults::Step;
pub(crate) use self::faults::{LATEST_FAULT, draw_call_fault, draw_outage};
pub use self::minimize::minimize;
pub use self::play::{Outcome, digest, play};
pub use self::trace::{Trace, trace};
pub use self::violation::Violation;

/// What random runs rehearse.
pub trait Scenario: Clone + fmt::Debug + PartialEq + 'static {
    /// The stack, the cluster, and the events that happen to it in every run.
    type Setup: Clone + fmt::Debug + PartialEq + Send;
    /// An event of the setup.
    type Event;
    /// What a user, an operator or AWS may do in a run.
    type Action: Action;
    type Invariant: Copy + fmt::Debug + PartialEq + Send;
    type Figures: Figures;
    type Execution: Execution<Self>;

    /// Simplifications of a setup, which are tried in this order to minimize a run.
    const SIMPLIFICATIONS: &'static [fn(&mut Self::Setup)];

    /// The run of `seed`, with all kinds of faults.
    fn draw(seed: u64) -> Run<Self>;

    /// The parameters of the stack that differ from the template's defaults.
    fn parameters(setup: &Self::Setup) -> Parameters;

    /// How the simulated region behaves in `run`.
    fn settings(run: &Run<Self>) -> Settings {
        run.environment.settings(&run.steps)
    }

    /// The events, each with its second since the start.
    fn events(setup: &Self::Setup) -> Vec<(u64, Self::Event)>;

    /// The second since the start from which the seconds of steps count.
    fn steps_begin(setup: &Self::Setup) -> u64;

    /// The setup in words, one line for each of its parts.
    fn describe(setup: &Self::Setup) -> Vec<String>;
}

/// Parameters of a stack, by name.
pub type Parameters = std::collections::BTreeMap<String, String>;

/// What a user, an operator or AWS may do in a run. It is displayed as a part of a sentence.
pub trait Action: Clone + fmt::Debug + fmt::Display + PartialEq + Send {
    /// The kind of fault that this counts as.
    fn kind(&self) -> Kind;
}

/// A run that is executed.
pub trait Execution<S: Scenario>: Sized {
    /// Creates the cluster of `run`, and has the oracle observe it.
    ///
    /// # Errors
    /// The simulated region refuses a part of the setup.
    fn begin(run: &Run<S>, rehearsal: Rehearsal) -> impl Future<Output = Result<Self, Error>>;

    /// # Errors
    /// The simulated region refuses the event.
    fn occur(&self, event: S::Event) -> Result<(), Error>;

    /// Performs an action. An action that is impossible by now is only remarked.
    ///
    /// # Errors
    /// A changed stack cannot be deployed.
    fn act(&self, action: &S::Action) -> Result<(), Error>;

    /// Waits until nothing happens anymore. `second` is that of the last event or action.
    fn finish(self, second: u64) -> impl Future<Output = Finished<S>>;
}

/// The violations and the figures of an executed run.
pub type Finished<S> = (Vec<Violation<<S as Scenario>::Invariant>>, <S as Scenario>::Figures);

/// The figures of one run or of many, which are displayed on a line.
pub trait Figures:
    Clone + fmt::Debug + fmt::Display + Default + PartialEq + Send + Serialize
{
    /// Adds the figures of another run.
    fn add(&mut self, other: Self);
}

/// A random run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run<S: Scenario> {
    /// The seed of this run and of the simulated region's random numbers.
    pub seed: u64,
    pub setup: S::Setup,
    pub environment: Environment,
    /// Faults and actions.
    pub steps: Vec<Step<S::Action>>,
}

impl<S: Scenario> Run<S> {
    /// The run of `seed`, with faults of these kinds only. The kinds do not change the setup.
    pub fn draw(seed: u64, kinds: &Kinds) -> Self {
        let mut run = S::draw(seed);
        run.steps.retain(|step| kinds.has(step.kind()));
        run.environment = run.environment.limited(kinds);
        run
    }
}
