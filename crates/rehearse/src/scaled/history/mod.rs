//! Histories of scaling: a load that changes, and what goes wrong meanwhile, each drawn from
//! a seed, played in virtual time under the eye of the oracle, and told readably.

mod draw;
mod play;
pub mod soak;
mod stage;
mod tell;

use std::collections::BTreeMap;

use region::world::LateSamples;

use crate::history::amiss;
use crate::history::{Deed, Kind, Medium};

pub use self::play::{Outcome, Trouble, play, told};
pub use self::tell::tell;

/// A load, what scales for it, and what goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The seed: of this, and of the region's own chance.
    pub seed: u64,
    /// The cluster, the stack and the load.
    pub cast: Cast,
    /// What happens beside the load, by the seconds since the stage was set.
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
    /// How the region behaves.
    pub medium: Medium,
    /// Which samples of metrics arrive late.
    pub late: Option<LateSamples>,
}

/// One thing that happens beside the load.
pub type Part = amiss::Part<Act>;

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

impl Deed for Act {
    fn kind(&self) -> Kind {
        match self {
            Self::Deploy | Self::SwitchOff => Kind::Updates,
            Self::SetTasks(_) | Self::SetInstances(_) | Self::SetAlarm(_) | Self::Sham(..) => {
                Kind::Interference
            }
            Self::Kill => Kind::Instances,
        }
    }
}
