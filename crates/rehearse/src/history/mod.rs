//! Histories: drains in which things go wrong, each drawn from a seed, played in virtual
//! time under the eye of the region's oracle, and told readably.

pub(crate) mod amiss;
mod draw;
pub mod kinds;
mod play;
mod shrink;
pub mod soak;
mod tell;
pub(crate) mod words;

use std::collections::BTreeMap;

use region::world::{CreateService, RunTask};

pub use self::amiss::{Deed, Medium};
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
    /// What happens beside the drain, by the seconds since the first scale-in.
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
    /// Desired capacities that follow, out and in again, where scale-in returns instances to
    /// the group's warm pool; none where the group has no pool.
    pub warm_pool: Option<Vec<(u64, usize)>>,
    /// Standalone tasks, each with the place of its instance in the group.
    pub jobs: Vec<(usize, RunTask)>,
    /// How the region behaves.
    pub medium: Medium,
}

/// One thing that happens beside the drain.
pub type Part = amiss::Part<Act>;

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
