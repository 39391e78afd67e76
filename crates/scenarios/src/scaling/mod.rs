//! Scaling of a service and its group under a changing load.

pub mod busy;
mod cluster;
mod draw;
mod execution;
mod figures;
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

/// Random runs of scaling. The seconds of their steps count from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaling;

/// The setup of a random run: the cluster, the stack and the load.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
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

/// What a user, an operator or AWS may do. Alarms are given by their index in the stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
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
}

impl random::Action for Action {
    fn kind(&self) -> Kind {
        match self {
            Self::Deploy | Self::SwitchOff => Kind::Updates,
            Self::SetTasks(_)
            | Self::SetInstances(_)
            | Self::SetAlarm(_)
            | Self::ForgeMessage(..) => Kind::Interference,
            Self::Kill => Kind::Instances,
        }
    }
}

impl Setup {
    /// The cluster with what scales it.
    fn cluster(&self) -> ScaledCluster {
        let (min, max) = self.sizes;
        ScaledCluster {
            service_by: By::AlarmScaling,
            cluster_by: if self.cluster_too { By::AlarmScaling } else { By::Nobody },
            parameters: self.parameters.clone(),
            // Four tasks fill an instance.
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
    type Event = Load;
    type Action = Action;
    type Invariant = Invariant;
    type Figures = Figures;
    type Execution = ScalingRun;

    const SIMPLIFICATIONS: &'static [fn(&mut Setup)] = &[
        |setup| setup.loads.truncate(1),
        |setup| setup.loads.truncate(2),
        |setup| setup.loads.truncate(3),
        |setup| setup.parameters.clear(),
        |setup| setup.parameters.retain(|name, _| !shown::is_parameter(name)),
        |setup| setup.parameters.retain(|name, _| name != "AdditionalServicePolicies"),
    ];

    fn draw(seed: u64) -> Run<Self> {
        draw::run(seed)
    }

    fn parameters(setup: &Setup) -> Parameters {
        // A template that cannot be read fails the run when its stack is read.
        stack::declared(&setup.parameters).unwrap_or_default()
    }

    fn settings(run: &Run<Self>) -> Settings {
        let mut settings = run.environment.settings(&run.steps);
        settings.services.placement_retry_most_seconds = 60;
        settings
    }

    fn events(setup: &Setup) -> Vec<(u64, Load)> {
        setup.loads.clone()
    }

    fn steps_begin(_: &Setup) -> u64 {
        0
    }

    fn describe(setup: &Setup) -> Vec<String> {
        words::setup(setup)
    }
}
