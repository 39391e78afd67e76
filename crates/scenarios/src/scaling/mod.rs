//! Scaling of a service and its group under a changing load.

pub mod busy;
mod cluster;
mod draw;
mod execution;
mod figures;
mod names;
pub mod oracle;
mod rules;
pub mod shown;
mod stacks;
mod words;

use region::region::Settings;
use region::services::{CreateGroup, CreateService, Workload};

use self::execution::ScalingRun;
use self::oracle::Invariant;
use crate::random::kinds::Kind;
use crate::random::{self, Parameters, Run, Scenario};
use crate::stack;

pub use self::cluster::{
    By, SERVICE, ScaledCluster, alarm_topic, parameters, scale_group, set_load, set_load_shown,
};
pub use self::figures::Figures;
pub use self::names::Names;

/// Random runs of scaling. The seconds of their steps count from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaling;

/// The setup of a random run: one installation, and clusters that it scales.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// At least one cluster. The main stack is deployed with the parameters of the first.
    pub clusters: Vec<Scaled>,
}

/// A cluster with a service, its stacks and its load.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// Whether the group is scaled too.
    pub cluster_too: bool,
    /// Parameters of the stack that differ from the template's defaults.
    pub parameters: Parameters,
    /// The number of tasks at the start.
    pub tasks: usize,
    /// The number of instances at the start.
    pub instances: usize,
    /// The group's minimum and maximum.
    pub sizes: (usize, usize),
    /// The loads, each with the second at which it begins. The last one stays.
    pub loads: Vec<(u64, Load)>,
}

/// The number of tasks that a load keeps busy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// By CPU.
    pub cpu: f64,
    /// By memory.
    pub memory: f64,
}

/// What a user, an operator or AWS may do to the cluster with an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub cluster: usize,
    pub what: What,
}

/// What a user, an operator or AWS may do to a cluster. Alarms are given by their index in its
/// stacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The service is deployed again.
    Deploy,
    /// An operator sets the service's desired count.
    SetTasks(usize),
    /// An operator sets the group's desired capacity.
    SetInstances(usize),
    /// An operator sets an alarm to ALARM. Its next evaluation corrects it.
    SetAlarm(usize),
    /// A forged message says that an alarm went into ALARM this many seconds ago.
    ForgeMessage(usize, u64),
    /// EC2 terminates an instance of the group.
    Kill,
    /// The stack is updated with `ScalingSwitch` off.
    SwitchOff,
    /// The document of the service is replaced by one with this greatest number of tasks.
    ReplaceDocument(i64),
    /// The document of the service or of the group is deleted.
    DeleteDocument(Document),
    /// The document of the service or of the group becomes invalid.
    SpoilDocument(Document),
    /// The document is as the stack made it again.
    RestoreDocument(Document),
    /// An alarm loses the tag that names its target.
    RemoveTag(usize),
    /// An alarm has that tag again.
    RestoreTag(usize),
    /// Systems Manager throttles every call, or no longer.
    ThrottleParameters(bool),
    /// An operator has the alarms of the cluster reconciled, as docs/semantics.md says for an alarm
    /// that is in ALARM already.
    Ask,
}

/// The document of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    Service,
    Group,
}

impl random::Action for Action {
    fn kind(&self) -> Kind {
        match self.what {
            What::Deploy | What::SwitchOff => Kind::Updates,
            What::SetTasks(_)
            | What::SetInstances(_)
            | What::SetAlarm(_)
            | What::ForgeMessage(..) => Kind::Interference,
            What::Kill => Kind::Instances,
            What::ReplaceDocument(_)
            | What::DeleteDocument(_)
            | What::SpoilDocument(_)
            | What::RestoreDocument(_)
            | What::RemoveTag(_)
            | What::RestoreTag(_)
            | What::Ask => Kind::Documents,
            What::ThrottleParameters(_) => Kind::Throttling,
        }
    }
}

impl Scaled {
    /// The cluster with what scales it.
    fn cluster(&self, names: Names) -> ScaledCluster {
        let (min, max) = self.sizes;
        ScaledCluster {
            names,
            service_by: By::AlarmScaling,
            cluster_by: if self.cluster_too { By::AlarmScaling } else { By::Nobody },
            parameters: self.parameters.clone(),
            // Four tasks fill an instance.
            provider: None,
            group: CreateGroup {
                desired: self.instances,
                min,
                max,
                cpu: 1_024,
                memory: 4_096,
                ..CreateGroup::default()
            },
            service: CreateService {
                desired: self.tasks,
                workload: Workload {
                    stop_min_seconds: 1,
                    stop_max_seconds: 10,
                    ..Workload::default()
                },
                ..CreateService::default()
            },
            settings: Settings::default(),
        }
    }

    /// Whether the stack has an additional policy.
    fn has_additional_policy(&self) -> bool {
        self.parameters.contains_key("AdditionalServicePolicies")
    }
}

impl Scenario for Scaling {
    type Setup = Setup;
    type Event = (usize, Load);
    type Action = Action;
    type Invariant = Invariant;
    type Figures = Figures;
    type Execution = ScalingRun;

    const SIMPLIFICATIONS: &'static [fn(&mut Setup)] = &[
        |setup| setup.clusters.truncate(1),
        |setup| setup.clusters.iter_mut().for_each(|one| one.loads.truncate(1)),
        |setup| setup.clusters.iter_mut().for_each(|one| one.loads.truncate(2)),
        |setup| setup.clusters.iter_mut().for_each(|one| one.loads.truncate(3)),
        |setup| setup.clusters.iter_mut().for_each(|one| one.parameters.clear()),
        |setup| {
            let parameters = setup.clusters.iter_mut().map(|one| &mut one.parameters);
            parameters.for_each(|all| all.retain(|name, _| !shown::is_parameter(name)));
        },
        |setup| {
            let parameters = setup.clusters.iter_mut().map(|one| &mut one.parameters);
            parameters.for_each(|all| all.retain(|name, _| name != "AdditionalServicePolicies"));
        },
    ];

    fn draw(seed: u64) -> Run<Self> {
        draw::run(seed)
    }

    fn parameters(setup: &Setup) -> Parameters {
        // A template that cannot be read fails the run when its stack is read.
        let first = setup.clusters.first().map(|first| &first.parameters);
        first.and_then(|all| stack::declared(all).ok()).unwrap_or_default()
    }

    fn settings(run: &Run<Self>) -> Settings {
        let mut settings = run.environment.settings(&run.steps);
        settings.services.placement_retry_most_seconds = 60;
        settings
    }

    fn events(setup: &Setup) -> Vec<(u64, (usize, Load))> {
        let of_cluster = |(place, cluster): (usize, &Scaled)| {
            let loads = cluster.loads.iter().map(|(second, load)| (*second, (place, *load)));
            loads.collect::<Vec<_>>()
        };
        setup.clusters.iter().enumerate().flat_map(of_cluster).collect()
    }

    fn steps_begin(_: &Setup) -> u64 {
        0
    }

    fn describe(setup: &Setup) -> Vec<String> {
        words::setup(setup)
    }
}
