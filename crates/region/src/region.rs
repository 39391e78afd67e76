//! The region as a whole: the world, the delivery of its messages, and a count of
//! every call.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Time;
use crate::api::ApiError;
use crate::delivery::wiring::LifecycleHookSpec;
use crate::delivery::{self, Delivery, Invocation, Publish, Wiring};
use crate::world::{self, Control, HookResult, PutLifecycleHook, World};

/// The APIs that the region answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// Amazon ECS.
    Ecs,
    /// EC2 Auto Scaling.
    AutoScaling,
    /// Amazon SNS.
    Sns,
}

/// How the region behaves.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What AWS runs.
    pub world: world::Settings,
    /// How messages travel.
    pub delivery: delivery::Settings,
}

/// A simulated region.
#[derive(Debug)]
pub struct Region {
    world: World,
    delivery: Delivery,
    hooks: Vec<LifecycleHookSpec>,
    calls: BTreeMap<String, u64>,
}

impl Region {
    /// A region with the given wiring, empty but for the cluster `default`; the same
    /// seed and the same inputs give the same history.
    pub fn new(wiring: Wiring, settings: Settings, seed: u64, now: Time) -> Self {
        Self {
            world: World::new(settings.world, seed, now),
            hooks: wiring.hooks.clone(),
            delivery: Delivery::new(wiring, settings.delivery, seed, now),
            calls: BTreeMap::new(),
        }
    }

    /// When something next happens by itself.
    pub fn next_due(&self) -> Option<Time> {
        [self.world.next_due(), self.delivery.next_due()].into_iter().flatten().min()
    }

    /// Run everything that is due at or before `now`, each at its own time.
    pub fn advance(&mut self, now: Time) {
        while let Some(due) = self.next_due().filter(|due| *due < now) {
            self.step(due);
        }
        self.step(now);
    }

    fn step(&mut self, now: Time) {
        self.world.advance(now);
        self.send_out(now);
        self.delivery.advance(now);
    }

    fn send_out(&mut self, now: Time) {
        for effect in self.world.take_effects() {
            self.delivery.accept(now, effect);
        }
    }

    /// Answer one API call, and count it.
    ///
    /// # Errors
    /// AWS's own.
    pub fn call(
        &mut self,
        now: Time,
        api: Api,
        operation: &str,
        input: &Value,
    ) -> Result<Value, ApiError> {
        *self.calls.entry(operation.to_owned()).or_default() += 1;
        let service = match api {
            Api::Ecs => world::Service::Ecs,
            Api::AutoScaling => world::Service::AutoScaling,
            Api::Sns => return self.call_sns(now, operation, input),
        };
        let answer = self.world.call(now, service, operation, input);
        self.send_out(now);
        answer
    }

    fn call_sns(&mut self, now: Time, operation: &str, input: &Value) -> Result<Value, ApiError> {
        if operation != "Publish" {
            return Err(ApiError::client(
                "InvalidAction",
                format!("no operation {operation} here"),
            ));
        }
        let text = |name: &str| input.get(name).and_then(Value::as_str).map(str::to_owned);
        let attributes = input.get("MessageAttributes").and_then(Value::as_array);
        let attribute = |entry: &Value| {
            let name = entry.get("Name")?.as_str()?;
            let value = entry.get("Value")?.get("StringValue")?.as_str()?;
            Some((name.to_owned(), value.to_owned()))
        };
        let published = self.delivery.publish(
            now,
            Publish {
                topic_arn: text("TopicArn").unwrap_or_default(),
                message: text("Message").unwrap_or_default(),
                subject: text("Subject"),
                attributes: attributes.into_iter().flatten().filter_map(attribute).collect(),
                group_id: text("MessageGroupId"),
                deduplication_id: text("MessageDeduplicationId"),
            },
        )?;
        Ok(json!({
            "MessageId": published.message_id,
            "SequenceNumber": published.sequence_number,
        }))
    }

    /// The experimenter's hand: it is not counted.
    ///
    /// # Errors
    /// What cannot be done as things are.
    pub fn control(&mut self, now: Time, control: Control) -> Result<Value, ApiError> {
        let done = self.world.control(now, control);
        self.send_out(now);
        done
    }

    /// Make the lifecycle hooks that the template wires, on the groups that exist.
    ///
    /// # Errors
    /// A hook whose group does not exist.
    pub fn put_hooks(&mut self, now: Time) -> Result<(), ApiError> {
        for hook in self.hooks.clone() {
            let default_result = match hook.default_result.as_str() {
                "CONTINUE" => HookResult::Continue,
                _ => HookResult::Abandon,
            };
            let hook = PutLifecycleHook {
                group: hook.group,
                name: hook.name,
                heartbeat_seconds: hook.heartbeat_seconds.into(),
                default_result,
                topic_arn: hook.topic_arn,
                metadata: hook.metadata,
            };
            self.control(now, Control::PutLifecycleHook(hook))?;
        }
        Ok(())
    }

    /// Functions to be run now.
    pub fn take_invocations(&mut self) -> Vec<Invocation> {
        self.delivery.take_invocations()
    }

    /// What a function answered.
    pub fn finish(&mut self, now: Time, id: u64, result: Result<Value, String>) {
        self.delivery.finish(now, id, result);
    }

    /// How often each operation was called.
    pub fn calls(&self) -> &BTreeMap<String, u64> {
        &self.calls
    }

    /// What AWS runs, for observers.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// How messages travel, for observers.
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// How messages travel, for experimenters that send some of their own.
    pub fn delivery_mut(&mut self) -> &mut Delivery {
        &mut self.delivery
    }
}
