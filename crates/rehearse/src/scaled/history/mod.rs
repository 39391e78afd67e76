//! Histories of scaling: a load that changes, and what goes wrong meanwhile, each drawn from
//! a seed, played in virtual time under the eye of the oracle, and told readably.

mod draw;
mod play;
pub mod soak;
mod stage;
mod tell;

use std::collections::BTreeMap;

use region::faults::{CallFault, MessageFault};

use crate::history::Kind;

pub use self::play::{Outcome, Trouble, play, told};
pub use self::tell::tell;

/// A load, what scales for it, and what goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The seed: of this, and of the region's own chance.
    pub seed: u64,
    /// The cluster, the stack and the load.
    pub cast: Cast,
    /// What happens beside the load.
    pub parts: Vec<Part>,
}

/// The cluster, the stack and the load.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Whether the group is scaled too.
    pub cluster_too: bool,
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: BTreeMap<String, String>,
    /// Tasks at the start.
    pub tasks: usize,
    /// Instances at the start.
    pub instances: usize,
    /// The group's bounds.
    pub sizes: (usize, usize),
    /// From a second on there is work for so many tasks, by CPU and by memory. The last
    /// stays.
    pub loads: Vec<(u64, f64, f64)>,
    /// How long reads lag, seconds.
    pub read_lag_seconds: u64,
    /// Calls are refused as AWS's token buckets would.
    pub throttling: bool,
    /// The share of deliveries that happen twice, percent.
    pub doubled_percent: u32,
}

/// One thing that happens beside the load.
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
        /// From this second on.
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
        /// At this second.
        second: u64,
        /// What.
        act: Act,
    },
}

/// What somebody does. Alarms are named by their place in the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The service is deployed anew.
    Deploy,
    /// An operator sets the service's desired count.
    SetTasks(usize),
    /// An operator sets the group's desired capacity.
    SetInstances(usize),
    /// An operator sets an alarm to ALARM; its next evaluation sets it right.
    SetAlarm(usize),
    /// A message says that an alarm went into ALARM so many seconds ago.
    Sham(usize, u64),
    /// EC2 takes an instance of the group away.
    Kill,
    /// The stack is updated, and the switch of scaling is off.
    SwitchOff,
}

impl Part {
    /// What kind of fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Call { fault, .. } | Self::Outage { fault, .. } => Kind::of_call(*fault),
            Self::Message { fault, .. } => Kind::of_message(*fault),
            Self::Act { act, .. } => match act {
                Act::Deploy | Act::SwitchOff => Kind::Updates,
                Act::SetTasks(_) | Act::SetInstances(_) | Act::SetAlarm(_) | Act::Sham(..) => {
                    Kind::Interference
                }
                Act::Kill => Kind::Instances,
            },
        }
    }
}
