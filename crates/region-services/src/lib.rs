//! What AWS runs: clusters, container instances, tasks, services, groups and lifecycle hooks,
//! metrics, alarms and scaling policies.
//!
//! [`Services`] is one state machine: [`Services::advance`] processes due events, [`Services::call`] answers
//! the APIs, [`Services::control`] carries out actions of a test, and [`Services::truth`] shows the true
//! state.

mod arena;
mod autoscaling;
mod cloudwatch;
mod control;
mod ec2;
mod ecs;
mod input;
mod scaling;
mod settings;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod throttle;
mod trail;
mod truth;
mod wording;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use self::arena::{ContainerKey, InstanceKey, ServiceKey, TaskKey};
use self::autoscaling::AutoScaling;
use self::cloudwatch::CloudWatch;
use self::ecs::Ecs;
use self::scaling::Scaling;
use self::throttle::Throttle;
use region_core::Time;
use region_core::agenda::Agenda;
use region_core::api::{Api, ApiError, Effect};

pub use self::autoscaling::{Action, ActionEnd, HookResult, LifecycleState};
pub use self::cloudwatch::{
    Comparison, Dimension, LateSamples, LoadMetric, Metric, MetricDataQuery, MetricDatum,
    MetricStat, PutCompositeAlarm, PutMetricAlarm, PutMetricData, SetLoad, StateValue, Statistic,
    StatisticSet, TreatMissingData,
};
pub use self::control::{
    AgentConnected, Control, CreateGroup, CreateService, FillAttributes, InterruptSpot,
    LaunchIntoWarmPool, ProtectTask, PutLifecycleHook, RegisterIn, RunTask, SetState,
    TerminateInstance, UpdateGroup, UpdateService,
};
pub use self::ecs::{ContainerStatus, TaskStatus, Workload};
pub use self::scaling::{
    AdjustmentType, MetricAggregation, NotScaledReason, PutStepPolicy, RegisterScalableTarget,
    ScalingActivity, ScalingOutcome, StepAdjustment, StepTarget,
};
pub use self::settings::Settings;
pub use self::truth::{ContainerTruth, GroupTruth, InstanceTruth, ServiceTruth, TaskTruth, Truth};

/// A scheduled event.
#[derive(Debug, Clone, Copy)]
enum Due {
    /// The agent starts: it registers, or reconnects.
    Agent(InstanceKey),
    /// A container instance leaves REGISTERING.
    Active(ContainerKey),
    /// A boot completes.
    InService(InstanceKey),
    /// The shutdown of a warm pool instance completes.
    Warmed(InstanceKey),
    /// The shutdown of a terminating instance completes.
    Terminated(InstanceKey),
    /// EC2 takes the instance away.
    Taken(InstanceKey),
    /// The group finds that the instance is gone.
    Unhealthy(InstanceKey),
    /// A lifecycle action may time out; the number is its index on the instance.
    HookTimeout(InstanceKey, usize),
    /// A task takes its next step.
    Task(TaskKey, TaskStatus),
    /// A task's health checks have passed.
    Healthy(TaskKey),
    /// The scheduler of a service runs.
    Schedule(ServiceKey),
    /// A minute of CloudWatch metrics ends.
    Minute,
    /// The metrics of a minute become readable.
    Publish,
    /// Alarms are evaluated.
    Alarms,
    /// The suppression of composite alarms may end.
    Suppressed,
}

/// The simulated account and Region.
#[derive(Debug)]
pub struct Services {
    settings: Settings,
    now: Time,
    /// The moment whose state the present read shows.
    read_at: Time,
    rng: StdRng,
    agenda: Agenda<Due>,
    effects: Vec<Effect>,
    throttle: Throttle,
    ecs: Ecs,
    auto_scaling: AutoScaling,
    cloudwatch: CloudWatch,
    scaling: Scaling,
}

impl Services {
    /// An empty account with the cluster `default`; the same seed gives the same world.
    pub fn new(settings: Settings, seed: u64, now: Time) -> Self {
        let mut world = Self {
            settings,
            now,
            read_at: now,
            rng: StdRng::seed_from_u64(seed),
            agenda: Agenda::default(),
            effects: Vec::new(),
            throttle: Throttle::default(),
            ecs: Ecs::default(),
            auto_scaling: AutoScaling::default(),
            cloudwatch: CloudWatch::new(seed),
            scaling: Scaling::default(),
        };
        world.create_cluster("default");
        world
    }

    /// When the next scheduled event is due.
    pub fn next_due(&self) -> Option<Time> {
        self.agenda.next_due()
    }

    /// Process everything that is due by `now`, each event at its own time. Time never goes back.
    pub fn advance(&mut self, now: Time) {
        while let Some((when, due)) = self.agenda.pop_due(now) {
            self.now = self.now.max(when);
            self.run(due);
            self.remember_states();
        }
        self.now = self.now.max(now);
    }

    /// Take the messages and events sent since the last call, oldest first.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Answer one API call at `now`.
    ///
    /// # Errors
    /// The error that AWS returns, throttling if enabled, or an operation that is not simulated.
    pub fn call(
        &mut self,
        now: Time,
        api: Api,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        self.advance(now);
        if self.settings.throttling {
            self.throttle.admit(self.now, api, operation)?;
        }
        self.read_at = self.now - self.lag();
        let answer = match api {
            Api::Ecs => self.call_ecs(operation, input),
            Api::AutoScaling => self.call_auto_scaling(operation, input),
            Api::CloudWatch => self.call_cloudwatch(operation, input),
            Api::Sns => {
                let text = format!("no operation {operation} of SNS is simulated here");
                Err(ApiError::client("UnknownOperationException", text))
            }
        };
        self.remember_states();
        answer
    }

    fn lags(&self) -> bool {
        self.settings.read_lag_seconds > 0
    }

    /// The lag of a read that is made now.
    fn lag(&mut self) -> time::Duration {
        let most = self.settings.read_lag_seconds * 1_000;
        let lag = if self.lags() && self.settings.read_lag_varies {
            self.rng.random_range(0..=most)
        } else {
            most
        };
        time::Duration::milliseconds(i64::try_from(lag).unwrap_or_default())
    }

    fn run(&mut self, due: Due) {
        match due {
            Due::Agent(instance) => self.agent_starts(instance),
            Due::Active(container) => self.activate(container),
            Due::InService(instance) => self.in_service(instance),
            Due::Warmed(instance) => self.warmed(instance),
            Due::Terminated(instance) => self.terminated(instance),
            Due::Taken(instance) => self.take(instance),
            Due::Unhealthy(instance) => self.unhealthy(instance),
            Due::HookTimeout(instance, action) => self.hook_timeout(instance, action),
            Due::Task(task, status) => self.task_step(task, status),
            Due::Healthy(task) => self.wake_service_of(task),
            Due::Schedule(service) => self.schedule(service),
            Due::Minute => self.minute(),
            Due::Publish => self.publish_measured(),
            Due::Alarms => self.evaluate_alarms(),
            Due::Suppressed => self.check_suppressed(),
        }
    }

    fn after(&mut self, delay: u64, due: Due) {
        self.agenda.at(self.now + wording::seconds(delay), due);
    }
}
