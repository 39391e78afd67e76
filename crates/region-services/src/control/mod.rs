//! The experimenter's hand: what no client of the APIs can do, and what AWS does on its own.

mod orders;

use region_cloudwatch::{PutCompositeAlarm, PutMetricAlarm, PutMetricData};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Services;
use super::arena::{ContainerKey, InstanceKey, TaskKey};
use super::autoscaling::{Errand, LifecycleState};
use super::context::Due;
use super::ecs::{ContainerStatus, Start};
use super::load::SetLoad;
use super::scaling::{PutStepPolicy, RegisterScalableTarget};
use super::wording::seconds;
use region_core::Time;
use region_core::api::ApiError;

pub use self::orders::{
    AgentConnected, CreateGroup, CreateService, FillAttributes, InterruptSpot, LaunchIntoWarmPool,
    ProtectTask, PutLifecycleHook, RegisterIn, RunTask, SetState, TerminateInstance, UpdateGroup,
    UpdateService,
};

/// One act upon the world. EC2 instances are named by their id, tasks by ARN or id.
///
/// In JSON each is an object with one field: `{"kill-instance": "i-0abc"}`. Alarms and metric
/// data have CloudWatch's own names of fields.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// Make a cluster of this name, unless it is there.
    CreateCluster(String),
    /// Make a group, its cluster if need be, and its first instances.
    CreateGroup(CreateGroup),
    /// Change a group's bounds or tags; what is not given stays.
    UpdateGroup(UpdateGroup),
    /// Make or change a terminating hook; its target gets a test notification.
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
    /// Set ACTIVE or DRAINING by an operator's hand.
    SetState(SetState),
    /// The agents of an instance connect or are lost.
    AgentConnected(AgentConnected),
    /// Put other people's custom attributes on an instance.
    FillAttributes(FillAttributes),
    /// Put a load on a service: its metrics are measured from here on.
    SetLoad(SetLoad),
    /// Record samples of any metric, AWS's own too.
    PutMetricData(PutMetricData),
    /// Make or change a metric alarm.
    PutMetricAlarm(PutMetricAlarm),
    /// Make or change a composite alarm.
    PutCompositeAlarm(PutCompositeAlarm),
    /// Let Application Auto Scaling scale a service.
    RegisterScalableTarget(RegisterScalableTarget),
    /// Make or change a step scaling policy of a service or a group.
    PutStepPolicy(PutStepPolicy),
}

pub(super) fn refused(why: &str) -> ApiError {
    ApiError::client("ControlRefused", why)
}

impl Services {
    /// Act upon the world at `now`. The answer names what came of it: `instances` for a group
    /// and for one launched, `tasks` for tasks run, `policy-arn` for a scaling policy, otherwise nothing.
    ///
    /// # Errors
    /// When something named does not exist, or is in no state for it.
    pub fn control(&mut self, now: Time, control: Control) -> Result<Value, ApiError> {
        self.advance(now);
        let done = self.carry_out(control);
        self.remember_states();
        done
    }

    fn carry_out(&mut self, control: Control) -> Result<Value, ApiError> {
        match control {
            Control::CreateCluster(name) => self.create_cluster(&name),
            Control::CreateGroup(order) => {
                let group = self.create_group(order)?;
                let members = &self.auto_scaling.groups[group].members;
                let ids = members.iter().map(|key| self.auto_scaling.instances[*key].id.as_str());
                return Ok(json!({ "instances": ids.collect::<Vec<_>>() }));
            }
            Control::UpdateGroup(order) => self.update_group(order)?,
            Control::PutLifecycleHook(order) => self.put_hook(order)?,
            Control::DeleteLifecycleHook(group, name) => self.delete_hook(&group, &name)?,
            Control::CreateService(order) => self.create_service(order)?,
            Control::UpdateService(order) => {
                self.update_service(order)?;
            }
            Control::RunTask(order) => return self.run_tasks(order),
            Control::FinishTask(task) => {
                let task = self.task_named(&task)?;
                self.finish_task(task);
            }
            Control::ProtectTask(order) => {
                let task = self.task_named(&order.task)?;
                self.protect(task, order.for_seconds);
            }
            Control::SetDesiredCapacity(group, desired) => self.set_desired(&group, desired)?,
            Control::TerminateInstance(order) => {
                let instance = self.instance_named(&order.instance)?;
                self.terminate(instance, order.decrement)?;
            }
            Control::KillInstance(id) => {
                let instance = self.instance_named(&id)?;
                self.take(instance);
            }
            Control::InterruptSpot(order) => {
                let instance = self.instance_named(&order.instance)?;
                self.interrupt_spot(instance, order.takes_place.then_some(order.after_seconds))?;
            }
            Control::ReplaceRootVolume(id) => {
                let instance = self.instance_in(&id, LifecycleState::InService)?;
                let cause = "an instance refresh replaced a root volume.";
                self.begin(instance, Errand::ReplaceRootVolume, cause);
            }
            Control::LaunchIntoWarmPool(order) => {
                let instance = self.launch_into_warm_pool(&order)?;
                return Ok(json!({ "instances": [self.auto_scaling.instances[instance].id] }));
            }
            Control::ReturnFromWarmPool(id) => {
                let instance = self.instance_in(&id, LifecycleState::WarmedStopped)?;
                self.return_from_warm_pool(instance);
            }
            Control::DeregisterContainerInstance(id) => {
                for container in self.registrations(&id)? {
                    self.deregister(container, false);
                }
            }
            Control::RegisterIn(order) => self.register_in(order)?,
            Control::SetState(order) => self.set_state(&order)?,
            Control::AgentConnected(order) => {
                let machine = self.instance_named(&order.instance)?;
                if order.connected && !self.auto_scaling.instances[machine].on {
                    return Err(refused("the instance is not running"));
                }
                for container in self.registrations(&order.instance)? {
                    self.set_agent(container, order.connected);
                }
            }
            Control::SetLoad(order) => self.set_load(order)?,
            Control::PutMetricData(order) => {
                self.cloudwatch.put_metric_data(self.context.now, order)?;
            }
            Control::PutMetricAlarm(order) => {
                self.with_cloudwatch(|cloudwatch, account| {
                    cloudwatch.put_metric_alarm(account, order)
                })?;
            }
            Control::PutCompositeAlarm(order) => {
                self.with_cloudwatch(|cloudwatch, account| {
                    cloudwatch.put_composite_alarm(account, order)
                })?;
            }
            Control::RegisterScalableTarget(order) => self.register_scalable_target(order)?,
            Control::PutStepPolicy(order) => {
                return Ok(json!({ "policy-arn": self.put_step_policy(order)? }));
            }
            Control::FillAttributes(order) => {
                for container in self.registrations(&order.instance)? {
                    self.fill_attributes(container, order.count);
                }
            }
        }
        Ok(Value::Null)
    }

