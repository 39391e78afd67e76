//! Scale-ins of clusters whose instances are drained.

pub mod cluster;
mod draw;
mod execution;
mod figures;
pub mod oracle;
mod rules;
mod words;

use drain::opt_in::tags;
use region::services::{CreateService, RunTask};

use self::execution::Drains;
use self::oracle::Invariant;
use crate::random::kinds::Kind;
use crate::random::{self, Parameters, Run, Scenario};

pub use self::figures::Figures;

/// Random runs of drains. The seconds of their steps count from the first scale-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draining;

/// The setup of a random run: one installation, and the clusters of an account.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Setup {
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: Parameters,
    /// The groups of all clusters. Those of a cluster follow each other.
    pub groups: Vec<Group>,
    /// The services that run on the instances.
    pub services: Vec<CreateService>,
    /// Standalone tasks, each with the index of its instance.
    pub standalone: Vec<(usize, RunTask)>,
}

/// A group of instances.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    pub name: String,
    /// The cluster in which its instances register.
    pub cluster: String,
    /// Whether its tags name this cluster.
    pub is_opted_in: bool,
    /// Further tags, of which some values are invalid.
    pub overrides: Vec<(&'static str, &'static str)>,
    /// Whether it has a terminating hook of another owner too.
    pub has_foreign_hook: bool,
    /// The number of instances at the start.
    pub instances: usize,
    /// Desired capacities, each with the seconds to wait before it is set.
    pub scale_ins: Vec<(u64, usize)>,
    /// Desired capacities that follow, if scale-in returns instances to a warm pool. They scale
    /// the group out and in again.
    pub warm_pool: Option<Vec<(u64, usize)>>,
}

/// A new desired capacity of the group with this index.
#[derive(Debug, Clone, Copy)]
pub struct SetCapacity(usize, usize);

/// What a user, an operator or AWS may do. Instances are given by their index among those of all
/// groups at the start, and groups by theirs in the setup.
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
    /// An instance registers in the cluster of a group, and no longer in its own.
    RegisterIn(usize, usize),
    /// Tasks of another service take all remaining capacity of the cluster of a group.
    Crowd(usize),
    /// These tasks end.
    Relieve(usize),
    /// The hook of a group is deleted.
    DeleteHook(usize),
    /// The hook of a group is changed to notify another topic.
    ChangeHook(usize),
    /// The stack is updated: auto-drain and hook-keeper restart with this deadline in seconds.
    UpdateStack(u64),
    /// A tag of a group is set, to a valid value or not.
    Tag(usize, &'static str, &'static str),
    /// The tag with which a group opted in is deleted.
    OptOut(usize),
    /// All our tags of a group are deleted.
    RemoveTags(usize),
    /// A group opts in again.
    OptIn(usize),
    /// The tag of a group names the cluster of another group.
    Rename(usize, usize),
    /// A group is replaced by one of another name, and scaled in to nothing.
    Replace(usize),
    /// A group is deleted by force.
    DeleteGroup(usize),
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
            Self::Kill(_) | Self::Deregister(_) | Self::RegisterIn(..) => Kind::Instances,
            Self::Crowd(_) | Self::Relieve(_) => Kind::Capacity,
            Self::DeleteHook(_) | Self::ChangeHook(_) => Kind::Hooks,
            Self::UpdateStack(_) => Kind::Updates,
            Self::Tag(..)
            | Self::OptOut(_)
            | Self::RemoveTags(_)
            | Self::OptIn(_)
            | Self::Rename(..) => Kind::Tags,
            Self::Replace(_) | Self::DeleteGroup(_) => Kind::Groups,
            Self::DrainByHand(_)
            | Self::Activate(_)
            | Self::Interrupt(..)
            | Self::FillAttributes(_) => Kind::Interference,
        }
    }
}

impl Setup {
    /// Whether a group has a warm pool.
    pub fn has_warm_pool(&self) -> bool {
        self.groups.iter().any(|group| group.warm_pool.is_some())
    }

    /// The number of clusters.
    pub fn clusters(&self) -> usize {
        let mut clusters: Vec<&str> = self.groups.iter().map(|g| g.cluster.as_str()).collect();
        clusters.dedup();
        clusters.len()
    }

    /// Keeps the groups of the first cluster.
    fn keep_first_cluster(&mut self) {
        let Some(first) = self.groups.first().map(|group| group.cluster.clone()) else { return };
        self.groups.retain(|group| group.cluster == first);
        self.services.retain(|service| service.cluster == first);
        self.standalone.retain(|(_, task)| task.cluster == first);
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
        Setup::keep_first_cluster,
        |setup| setup.groups.iter_mut().for_each(|group| group.has_foreign_hook = false),
        |setup| setup.groups.iter_mut().for_each(|group| group.overrides.clear()),
        |setup| setup.groups.iter_mut().for_each(|group| group.warm_pool = None),
        |setup| setup.standalone.clear(),
        |setup| setup.services.retain(|service| !service.daemon),
        |setup| setup.groups.iter_mut().for_each(|group| group.scale_ins.truncate(1)),
        |setup| {
            let pools = setup.groups.iter_mut().filter_map(|group| group.warm_pool.as_mut());
            pools.for_each(|capacities| capacities.truncate(1));
        },
        |setup| setup.parameters.clear(),
    ];

    fn draw(seed: u64) -> Run<Self> {
        draw::run(seed)
    }

    fn parameters(setup: &Setup) -> Parameters {
        setup.parameters.clone()
    }

    fn events(setup: &Setup) -> Vec<(u64, SetCapacity)> {
        let of_group = |(place, group): (usize, &Group)| {
            let capacities = group.scale_ins.iter().chain(group.warm_pool.iter().flatten());
            let after = move |second: &mut u64, (wait, desired): &(u64, usize)| {
                *second += wait;
                Some((*second, SetCapacity(place, *desired)))
            };
            capacities.scan(0, after).collect::<Vec<_>>()
        };
        setup.groups.iter().enumerate().flat_map(of_group).collect()
    }

    fn steps_begin(setup: &Setup) -> u64 {
        let first = setup.groups.first().and_then(|group| group.scale_ins.first());
        first.map_or(0, |(wait, _)| *wait)
    }

    fn describe(setup: &Setup) -> Vec<String> {
        words::setup(setup)
    }
}
