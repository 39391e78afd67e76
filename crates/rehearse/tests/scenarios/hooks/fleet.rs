//! Auto Scaling groups with tags, and hook-keeper.

use std::collections::BTreeMap;

use region::api::Api;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::region::Settings;
use region::services::{
    Control, CreateGroup, HookResult, PutLifecycleHook, TerminateInstance, UpdateGroup,
};
use region::wiring::Wiring;
use scenarios::rehearsal::Rehearsal;
use scenarios::stack::{self, HOOK_KEEPER};
use serde_json::{Value, json};

pub const OURS: &str = "ecs-tide-drain";
pub const CLUSTER: &str = "ecs-tide:cluster";
pub const MODE: &str = "ecs-tide:mode";
pub const HEARTBEAT: &str = "ecs-tide:heartbeat-seconds";
pub const MARK: &str = "ecs-tide:hook";

/// A group that auto-drain does not know, so that what holds its instances goes on.
pub const WEB: &str = "web";

pub struct Fleet {
    pub rehearsal: Rehearsal,
    topic: String,
    role: String,
}

impl Fleet {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The stack with these parameters.
    pub async fn with(parameters: &[(&str, &str)]) -> Self {
        let wiring = stack::wiring(parameters).unwrap();
        Self::deployed(wiring, Settings::default(), CallFaults::none(), Interceptor::none()).await
    }

    pub async fn intercepted(interceptor: Interceptor) -> Self {
        let wiring = stack::wiring(&[]).unwrap();
        Self::deployed(wiring, Settings::default(), CallFaults::none(), interceptor).await
    }

    pub async fn deployed(
        wiring: Wiring,
        settings: Settings,
        faults: CallFaults,
        interceptor: Interceptor,
    ) -> Self {
        let environment = stack::environment(&wiring, HOOK_KEEPER);
        let [topic, role] =
            ["LIFECYCLE_TOPIC_ARN", "HOOK_ROLE_ARN"].map(|name| environment[name].clone());
        let rehearsal =
            Rehearsal::with_faults(wiring, settings, 7, faults, interceptor).await.unwrap();
        Self { rehearsal, topic, role }
    }

    pub fn control(&self, control: Control) {
        self.rehearsal.control(control).unwrap();
    }

    /// Creates a group of two instances with these tags.
    pub fn create(&self, name: &str, tags: &[(&str, &str)]) {
        let name = name.to_owned();
        self.control(Control::CreateGroup(CreateGroup {
            name,
            tags: owned(tags),
            ..CreateGroup::default()
        }));
    }

    /// Creates the group [`WEB`], opted in with these further tags, and lets hook-keeper put its hook.
    pub async fn kept(self, tags: &[(&str, &str)]) -> Self {
        self.create(WEB, &[&[(CLUSTER, "demo")], tags].concat());
        self.keep().await;
        assert!(self.hook(WEB).is_some());
        self
    }

    pub fn tag(&self, name: &str, tags: &[(&str, &str)]) {
        let (name, tags) = (name.to_owned(), owned(tags));
        self.control(Control::UpdateGroup(UpdateGroup { name, tags, ..UpdateGroup::default() }));
    }

    pub fn untag(&self, name: &str, tags: &[&str]) {
        let name = name.to_owned();
        let remove_tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let update = UpdateGroup { name, remove_tags, ..UpdateGroup::default() };
        self.control(Control::UpdateGroup(update));
    }

    /// Puts a hook that hook-keeper did not make.
    pub fn put(&self, group: &str, name: &str) {
        self.control(Control::PutLifecycleHook(PutLifecycleHook {
            group: group.to_owned(),
            name: name.to_owned(),
            topic_arn: Some("arn:aws:sns:us-east-1:123456789012:another".to_owned()),
            role_arn: Some("arn:aws:iam::123456789012:role/another".to_owned()),
            default_result: HookResult::Continue,
            ..PutLifecycleHook::default()
        }));
    }

