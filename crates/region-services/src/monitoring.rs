//! From metrics to capacity: what CloudWatch and scaling read and change of the account.

use rand::rngs::StdRng;
use region_cloudwatch::{Account, CloudWatch, Measured, Resolution, ScalingAction, StateValue};
use region_core::Time;
use region_core::api::{ApiError, Effect};
use region_core::input::short;
use region_scaling::{
    Change, PutStepPolicy, PutTargetTrackingPolicy, RegisterScalableTarget, Scaling,
    ScalingActivity, ScalingTarget, Tracking,
};
use serde_json::Value;

use crate::Services;
use crate::autoscaling::AutoScaling;
use crate::context::Context;
use crate::ecs::{Ecs, UpdateService};
use crate::error::refused;
use crate::load::{Loads, SetLoad};
use crate::provider;
use crate::scaled::Scaled;

/// The account during one call of CloudWatch.
struct Monitored<'a> {
    context: &'a mut Context,
    ecs: &'a Ecs,
    loads: &'a Loads,
    auto_scaling: &'a AutoScaling,
    scaling: &'a Scaling,
    actions: Vec<ScalingAction>,
}

impl Account for Monitored<'_> {
    fn now(&self) -> Time {
        self.context.now
    }

    fn rng(&mut self) -> &mut StdRng {
        &mut self.context.alarm_rng
    }

    fn schedule(&mut self, at: Time, due: region_cloudwatch::Due) {
        self.context.at(at, due);
    }

    fn measure(&self, resolution: Resolution) -> Vec<Measured> {
        let mut measured = self.loads.measure(self.ecs, resolution);
        if resolution == Resolution::Minute {
            let now = self.context.now;
            measured.extend(self.loads.measure_groups(now, self.ecs, self.auto_scaling));
            measured.extend(provider::measure(self.scaling, self.ecs, self.auto_scaling));
        }
        measured
    }

    fn emit(&mut self, id: String, detail_type: &str, resource: &str, detail: Value) {
        self.context.emit_as(id, "aws.cloudwatch", detail_type, &[resource], detail);
    }

    fn publish(&mut self, alarm_arn: &str, topic_arn: String, subject: String, message: String) {
        let alarm_arn = Some(alarm_arn.to_owned());
        self.context.effects.push(Effect::Publish { topic_arn, alarm_arn, subject, message });
    }

    fn scale(&mut self, actions: Vec<ScalingAction>) {
        self.actions.extend(actions);
    }
}

impl Services {
    /// The state of the alarm of this name, if there is one.
    pub fn alarm_state(&self, name: &str) -> Option<StateValue> {
        self.cloudwatch.alarm_state(name)
    }

    /// The names of all alarms, in order.
    pub fn alarm_names(&self) -> impl Iterator<Item = &str> {
        self.cloudwatch.alarm_names()
    }

    /// Call CloudWatch, and have the scaling policies act that its alarms call.
    pub(crate) fn with_cloudwatch<T>(
        &mut self,
        call: impl FnOnce(&mut CloudWatch, &mut dyn Account) -> T,
    ) -> T {
        let mut account = Monitored {
            context: &mut self.context,
            ecs: &self.ecs,
            loads: &self.loads,
            auto_scaling: &self.auto_scaling,
            scaling: &self.scaling,
            actions: Vec::new(),
        };
        let answer = call(&mut self.cloudwatch, &mut account);
        let actions = account.actions;
        self.scale(actions);
        answer
    }

    /// Put a load on a service, instead of the one before.
    ///
    /// # Errors
    /// The service does not exist, or the load is negative.
    pub(crate) fn set_load(&mut self, order: SetLoad) -> Result<(), ApiError> {
        let cluster = self.ecs.known_cluster(&order.cluster)?.to_owned();
        self.ecs.service(&cluster, &order.service)?;
        if !(order.cpu >= 0.0 && order.memory >= 0.0) {
            return Err(refused("a load cannot be below 0"));
        }
        let service = short(&order.service).to_owned();
        self.loads.set(SetLoad { cluster, service, ..order });
        self.with_cloudwatch(|cloudwatch, account| cloudwatch.begin_minutes(account));
        self.measure_often();
        Ok(())
    }

