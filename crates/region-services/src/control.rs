//! The actions of a test: what no client of the APIs can do, and what AWS does on its own.

use region_cloudwatch::{PutCompositeAlarm, PutMetricAlarm, PutMetricData, SetAlarmTags};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Services;
use super::autoscaling::{
    CreateGroup, InterruptSpot, LaunchIntoWarmPool, PutLifecycleHook, TerminateInstance,
    UpdateGroup,
};
use super::ecs::{
    AgentConnected, CreateService, FillAttributes, ProtectTask, RegisterIn, RunTask, SetState,
    UpdateService,
};
use super::load::SetLoad;
use region_core::Time;
use region_core::api::ApiError;
use region_parameters::PutParameter;
use region_scaling::{
    PutCapacityProvider, PutStepPolicy, PutTargetTrackingPolicy, RegisterScalableTarget,
};

/// One action of a test. EC2 instances are named by their id, tasks by ARN or id.
///
/// In JSON each is an object with one field: `{"kill-instance": "i-0abc"}`. Alarms, metric data
/// and parameters have AWS's own names of fields.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// Make a cluster of this name, unless it is there.
    CreateCluster(String),
    /// Make a group, its cluster if need be, and its first instances.
    CreateGroup(CreateGroup),
    /// Change a group's bounds or tags; what is not given stays.
    UpdateGroup(UpdateGroup),
    /// Delete a group by its name, with its hooks and instances.
    DeleteGroup(String),
    /// Make or change a lifecycle hook; its target gets a test notification.
    PutLifecycleHook(PutLifecycleHook),
    /// Remove a hook, by group and name; the instances it holds go on.
    DeleteLifecycleHook(String, String),
    /// Make a service and place its tasks.
    CreateService(CreateService),
    /// Change a service; what is not given stays.
    UpdateService(UpdateService),
    /// Run standalone tasks.
    RunTask(RunTask),
    /// A task's containers end by themselves.
    FinishTask(String),
    /// Protect a service's task from being stopped by its scheduler.
    ProtectTask(ProtectTask),
    /// Set a group's desired capacity, by its name.
    SetDesiredCapacity(String, usize),
    /// End an instance through its group; the hooks hold it.
    TerminateInstance(TerminateInstance),
    /// End an instance on the EC2 side, now; hooks do not hold it, the group finds out later.
    KillInstance(String),
    /// Warn of a Spot interruption.
    InterruptSpot(InterruptSpot),
    /// Begin to replace the root volume of an instance in service.
    ReplaceRootVolume(String),
    /// Launch an instance into the warm pool.
    LaunchIntoWarmPool(LaunchIntoWarmPool),
    /// Start a stopped instance of the warm pool.
    ReturnFromWarmPool(String),
    /// Remove an instance's registrations by force; its tasks run on unseen.
    DeregisterContainerInstance(String),
    /// Register an instance in another cluster, also or instead.
    RegisterIn(RegisterIn),
    /// Set ACTIVE or DRAINING, as an operator does.
    SetState(SetState),
    /// The agents of an instance connect or disconnect.
    AgentConnected(AgentConnected),
    /// Put custom attributes of other owners on an instance.
    FillAttributes(FillAttributes),
    /// Put a load on a service; from then on its metrics are measured.
    SetLoad(SetLoad),
    /// Record samples of any metric, including those of AWS.
    PutMetricData(PutMetricData),
    /// Make or change a metric alarm.
    PutMetricAlarm(PutMetricAlarm),
    /// Make or change a composite alarm.
    PutCompositeAlarm(PutCompositeAlarm),
    /// Replace all tags of an alarm.
    SetAlarmTags(SetAlarmTags),
    /// Make a parameter of Systems Manager, or replace its value.
    PutParameter(PutParameter),
    /// Remove a parameter of Systems Manager, by name.
    DeleteParameter(String),
    /// Throttle every call to Systems Manager, or no longer.
    ThrottleParameters(bool),
    /// Let Application Auto Scaling scale a service.
    RegisterScalableTarget(RegisterScalableTarget),
    /// Make or change a step scaling policy of a service or a group.
    PutStepPolicy(PutStepPolicy),
    /// Make or change a target tracking policy of a service or a group, with its alarms.
    PutTargetTrackingPolicy(PutTargetTrackingPolicy),
    /// Make or change a capacity provider with managed scaling, with its policy and alarms.
    PutCapacityProvider(PutCapacityProvider),
}

impl Services {
    /// Carry out an action at `now`. The answer has `instances` for a group made and an instance
    /// launched, `tasks` for tasks run, `policy-arn` for a scaling policy, and `alarms`, the names of
    /// AlarmHigh and AlarmLow, for one that tracks a target and for a capacity provider, otherwise
    /// nothing.
    ///
    /// # Errors
    /// When something named does not exist, or its state does not allow the action.
    pub fn control(&mut self, now: Time, control: Control) -> Result<Value, ApiError> {
        self.advance(now);
        let done = self.carry_out(control);
        self.auto_scaling.record_states(&self.context);
        done
    }

