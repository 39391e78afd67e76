//! A cluster with a group and running tasks, ready for a scale-in.

use std::collections::BTreeSet;

use region::api::Api;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::messaging::Outgoing;
use region::region::{Region, Settings};
use region::services::{
    ActionEnd, ContainerStatus, Control, CreateGroup, CreateService, HookResult, LifecycleState,
    PutLifecycleHook, RunTask, TerminateInstance, UpdateGroup, Workload,
};
use region::wiring::Wiring;
use scenarios::rehearsal::Rehearsal;
use scenarios::stack::{self, CLUSTER, GROUP, HOOK_KEEPER};
use serde_json::{Value, json};
use time::Duration;

pub struct Cluster {
    pub rehearsal: Rehearsal,
    inbox: String,
}

/// A task behind a load balancer that drains its connections for five minutes.
pub fn behind_load_balancer() -> Workload {
    Workload { deregistration_seconds: Some(300), ..Workload::default() }
}

pub fn service(desired: usize) -> CreateService {
    CreateService {
        cluster: CLUSTER.to_owned(),
        desired,
        workload: behind_load_balancer(),
        ..CreateService::default()
    }
}

pub fn group(desired: usize) -> CreateGroup {
    CreateGroup {
        name: GROUP.to_owned(),
        cluster: CLUSTER.to_owned(),
        desired,
        tags: stack::opted_in(CLUSTER),
        ..CreateGroup::default()
    }
}

/// The stack, without the two paths by which Auto Scaling reports that a hook holds an instance.
pub fn without_notifications() -> Wiring {
    let mut wiring = stack::wiring(&[]).unwrap();
    wiring.subscriptions.retain(|subscription| subscription.filter.is_some());
    wiring.rules.retain(|rule| rule.logical_id != "InstanceHeldRule");
    wiring
}

impl Cluster {
    /// The stack with default parameters, and a group of `desired` instances.
    pub async fn of(desired: usize) -> Self {
        Self::with(&[], group(desired)).await
    }

    /// The stack with these parameters, and this group.
    pub async fn with(parameters: &[(&str, &str)], group: CreateGroup) -> Self {
        Self::deployed(stack::wiring(parameters).unwrap(), Settings::default(), group).await
    }

    /// A stack, a simulated region and a group that the test defines.
    pub async fn deployed(wiring: Wiring, settings: Settings, group: CreateGroup) -> Self {
        Self::begun(wiring, settings, CallFaults::none(), group).await
    }

    /// Like [`Self::deployed`], with faults in the calls of the functions.
    pub async fn begun(
        wiring: Wiring,
        settings: Settings,
        faults: CallFaults,
        group: CreateGroup,
    ) -> Self {
        Self::intercepted(wiring, settings, faults, Interceptor::none(), group).await
    }

    /// Like [`Self::deployed`], with an interceptor between the functions and the region.
    pub async fn intercepted(
        wiring: Wiring,
        settings: Settings,
        faults: CallFaults,
        interceptor: Interceptor,
        group: CreateGroup,
    ) -> Self {
        let inbox = wiring.queues.iter().find(|queue| queue.logical_id == "Inbox").unwrap();
        let inbox = inbox.arn.clone();
        let rehearsal =
            Rehearsal::with_faults(wiring, settings, 7, faults, interceptor).await.unwrap();
        let cluster = Self { rehearsal, inbox };
        cluster.control(Control::CreateGroup(group));
        cluster.rehearsal.keep_hooks().await.unwrap();
        cluster
    }

    pub fn control(&self, control: Control) -> Value {
        self.rehearsal.control(control).unwrap()
    }

    /// Creates a group of another cluster that has opted in, with our hook and a service of
    /// `desired` tasks.
    pub async fn add_cluster(&self, name: &str, instances: usize, desired: usize) {
        let cluster = name.to_owned();
        self.control(Control::CreateGroup(CreateGroup {
            name: format!("{name}-group"),
            cluster: cluster.clone(),
            tags: stack::opted_in(name),
            ..group(instances)
        }));
        self.keep_hooks().await;
        self.control(Control::CreateService(CreateService { cluster, ..service(desired) }));
    }

    /// Lets hook-keeper put the hooks of all groups that have opted in.
    pub async fn keep_hooks(&self) {
        self.rehearsal.keep_hooks().await.unwrap();
    }