    /// Measure every 20 seconds from now on, if a service with a load is to be.
    pub(crate) fn measure_often(&mut self) {
        if self.loads.have_high_resolution(&self.ecs) {
            self.with_cloudwatch(|cloudwatch, account| cloudwatch.begin_short_periods(account));
        }
    }

    /// Let a service be scaled, or change its bounds.
    ///
    /// # Errors
    /// The service does not exist, or the minimum is above the maximum.
    pub(crate) fn register_scalable_target(
        &mut self,
        order: RegisterScalableTarget,
    ) -> Result<(), ApiError> {
        let account = scaled(&self.context, &self.ecs, &self.auto_scaling, &self.cloudwatch);
        self.scaling.register_scalable_target(&account, order)
    }

    /// Make or change a policy; its ARN, for alarms to name.
    ///
    /// # Errors
    /// A step is invalid, or the target does not exist.
    pub(crate) fn put_step_policy(&mut self, order: PutStepPolicy) -> Result<String, ApiError> {
        let account = scaled(&self.context, &self.ecs, &self.auto_scaling, &self.cloudwatch);
        self.scaling.put_step_policy(&account, &mut self.context.alarm_rng, order)
    }

    /// Make or change a target tracking policy and its two alarms; its ARN and their names.
    ///
    /// # Errors
    /// A field is invalid, or the target does not exist.
    pub(crate) fn put_target_tracking_policy(
        &mut self,
        order: PutTargetTrackingPolicy,
    ) -> Result<(String, Vec<String>), ApiError> {
        let account = scaled(&self.context, &self.ecs, &self.auto_scaling, &self.cloudwatch);
        let rng = &mut self.context.alarm_rng;
        let tracking = self.scaling.target_tracking_policy(&account, rng, order)?;
        self.keep_tracking(tracking)
    }

    /// Make the alarms of a target tracking policy, and keep it; its ARN and their names.
    ///
    /// # Errors
    /// CloudWatch refuses an alarm.
    pub(crate) fn keep_tracking(
        &mut self,
        tracking: Tracking,
    ) -> Result<(String, Vec<String>), ApiError> {
        let mut names = Vec::new();
        for alarm in tracking.alarms() {
            names.push(alarm.alarm_name.clone());
            self.with_cloudwatch(|cloudwatch, account| {
                cloudwatch.put_metric_alarm(account, alarm)
            })?;
        }
        Ok((self.scaling.keep(tracking), names))
    }

    /// What scaling policies did and did not do, oldest first.
    pub fn scaling_activities(&self) -> &[ScalingActivity] {
        self.scaling.activities()
    }

    /// Carry out what alarms ask of policies. Targets are there and capacities within their bounds,
    /// so nothing is refused.
    fn scale(&mut self, actions: Vec<ScalingAction>) {
        let account = scaled(&self.context, &self.ecs, &self.auto_scaling, &self.cloudwatch);
        for Change { target, capacity } in self.scaling.scale(&account, actions) {
            match target {
                ScalingTarget::Service { cluster, service } => {
                    let desired = Some(capacity);
                    let unchanged = UpdateService::default();
                    let order = UpdateService { name: service, cluster, desired, ..unchanged };
                    _ = self.ecs.update_service(&mut self.context, order);
                }
                ScalingTarget::Group(name) => {
                    let (context, ecs) = (&mut self.context, &mut self.ecs);
                    _ = self.auto_scaling.set_desired(context, ecs, &name, capacity);
                }
            }
        }
    }
}

pub(crate) fn scaled<'a>(
    context: &Context,
    ecs: &'a Ecs,
    auto_scaling: &'a AutoScaling,
    cloudwatch: &'a CloudWatch,
) -> Scaled<'a> {
    Scaled { now: context.now, ecs, auto_scaling, cloudwatch }
}