    fn carry_out(&mut self, control: Control) -> Result<Value, ApiError> {
        if let Control::CreateService(service) = &control {
            self.check_provider(service)?;
        }
        let Self { context, ecs, auto_scaling, .. } = self;
        match control {
            Control::CreateCluster(name) => ecs.create_cluster(&name),
            Control::CreateService(service) => ecs.create_service(context, service)?,
            Control::UpdateService(service) => {
                ecs.update_service(context, service)?;
                self.measure_often();
            }
            Control::RunTask(run) => {
                let machine = run.instance.as_deref().map(|id| auto_scaling.instance_named(id));
                let machine = machine.transpose()?;
                return ecs.run_tasks(context, run, machine);
            }
            Control::FinishTask(task) => ecs.finish(context, &task)?,
            Control::ProtectTask(protect) => ecs.protect(context, &protect)?,
            Control::DeregisterContainerInstance(id) => {
                ecs.deregister_machine(context, auto_scaling.instance_named(&id)?);
            }
            Control::RegisterIn(register) => {
                let machine = auto_scaling.running_machine(&register.instance)?;
                ecs.register_in(context, machine, &register)?;
            }
            Control::SetState(SetState { instance, status }) => {
                ecs.set_state(context, auto_scaling.instance_named(&instance)?, status)?;
            }
            Control::AgentConnected(AgentConnected { instance, connected: true }) => {
                let machine = auto_scaling.running_machine(&instance)?;
                ecs.connect_agents(context, machine.key, true);
            }
            Control::AgentConnected(AgentConnected { instance, connected: false }) => {
                ecs.connect_agents(context, auto_scaling.instance_named(&instance)?, false);
            }
            Control::FillAttributes(FillAttributes { instance, count }) => {
                ecs.fill_attributes(context, auto_scaling.instance_named(&instance)?, count);
            }
            Control::CreateGroup(group) => {
                let instances = auto_scaling.create_group(context, ecs, group)?;
                return Ok(json!({ "instances": instances }));
            }
            Control::UpdateGroup(group) => auto_scaling.update_group(context, ecs, group)?,
            Control::DeleteGroup(name) => auto_scaling.delete_group(context, ecs, &name)?,
            Control::PutLifecycleHook(hook) => auto_scaling.put_hook(context, hook)?,
            Control::DeleteLifecycleHook(group, name) => {
                auto_scaling.delete_hook(context, ecs, &group, &name)?;
            }
            Control::SetDesiredCapacity(group, desired) => {
                auto_scaling.set_desired(context, ecs, &group, desired)?;
            }
            Control::TerminateInstance(TerminateInstance { instance, decrement }) => {
                let key = auto_scaling.instance_named(&instance)?;
                auto_scaling.terminate(context, ecs, key, decrement)?;
            }
            Control::KillInstance(id) => {
                auto_scaling.kill(context, ecs, auto_scaling.instance_named(&id)?);
            }
            Control::InterruptSpot(warning) => auto_scaling.interrupt_spot(context, &warning)?,
            Control::ReplaceRootVolume(id) => {
                auto_scaling.replace_root_volume(context, ecs, &id)?;
            }
            Control::LaunchIntoWarmPool(launch) => {
                let instance = auto_scaling.launch_into_warm_pool(context, ecs, &launch)?;
                return Ok(json!({ "instances": [instance] }));
            }
            Control::ReturnFromWarmPool(id) => auto_scaling.start_from_warm_pool(context, &id)?,
            Control::SetLoad(load) => self.set_load(load)?,
            Control::PutMetricData(data) => {
                self.cloudwatch.put_metric_data(self.context.now, data)?;
            }
            Control::PutMetricAlarm(alarm) => {
                self.with_cloudwatch(|cloudwatch, account| {
                    cloudwatch.put_metric_alarm(account, alarm)
                })?;
            }
            Control::PutCompositeAlarm(alarm) => {
                self.with_cloudwatch(|cloudwatch, account| {
                    cloudwatch.put_composite_alarm(account, alarm)
                })?;
            }
            Control::SetAlarmTags(tags) => self.cloudwatch.set_alarm_tags(tags)?,
            Control::PutParameter(parameter) => {
                self.parameters.put(self.context.now, parameter)?;
            }
            Control::DeleteParameter(name) => self.parameters.delete(&name)?,
            Control::ThrottleParameters(throttled) => self.parameters.throttled = throttled,
            Control::RegisterScalableTarget(target) => self.register_scalable_target(target)?,
            Control::PutStepPolicy(policy) => {
                return Ok(json!({ "policy-arn": self.put_step_policy(policy)? }));
            }
            Control::PutTargetTrackingPolicy(policy) => {
                let (arn, alarms) = self.put_target_tracking_policy(policy)?;
                return Ok(json!({ "policy-arn": arn, "alarms": alarms }));
            }
            Control::PutCapacityProvider(provider) => {
                let (arn, alarms) = self.put_capacity_provider(provider)?;
                return Ok(json!({ "policy-arn": arn, "alarms": alarms }));
            }
        }
        Ok(Value::Null)
    }
}
