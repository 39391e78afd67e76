//! What AWS runs: clusters, container instances, tasks, services, groups and lifecycle hooks,
//! metrics, alarms and scaling policies.
//!
//! [`Services`] joins them to one state machine: [`Services::advance`] processes due events,
//! [`Services::call`] answers the APIs, [`Services::control`] carries out actions of a test, and
//! [`Services::truth`] shows the true state. Each service owns its state. It reaches the others by
//! what it is given: the shared [`Context`], and for EC2 Auto Scaling also ECS.

mod arena;
mod autoscaling;
mod context;
mod control;
mod ecs;
mod error;
mod fields;
mod load;
mod monitoring;
mod provider;
mod scaled;
mod settings;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod truth;

use region_cloudwatch::CloudWatch;
use region_parameters::Parameters;
use region_scaling::Scaling;
use serde_json::Value;

use self::autoscaling::AutoScaling;
use self::context::{Context, Due};
use self::ecs::Ecs;
use self::load::Loads;
use region_core::Time;
use region_core::api::{Api, ApiError, Effect};
use region_core::throttle::Throttle;

pub use self::autoscaling::{
    Action, ActionEnd, CreateGroup, GroupTruth, Hook, HookResult, HookTransition, InstanceTruth,
    InterruptSpot, LaunchIntoWarmPool, LifecycleState, PutLifecycleHook, TerminateInstance,
    UpdateGroup,
};
pub use self::control::Control;
pub use self::ecs::{
    AgentConnected, ContainerStatus, ContainerTruth, CreateService, FillAttributes, ProtectTask,
    RegisterIn, RunTask, ServiceTruth, SetState, TaskStatus, TaskTruth, UpdateService, Workload,
};
pub use self::load::{LoadMetric, SetLoad};
pub use self::settings::Settings;
pub use self::truth::Truth;
pub use region_cloudwatch::{
    Comparison, Dimension, LateSamples, Metric, MetricDataQuery, MetricDatum, MetricStat,
    PutCompositeAlarm, PutMetricAlarm, PutMetricData, SetAlarmTags, StateValue, Statistic,
    StatisticSet, Tag, TreatMissingData,
};
pub use region_parameters::PutParameter;
pub use region_scaling::{
    AdjustmentType, CustomizedMetric, MetricAggregation, NotScaledReason, PredefinedMetric,
    PutCapacityProvider, PutStepPolicy, PutTargetTrackingPolicy, RegisterScalableTarget,
    ScalingActivity, ScalingOutcome, ScalingTarget, StepAdjustment, TrackedMetric,
};

/// The simulated account and Region.
#[derive(Debug)]
pub struct Services {
    context: Context,
    throttle: Throttle,
    ecs: Ecs,
    auto_scaling: AutoScaling,
    loads: Loads,
    cloudwatch: CloudWatch,
    scaling: Scaling,
    parameters: Parameters,
}

impl Services {
    /// An empty account with the cluster `default`; the same seed gives the same run.
    pub fn new(settings: Settings, seed: u64, now: Time) -> Self {
        let cloudwatch = CloudWatch::new(settings.cloudwatch.clone());
        let mut services = Self {
            context: Context::new(settings, seed, now),
            throttle: Throttle::default(),
            ecs: Ecs::default(),
            auto_scaling: AutoScaling::default(),
            loads: Loads::default(),
            cloudwatch,
            scaling: Scaling::default(),
            parameters: Parameters::default(),
        };
        services.ecs.create_cluster("default");
        services
    }

    /// When the next scheduled event is due.
    pub fn next_due(&self) -> Option<Time> {
        self.context.agenda.next_due()
    }

    /// Process everything that is due by `now`, each event at its own time. Time never goes back.
    pub fn advance(&mut self, now: Time) {
        while let Some((when, due)) = self.context.agenda.pop_due(now) {
            self.context.now = self.context.now.max(when);
            self.run(due);
            self.auto_scaling.record_states(&self.context);
        }
        self.context.now = self.context.now.max(now);
    }

    /// Take the messages and events sent since the last call, oldest first.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.context.effects)
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
        if self.context.settings.throttling {
            self.throttle.admit(self.context.now, api, operation)?;
        }
        self.context.begin_read();
        let answer = match api {
            Api::Ecs => self.ecs.call(&mut self.context, operation, input),
            Api::AutoScaling => {
                self.auto_scaling.call(&mut self.context, &mut self.ecs, operation, input)
            }
            Api::CloudWatch => self
                .with_cloudwatch(|cloudwatch, account| cloudwatch.call(account, operation, input)),
            Api::Ssm => self.parameters.call(operation, input),
            Api::Sns => {
                let text = format!("no operation {operation} of SNS is simulated here");
                Err(ApiError::client("UnknownOperationException", text))
            }
        };
        self.auto_scaling.record_states(&self.context);
        answer
    }

    fn run(&mut self, due: Due) {
        match due {
            Due::Ecs(due) => self.ecs.run(&mut self.context, due),
            Due::AutoScaling(due) => {
                self.auto_scaling.run(&mut self.context, &mut self.ecs, due);
            }
            Due::CloudWatch(due) => {
                self.with_cloudwatch(|cloudwatch, account| cloudwatch.run(account, due));
            }
        }
    }
}
