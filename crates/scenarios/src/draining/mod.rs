//! Scale-ins of a cluster whose instances are drained.

pub mod cluster;
mod draw;
mod execution;
mod figures;
pub mod oracle;
mod rules;
mod words;

use region::services::{CreateService, RunTask};

use self::execution::Drains;
use self::oracle::Invariant;
use crate::random::kinds::Kind;
use crate::random::{self, Parameters, Run, Scenario};

pub use self::figures::Figures;

/// Random runs of drains. The seconds of their steps count from the first scale-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draining;

/// The setup of a random run: the cluster and the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: Parameters,
    /// The number of instances at the start.
    pub instances: usize,
    /// Desired capacities, each with the seconds to wait before it is set.
    pub scale_ins: Vec<(u64, usize)>,
    /// Desired capacities that follow, if scale-in returns instances to a warm pool. They scale
    /// the group out and in again.
    pub warm_pool: Option<Vec<(u64, usize)>>,
    /// The services that run on the instances.
    pub services: Vec<CreateService>,
    /// Standalone tasks, each with the index of its instance in the group.
    pub standalone: Vec<(usize, RunTask)>,
}

/// A new desired capacity of the group.
#[derive(Debug, Clone, Copy)]
pub struct SetCapacity(usize);

/// What a user, an operator or AWS may do. Instances are given by their index in the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
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
    /// The mode of the group is changed.
    SetMode(&'static str),
    /// The tag with which the group opted in is deleted.
    OptOut,
    /// The group opts in again.
    OptIn,
    /// An operator drains an instance that serves, or one that is held.
    DrainByHand(usize),
    /// An operator sets an instance ACTIVE.
    Activate(usize),
    /// A Spot interruption is announced. The flag says whether it takes place.
    Interrupt(usize, bool),
    /// Other attributes of an instance leave no space for a drain record.
    FillAttributes(usize),
}

impl random::Action for Action {
    fn kind(&self) -> Kind {
        match self {
            Self::LoseAgent(_) | Self::FindAgent(_) => Kind::Agents,
            Self::Kill(_) | Self::Deregister(_) => Kind::Instances,
            Self::Crowd | Self::Relieve => Kind::Capacity,
            Self::DeleteHook => Kind::Hooks,
            Self::UpdateStack(_) => Kind::Updates,
            Self::SetMode(_) | Self::OptOut | Self::OptIn => Kind::Tags,
            Self::DrainByHand(_)
            | Self::Activate(_)
            | Self::Interrupt(..)
            | Self::FillAttributes(_) => Kind::Interference,
        }
    }
}

impl Scenario for Draining {
    type Setup = Setup;
    type Event = SetCapacity;
    type Action = Action;
    type Invariant = Invariant;
    type Figures = Figures;
    type Execution = Drains;

    const SIMPLIFICATIONS: &'static [fn(&mut Setup)] = &[
        |setup| setup.warm_pool = None,
        |setup| setup.standalone.clear(),
        |setup| setup.services.truncate(1),
        |setup| setup.scale_ins.truncate(1),
        |setup| setup.warm_pool.iter_mut().for_each(|capacities| capacities.truncate(1)),
        |setup| setup.parameters.clear(),
    ];

    fn draw(seed: u64) -> Run<Self> {
        draw::run(seed)
    }

    fn parameters(setup: &Setup) -> Parameters {
        setup.parameters.clone()
    }

    fn events(setup: &Setup) -> Vec<(u64, SetCapacity)> {
        let capacities = setup.scale_ins.iter().chain(setup.warm_pool.iter().flatten());
        let after = |second: &mut u64, (wait, desired): &(u64, usize)| {
            *second += wait;
            Some((*second, SetCapacity(*desired)))
        };
        capacities.scan(0, after).collect()
    }

    fn steps_begin(setup: &Setup) -> u64 {
        setup.scale_ins.first().map_or(0, |(wait, _)| *wait)
    }

    fn describe(setup: &Setup) -> Vec<String> {
        words::setup(setup)
    }
}
