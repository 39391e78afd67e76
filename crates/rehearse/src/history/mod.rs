//! Histories: drains in which things go wrong, each drawn from a seed, played in virtual
//! time under the eye of the region's oracle, and told readably.

mod draw;
pub mod kinds;
mod play;
mod shrink;
pub mod soak;
mod tell;
pub(crate) mod words;

use std::collections::BTreeMap;

use region::faults::{CallFault, MessageFault};
use region::world::{CreateService, RunTask};

pub use self::kinds::{Kind, Kinds};
pub use self::play::{Outcome, Trouble, play, told};
pub use self::shrink::shorter;
pub use self::tell::tell;

/// A drain, what runs in the cluster, and what goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The seed: of this, and of the region's own chance.
    pub seed: u64,
    /// The cluster and the stack.
    pub cast: Cast,
    /// What happens beside the drain. A history without one of these is another
    /// history, and may break the same promise.
    pub parts: Vec<Part>,
}

/// The cluster and the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: BTreeMap<String, String>,
    /// Instances at the start.
    pub instances: usize,
    /// Desired capacities, each with the seconds that pass before it is set.
    pub scale_ins: Vec<(u64, usize)>,
    /// The services.
    pub services: Vec<CreateService>,
    /// Standalone tasks, each with the place of its instance in the group.
    pub jobs: Vec<(usize, RunTask)>,
    /// How long reads lag, seconds.
    pub read_lag_seconds: u64,
    /// Calls are refused as AWS's token buckets would.
    pub throttling: bool,
    /// The share of deliveries that happen twice, percent.
    pub doubled_percent: u32,
}

/// One thing that happens beside the drain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A call to AWS goes wrong.
    Call {
        /// Its number, counted from 1.
        number: u64,
        /// How.
        fault: CallFault,
    },
    /// Every call goes wrong for a while.
    Outage {
        /// So many seconds after the first scale-in.
        second: u64,
        /// For how long.
        for_seconds: u64,
        /// How.
        fault: CallFault,
    },
    /// A message goes wrong.
    Message {
        /// Its number, counted from 1.
        number: u64,
        /// How.
        fault: MessageFault,
    },
    /// Somebody does something.
    Act {
        /// So many seconds after the first scale-in.
        second: u64,
        /// What.
        act: Act,
    },
}

/// What somebody does. Instances are named by their place in the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An agent is lost.
    LoseAgent(usize),
    /// It is back.
    FindAgent(usize),
    /// EC2 takes an instance away.
    Kill(usize),
    /// An instance's registrations are removed by force.
    Deregister(usize),
    /// Other tasks take all the room that is left.
    Crowd,
    /// And give it back.
    Relieve,
    /// The hook is deleted.
    DeleteHook,
    /// The stack is updated: auto-drain starts anew with this deadline, in seconds, and
    /// the hook is put again.
    UpdateStack(u64),
    /// An operator drains an instance that serves, or one that is held.
    DrainByHand(usize),
    /// An operator sets an instance ACTIVE.
    Activate(usize),
    /// A Spot interruption is announced, and takes place or not.
    Interrupt(usize, bool),
    /// Other people's attributes leave no room for a note.
    FillAttributes(usize),
}