    /// Puts a hook of another owner on a group, which notifies our topic too.
    pub fn put_foreign_hook(&self, group: &str) {
        let mut environment = stack::environment(&stack::wiring(&[]).unwrap(), HOOK_KEEPER);
        self.control(Control::PutLifecycleHook(PutLifecycleHook {
            group: group.to_owned(),
            name: "another-hook".to_owned(),
            topic_arn: environment.remove("LIFECYCLE_TOPIC_ARN"),
            ..PutLifecycleHook::default()
        }));
    }

    /// Terminates an instance, and shrinks its group.
    pub fn terminate(&self, id: &str) {
        let instance = id.to_owned();
        self.control(Control::TerminateInstance(TerminateInstance { instance, decrement: true }));
    }

    pub fn tag(&self, group: &str, key: &str, value: &str) {
        self.control(Control::UpdateGroup(UpdateGroup {
            name: group.to_owned(),
            tags: [(key.to_owned(), value.to_owned())].into(),
            ..UpdateGroup::default()
        }));
    }

    pub fn untag(&self, group: &str, keys: &[&str]) {
        self.control(Control::UpdateGroup(UpdateGroup {
            name: group.to_owned(),
            remove_tags: keys.iter().map(|key| (*key).to_owned()).collect(),
            ..UpdateGroup::default()
        }));
    }

    pub fn serve(self, service: CreateService) -> Self {
        self.control(Control::CreateService(service));
        self
    }

    /// Starts a standalone task on `instance`.
    pub fn run_task(&self, instance: &str, ends_after_seconds: Option<u64>) {
        self.control(Control::RunTask(RunTask {
            cluster: CLUSTER.to_owned(),
            instance: Some(instance.to_owned()),
            ends_after_seconds,
            ..RunTask::default()
        }));
    }

    pub async fn pass(&self, seconds: u64) {
        self.rehearsal.pass(seconds).await;
    }

    /// Scales the group in to `desired`. Returns the instances that leave.
    pub fn scale_in(&self, desired: usize) -> Vec<String> {
        self.scale_in_group(GROUP, desired)
    }

    pub fn scale_in_group(&self, group: &str, desired: usize) -> Vec<String> {
        let before: BTreeSet<String> = self.waiting().into_iter().collect();
        self.control(Control::SetDesiredCapacity(group.to_owned(), desired));
        self.waiting().into_iter().filter(|id| !before.contains(id)).collect()
    }

    /// Scales the group in to `desired` without a hook. Returns the instances that go.
    pub fn scale_in_at_once(&self, desired: usize) -> Vec<String> {
        let before = self.in_service();
        self.control(Control::SetDesiredCapacity(GROUP.to_owned(), desired));
        let after = self.in_service();
        before.into_iter().filter(|id| !after.contains(id)).collect()
    }

    /// Scales the group in by one. Returns the instance that leaves.
    pub fn lose_one(&self) -> String {
        let in_service = self.in_state(LifecycleState::InService).len();
        let mut leaving = self.scale_in(in_service - 1);
        assert_eq!(leaving.len(), 1);
        leaving.remove(0)
    }

