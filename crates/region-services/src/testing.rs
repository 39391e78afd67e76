//! The services with a clock, as a setup for tests.

use serde_json::{Value, json};

use super::*;
use region_core::wording::seconds;

/// An id of nothing.
pub(super) const UNKNOWN: &str = "feedfeedfeedfeedfeedfeedfeedfeed";

/// The ARN of nothing in the cluster `default`.
pub(super) fn missing(resource: &str, id: &str) -> String {
    format!("arn:aws:ecs:us-east-1:123456789012:{resource}/default/{id}")
}

/// Midnight, 1 January 2026.
pub(super) fn start() -> Time {
    Time::from_unix_timestamp(1_767_225_600).unwrap()
}

/// The services, and the seconds that have passed.
pub(super) struct Account {
    pub(super) services: Services,
    pub(super) gone: u64,
}

impl Account {
    /// One group `group` of two ready instances in the cluster `default`.
    pub(super) fn new() -> Self {
        Self::with(CreateGroup::default())
    }

    pub(super) fn with(group: CreateGroup) -> Self {
        Self::of(Settings::default(), group)
    }

    pub(super) fn of(settings: Settings, group: CreateGroup) -> Self {
        let services = Services::new(settings, 7, start());
        let mut account = Self { services, gone: 0 };
        account.act(Control::CreateGroup(group));
        account
    }

    pub(super) fn now(&self) -> Time {
        start() + seconds(self.gone)
    }

    pub(super) fn wait(&mut self, count: u64) {
        self.gone += count;
        self.services.advance(self.now());
    }

    pub(super) fn act(&mut self, control: Control) -> Value {
        self.services.control(self.now(), control).unwrap()
    }

    pub(super) fn ecs(&mut self, operation: &str, input: Value) -> Value {
        self.try_ecs(operation, input).unwrap()
    }

    pub(super) fn try_ecs(&mut self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.services.call(self.now(), Api::Ecs, operation, &input)
    }

    pub(super) fn asg(&mut self, operation: &str, input: Value) -> Value {
        self.try_asg(operation, input).unwrap()
    }

    pub(super) fn try_asg(&mut self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.services.call(self.now(), Api::AutoScaling, operation, &input)
    }

    pub(super) fn ssm(&mut self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.services.call(self.now(), Api::Ssm, operation, &input)
    }

    pub(super) fn watch(&mut self, operation: &str, input: Value) -> Value {
        self.try_watch(operation, input).unwrap()
    }

    pub(super) fn try_watch(&mut self, operation: &str, input: Value) -> Result<Value, ApiError> {
        self.services.call(self.now(), Api::CloudWatch, operation, &input)
    }

    /// The EC2 id of the `nth` instance ever launched.
    pub(super) fn id(&self, nth: usize) -> String {
        self.instance(nth).id.to_owned()
    }

    pub(super) fn instance(&self, nth: usize) -> InstanceTruth<'_> {
        self.services.truth().instances().nth(nth).unwrap()
    }

    /// The newest registration of the `nth` instance.
    pub(super) fn container(&self, nth: usize) -> ContainerTruth<'_> {
        self.instance(nth).containers().last().unwrap()
    }

    /// Tasks on the `nth` instance that have not truly ended.
    pub(super) fn live(&self, nth: usize) -> usize {
        self.instance(nth).tasks().filter(|task| task.actual != TaskStatus::Stopped).count()
    }

    pub(super) fn drain(&mut self, nth: usize) {
        let status = ContainerStatus::Draining;
        self.act(Control::SetState(SetState { instance: self.id(nth), status }));
    }

    pub(super) fn hook(&mut self, hook: PutLifecycleHook) {
        self.act(Control::PutLifecycleHook(hook));
    }

    pub(super) fn scale_to(&mut self, desired: usize) {
        self.act(Control::SetDesiredCapacity("group".to_owned(), desired));
    }

    pub(super) fn terminate(&mut self, nth: usize) {
        let instance = self.id(nth);
        self.act(Control::TerminateInstance(TerminateInstance { instance, decrement: true }));
    }

    pub(super) fn complete(
        &mut self,
        nth: usize,
        hook: &str,
        result: &str,
    ) -> Result<Value, ApiError> {
        let input = json!({
            "AutoScalingGroupName": "group",
            "LifecycleHookName": hook,
            "InstanceId": self.id(nth),
            "LifecycleActionResult": result,
        });
        self.try_asg("CompleteLifecycleAction", input)
    }

    pub(super) fn beat(&mut self, nth: usize) -> Result<Value, ApiError> {
        let input = json!({
            "AutoScalingGroupName": "group",
            "LifecycleHookName": "drain",
            "InstanceId": self.id(nth),
        });
        self.try_asg("RecordLifecycleActionHeartbeat", input)
    }

    /// The details of the events of this type sent since effects were last taken.
    pub(super) fn events(&mut self, kind: &str) -> Vec<Value> {
        let effects = self.services.take_effects().into_iter();
        let events = effects.filter_map(|effect| match effect {
            Effect::Event(event) if event["detail-type"] == kind => Some(event["detail"].clone()),
            _ => None,
        });
        events.collect()
    }

    /// The subjects and messages published since effects were last taken.
    pub(super) fn published(&mut self) -> Vec<(String, Value)> {
        let effects = self.services.take_effects().into_iter();
        let messages = effects.filter_map(|effect| match effect {
            Effect::Publish { subject, message, .. } => {
                Some((subject, serde_json::from_str(&message).unwrap()))
            }
            Effect::Event(_) => None,
        });
        messages.collect()
    }
}

/// A service of `desired` tasks that take 40 seconds to stop.
pub(super) fn service(desired: usize, least: usize, most: usize) -> CreateService {
    CreateService {
        desired,
        minimum_healthy_percent: least,
        maximum_percent: most,
        workload: slow_stop(),
        ..CreateService::default()
    }
}

pub(super) fn slow_stop() -> Workload {
    Workload { stop_min_seconds: 40, stop_max_seconds: 40, ..Workload::default() }
}
