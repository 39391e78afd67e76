//! Random runs of drains with faults. Each is drawn from a seed, runs in virtual time, is checked
//! by the oracle of the simulated region, and can be printed as a trace.

mod draw;
pub(crate) mod faults;
pub mod kinds;
mod play;
mod shrink;
pub mod soak;
mod tell;
pub(crate) mod words;

use std::collections::BTreeMap;

use region::services::{CreateService, RunTask};

pub use self::faults::{Deed, Medium};
pub use self::kinds::{Kind, Kinds};
pub use self::play::{Outcome, Trouble, play, told};
pub use self::shrink::shorter;
pub use self::tell::tell;

/// A random run of a drain: the setup and the faults.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The seed of this run and of the simulated region's random numbers.
    pub seed: u64,
    /// The setup.
    pub cast: Cast,
    /// The faults and actions. Their times are seconds since the first scale-in.
    pub parts: Vec<Part>,
}

/// The setup of a random run: the cluster and the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: BTreeMap<String, String>,
    /// The number of instances at the start.
    pub instances: usize,
    /// Desired capacities, each with the seconds to wait before it is set.
    pub scale_ins: Vec<(u64, usize)>,
    /// The services that run on the instances.
    pub services: Vec<CreateService>,
    /// Desired capacities that follow, if scale-in returns instances to a warm pool. They scale
    /// the group out and in again.
    pub warm_pool: Option<Vec<(u64, usize)>>,
    /// Standalone tasks, each with the index of its instance in the group.
    pub jobs: Vec<(usize, RunTask)>,
    /// How the simulated region behaves.
    pub medium: Medium,
}

/// One fault or action of a random run.
pub type Part = faults::Part<Act>;

/// An action in a random run. Instances are given by their index in the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An agent is lost.
    LoseAgent(usize),
    /// A lost agent reconnects.
    FindAgent(usize),
    /// EC2 terminates an instance without the hook.
    Kill(usize),
    /// An instance's registrations are removed by force.
    Deregister(usize),
    /// Tasks of another service take all remaining capacity.
    Crowd,
    /// These tasks end.
    Relieve,
    /// The hook is deleted.
    DeleteHook,
    /// The stack is updated: auto-drain restarts with this deadline in seconds, and the hook is
    /// put again.
    UpdateStack(u64),
    /// An operator drains an instance that serves, or one that is held.
    DrainByHand(usize),
    /// An operator sets an instance ACTIVE.
    Activate(usize),
    /// A Spot interruption is announced. The flag says whether it takes place.
    Interrupt(usize, bool),
    /// Other attributes of an instance leave no space for a drain record.
    FillAttributes(usize),
}

impl Deed for Act {
    fn kind(&self) -> Kind {
        match self {
            Self::LoseAgent(_) | Self::FindAgent(_) => Kind::Agents,
            Self::Kill(_) | Self::Deregister(_) => Kind::Instances,
            Self::Crowd | Self::Relieve => Kind::Capacity,
            Self::DeleteHook => Kind::Hooks,
            Self::UpdateStack(_) => Kind::Updates,
            Self::DrainByHand(_)
            | Self::Activate(_)
            | Self::Interrupt(..)
            | Self::FillAttributes(_) => Kind::Interference,
        }
    }
}