    fn in_state(&self, state: LifecycleState) -> Vec<String> {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth();
            let instances = truth.instances().filter(|instance| instance.state == state);
            instances.map(|instance| instance.id.to_owned()).collect()
        })
    }

    /// The instances that the hook holds on their way to termination or into the warm pool.
    pub fn waiting(&self) -> Vec<String> {
        let held = [LifecycleState::TerminatingWait, LifecycleState::WarmedPendingWait];
        held.into_iter().flat_map(|state| self.in_state(state)).collect()
    }

    pub fn in_service(&self) -> Vec<String> {
        self.in_state(LifecycleState::InService)
    }

    pub fn state(&self, id: &str) -> LifecycleState {
        self.rehearsal
            .live
            .observe(|region, _| region.services().truth().instance(id).unwrap().state)
    }

    /// The tasks that run.
    pub fn tasks(&self) -> Vec<String> {
        self.rehearsal.live.observe(|region, _| {
            let instances = region.services().truth().instances();
            let tasks = instances.flat_map(|instance| instance.tasks().collect::<Vec<_>>());
            tasks.filter(|task| task.wanted).map(|task| task.arn.to_owned()).collect()
        })
    }

    /// Sets a custom attribute of the container instance of `id`.
    pub fn set_attribute(&self, id: &str, name: &str, value: &str) {
        let arn = self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            instance.containers().last().unwrap().arn.to_owned()
        });
        let input = json!({"cluster": CLUSTER, "attributes": [
            {"name": name, "value": value, "targetType": "container-instance", "targetId": arn}]});
        let put = |region: &mut Region, now| region.call(now, Api::Ecs, "PutAttributes", &input);
        self.rehearsal.live.with(put).unwrap();
    }

    /// The status of the newest registration of `id`.
    pub fn status(&self, id: &str) -> ContainerStatus {
        self.rehearsal.live.observe(|region, _| {
            region.services().truth().instance(id).unwrap().containers().last().unwrap().status
        })
    }

    /// The ARN of the newest registration of `id`.
    pub fn container(&self, id: &str) -> String {
        self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            instance.containers().last().unwrap().arn.to_owned()
        })
    }

    pub fn drain_record(&self, id: &str) -> Option<String> {
        self.attribute(id, drain::drain_record::ATTRIBUTE)
    }

    /// A custom attribute of the container instance of `id`.
    pub fn attribute(&self, id: &str, name: &str) -> Option<String> {
        self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            let container = instance.containers().last().unwrap();
            container.attributes.get(name).cloned().flatten()
        })
    }

    /// How the lifecycle action of `id` ended, and how long it lasted.
    pub fn ended(&self, id: &str) -> Option<(Duration, ActionEnd)> {
        self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            let ours = instance.actions.iter().rfind(|action| action.hook == "ecs-tide-drain");
            let ours = ours.unwrap();
            ours.ended.map(|(at, how)| (at - ours.started_at, how))
        })
    }

    /// The time from the last stop of a container on `id` to the end of its first action, or `None`
    /// if no container ran there.
    pub fn lag(&self, id: &str) -> Option<Duration> {
        self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            let ends = instance.actions.iter().filter_map(|action| action.ended);
            let ended = ends.map(|(at, _)| at).min().unwrap();
            instance.last_container_stop.map(|stopped| ended - stopped)
        })
    }

    /// Asserts that the action of `id` was completed after its last container had stopped.
    pub fn assert_drained(&self, id: &str) {
        let (after, how) = self.ended(id).unwrap_or_else(|| panic!("{id} still waits"));
        assert_eq!(how, ActionEnd::Completed(HookResult::Continue), "{id} after {after}");
        assert!(self.lag(id).is_none_or(|lag| !lag.is_negative()), "{id}");
        self.rehearsal.live.observe(|region, _| {
            let instance = region.services().truth().instance(id).unwrap();
            assert_eq!(instance.cut_short().count(), 0, "{id}");
        });
    }

    /// The number of tasks that ended only because their instance was terminated.
    pub fn cut_short(&self) -> usize {
        self.rehearsal.live.observe(|region, _| {
            region.services().truth().instances().map(|instance| instance.cut_short().count()).sum()
        })
    }

    /// How often an operation was called.
    pub fn calls(&self, operation: &str) -> u64 {
        self.rehearsal
            .live
            .observe(|region, _| region.calls().get(operation).copied().unwrap_or_default())
    }

    /// Every record that the functions wrote.
    pub fn records(&self) -> Vec<Value> {
        let records = self.rehearsal.records();
        records.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The sum of a metric over all records.
    pub fn metric(&self, name: &str) -> u64 {
        self.records().iter().filter_map(|record| record[name].as_u64()).sum()
    }

    /// Sends a message to the inbox queue.
    pub fn send(&self, body: &str) {
        let message = Outgoing { body: body.to_owned(), ..Outgoing::default() };
        self.rehearsal.live.with(|region, now| {
            region.messaging_mut().send_message(now, &self.inbox, message).unwrap()
        });
    }

    pub fn event(&self, event: &Value) {
        self.rehearsal.live.with(|region, now| region.messaging_mut().put_event(now, event));
    }

    pub fn dead_letters(&self, queue: &str) -> usize {
        self.rehearsal.live.observe(|region, _| region.messaging().messages(queue).len())
    }

    /// The number of invocations of a function that Lambda stopped as part of a recursive loop.
    pub fn stopped_runs(&self, function: &str) -> u64 {
        self.rehearsal.live.observe(|region, _| {
            region.messaging().function_truth(function).unwrap().recursive_dropped
        })
    }

    pub fn now(&self) -> region::Time {
        self.rehearsal.live.now()
    }

    /// Asserts that requeues have ended: an hour brings only the reconciles of the schedule.
    pub async fn assert_quiet(&self) {
        self.pass(300).await;
        let asked = self.calls("Publish");
        self.pass(3_600).await;
        assert_eq!(self.calls("Publish"), asked, "requeues go on");
    }
}
