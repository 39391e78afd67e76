//! Random runs of scaling under a changing load, with faults. Each is drawn from a seed, runs in
//! virtual time, is checked by an oracle, and can be printed as a trace.

mod draw;
mod play;
pub mod soak;
mod stage;
mod tell;

use std::collections::BTreeMap;

use region::services::LateSamples;

use crate::draining::history::faults;
use crate::draining::history::{Deed, Kind, Medium};

pub use self::play::{Outcome, Trouble, play, told};
pub use self::tell::tell;

/// A random run of scaling: the setup and the faults.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// The seed of this run and of the simulated region's random numbers.
    pub seed: u64,
    /// The setup.
    pub cast: Cast,
    /// The faults and actions. Their times are seconds since the setup.
    pub parts: Vec<Part>,
}

/// The setup of a random run: the cluster, the stack and the load.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    /// Whether the group is scaled too.
    pub cluster_too: bool,
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: BTreeMap<String, String>,
    /// The number of tasks at the start.
    pub tasks: usize,
    /// The number of instances at the start.
    pub instances: usize,
    /// The group's minimum and maximum.
    pub sizes: (usize, usize),
    /// Loads: the second at which each begins, and the number of tasks that it keeps busy by CPU
    /// and by memory. The last load stays.
    pub loads: Vec<(u64, f64, f64)>,
    /// How the simulated region behaves.
    pub medium: Medium,
    /// Which samples of metrics arrive late.
    pub late: Option<LateSamples>,
}

/// One fault or action of a random run.
pub type Part = faults::Part<Act>;

/// An action in a random run. Alarms are given by their index in the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The service is deployed again.
    Deploy,
    /// An operator sets the service's desired count.
    SetTasks(usize),
    /// An operator sets the group's desired capacity.
    SetInstances(usize),
    /// An operator sets an alarm to ALARM. Its next evaluation corrects it.
    SetAlarm(usize),
    /// A forged message says that an alarm went into ALARM this many seconds ago.
    Sham(usize, u64),
    /// EC2 terminates an instance of the group.
    Kill,
    /// The stack is updated with `ScalingSwitch` off.
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