    /// Terminates an instance of a group, which its hooks hold.
    pub fn hold_one(&self, group: &str) -> String {
        let instance = self.rehearsal.live.observe(|region, _| {
            let mut instances = region.services().truth().instances();
            instances.find(|instance| instance.group == group).unwrap().id.to_owned()
        });
        let terminate = TerminateInstance { instance: instance.clone(), decrement: true };
        self.control(Control::TerminateInstance(terminate));
        instance
    }

    /// Completes the lifecycle action of an instance.
    pub fn release(&self, group: &str, instance: &str) {
        let input = json!({
            "AutoScalingGroupName": group,
            "LifecycleHookName": OURS,
            "InstanceId": instance,
            "LifecycleActionResult": "CONTINUE",
        });
        let live = &self.rehearsal.live;
        live.call(Api::AutoScaling, "CompleteLifecycleAction", &input).unwrap();
    }

    pub fn is_held(&self, instance: &str) -> bool {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().instance(instance).unwrap();
            truth.state.as_str() == "Terminating:Wait"
        })
    }

    /// Runs hook-keeper for all groups, and returns its log record.
    pub async fn keep(&self) -> Value {
        self.ask(json!({})).await.unwrap()
    }

    pub async fn ask(&self, event: Value) -> Result<Value, String> {
        let answer = self.rehearsal.invoke(HOOK_KEEPER, &event).await?;
        Ok(answer["hooks"].clone())
    }

    /// Runs hook-keeper, and returns the calls that it made.
    pub async fn calls(&self) -> BTreeMap<String, u64> {
        let calls = || self.rehearsal.live.observe(|region, _| region.calls().clone());
        let before = calls();
        self.keep().await;
        let new = |(operation, count): (String, u64)| {
            let made = count - before.get(&operation).copied().unwrap_or_default();
            (made > 0).then_some((operation, made))
        };
        calls().into_iter().filter_map(new).collect()
    }

    /// Our hook of a group: its heartbeat timeout and default result, if all else is as it should be.
    pub fn hook(&self, group: &str) -> Option<(u64, String)> {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().group(group)?;
            let hook = truth.hooks.get(OURS)?;
            assert_eq!(hook.transition.as_str(), "autoscaling:EC2_INSTANCE_TERMINATING");
            assert_eq!(hook.topic_arn.as_ref(), Some(&self.topic), "{group}");
            assert_eq!(hook.role_arn.as_ref(), Some(&self.role), "{group}");
            let tag = truth.tags.get(CLUSTER).map(|cluster| json!({"cluster": cluster}));
            let metadata = tag.map(|metadata| metadata.to_string());
            assert!(metadata.is_none() || hook.metadata == metadata);
            Some((hook.heartbeat_seconds, hook.default_result.as_str().to_owned()))
        })
    }

    /// Whether a group has our hook, whatever its form.
    pub fn has_hook(&self, group: &str) -> bool {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().group(group);
            truth.is_some_and(|truth| truth.hooks.contains_key(OURS))
        })
    }

    /// Whether the hook of a group is gone, and its tag says so.
    pub fn is_removed(&self, group: &str) -> bool {
        let mark = self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().group(group).unwrap();
            truth.tags.get(MARK).map(|mark| (*mark).to_owned())
        });
        !self.has_hook(group) && mark.is_some_and(|mark| mark.contains("@removed-"))
    }

    /// The tag `ecs-tide:hook` of a group, up to the digest.
    pub fn mark(&self, group: &str) -> Option<String> {
        self.rehearsal.live.observe(|region, _| {
            let truth = region.services().truth().group(group).unwrap();
            let (mark, digest) = truth.tags.get(MARK)?.rsplit_once('@').unwrap();
            assert_eq!(digest.len(), 16);
            Some(mark.to_owned())
        })
    }
}

fn owned(tags: &[(&str, &str)]) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