    fn run_tasks(&mut self, order: RunTask) -> Result<Value, ApiError> {
        let cluster = self.known_cluster(&order.cluster)?.to_owned();
        let start = Start {
            service: None,
            revision: self.register_definition(&order.family, &order.workload),
            family: order.family,
            workload: order.workload,
            ready: order.ready,
            ends_after: order.ends_after_seconds,
        };
        let mut arns = Vec::new();
        for _ in 0..order.count {
            let place = match &order.instance {
                Some(id) => self.registrations(id)?.into_iter().find(|key| {
                    let container = &self.ecs.containers[*key];
                    container.cluster == cluster && container.takes_tasks()
                }),
                None => self.roomiest(&cluster, &start.workload),
            };
            let place = place.ok_or_else(|| refused("no container instance takes the task"))?;
            let task = self.start_task(start.clone(), place);
            arns.push(self.ecs.tasks[task].arn.clone());
        }
        Ok(json!({ "tasks": arns }))
    }

    fn protect(&mut self, task: TaskKey, for_seconds: u64) {
        let until = self.context.now + seconds(for_seconds);
        self.ecs.tasks[task].protected_until = Some(until);
        // The scheduler runs when protection ends, as it does when health checks pass.
        self.context.agenda.at(until, Due::Healthy(task));
        self.wake_service_of(task);
    }

    fn register_in(&mut self, order: RegisterIn) -> Result<(), ApiError> {
        let instance = self.instance_named(&order.instance)?;
        let cluster = self.known_cluster(&order.cluster)?.to_owned();
        if !self.auto_scaling.instances[instance].on {
            return Err(refused("the instance is not running"));
        }
        if order.instead {
            for container in self.registrations(&order.instance)? {
                self.deregister(container, false);
            }
        }
        self.register(instance, &cluster, true);
        Ok(())
    }

    fn set_state(&mut self, order: &SetState) -> Result<(), ApiError> {
        let may_be = [ContainerStatus::Active, ContainerStatus::Draining];
        if !may_be.contains(&order.status) {
            return Err(refused("an operator can set ACTIVE and DRAINING only"));
        }
        for container in self.registrations(&order.instance)? {
            if may_be.contains(&self.ecs.containers[container].status) {
                self.set_status(container, order.status);
            }
        }
        Ok(())
    }

    fn task_named(&self, id: &str) -> Result<TaskKey, ApiError> {
        self.task_of(id).ok_or_else(|| refused("there is no such task"))
    }

    fn instance_in(&self, id: &str, state: LifecycleState) -> Result<InstanceKey, ApiError> {
        let key = self.instance_named(id)?;
        let actual = self.auto_scaling.instances[key].state;
        if actual == state {
            return Ok(key);
        }
        Err(refused(&format!("the instance is {}, not {}", actual.as_str(), state.as_str())))
    }

    /// The registrations of an instance that are not INACTIVE.
    fn registrations(&self, id: &str) -> Result<Vec<ContainerKey>, ApiError> {
        let key = self.instance_named(id)?;
        let containers = self.auto_scaling.instances[key].containers.iter().copied();
        Ok(containers
            .filter(|key| self.ecs.containers[*key].status != ContainerStatus::Inactive)
            .collect())
    }
}
