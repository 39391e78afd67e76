//! The hooks of Auto Scaling groups, and the tags by which groups opt in.
//!
//! All calls of hook-keeper share one rate, which leaves Auto Scaling's limits to drains.

use std::collections::BTreeMap;

use aws_names::GroupName;
use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder;
use aws_sdk_autoscaling::types::builders::TagBuilder;
use aws_sdk_autoscaling::types::{AutoScalingGroup, Instance, LifecycleHook, Tag};
use drain::hook::{HOOK, Hook, HookMark};
use drain::opt_in::tags;
use drain::seen::LifecycleState;
use time::Duration;

use crate::groups::{name, tags_of, with_our_tags};
use crate::{Aws, Call, Error, ErrorKind, PAGE};

/// A group and its tags, without its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedGroup {
    pub name: GroupName,
    /// Its tags, by their keys.
    pub tags: BTreeMap<String, String>,
    /// Whether its deletion has begun.
    pub deleting: bool,
}

/// Where instances of a group are that its hook concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whereabouts {
    /// A terminating hook holds an instance of the group or of its warm pool.
    pub held: bool,
    /// An instance is in the warm pool.
    pub pooled: bool,
}

impl Aws {
    /// All groups with the tag `ecs-tide:cluster` or `ecs-tide:hook`. One call covers 100.
    pub fn tagged_groups_without_instances(&self) -> Call<'_, Vec<TaggedGroup>> {
        Box::pin(async move {
            let call = self.autoscaling.describe_auto_scaling_groups().filters(with_our_tags());
            self.without_instances(call).await
        })
    }

    /// The groups `names`, whether or not they have tags. One that does not exist is absent.
    pub fn groups_without_instances<'a>(
        &'a self,
        names: &'a [GroupName],
    ) -> Call<'a, Vec<TaggedGroup>> {
        Box::pin(async move {
            let mut groups = Vec::new();
            for names in names.chunks(PAGE) {
                let names = names.iter().map(String::from).collect();
                let call = self.autoscaling.describe_auto_scaling_groups();
                let call = call.set_auto_scaling_group_names(Some(names));
                groups.extend(self.without_instances(call).await?);
            }
            Ok(groups)
        })
    }

    async fn without_instances(
        &self,
        call: DescribeAutoScalingGroupsFluentBuilder,
    ) -> Result<Vec<TaggedGroup>, Error> {
        let most = i32::try_from(PAGE).unwrap_or(i32::MAX);
        let call = call.include_instances(false).max_records(most);
        let mut groups = Vec::new();
        let mut next = None;
        loop {
            self.hook_calls.take().await;
            let page = call.clone().set_next_token(next).send().await;
            let page = page.map_err(Error::of("DescribeAutoScalingGroups"))?;
            groups.extend(page.auto_scaling_groups().iter().filter_map(tagged));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(groups);
            }
        }
    }

    /// All lifecycle hooks of a group, by name.
    ///
    /// # Errors
    /// [`ErrorKind::NoSuchGroup`](crate::ErrorKind), or any other error of the call.
    pub fn lifecycle_hooks<'a>(&'a self, group: &'a GroupName) -> Call<'a, BTreeMap<String, Hook>> {
        Box::pin(async move {
            self.hook_calls.take().await;
            self.hooks_of(group, None).await
        })
    }

    /// The hook of ecs-tide on a group, if it is there. A group that does not exist has none.
    pub fn our_hook<'a>(&'a self, group: &'a GroupName) -> Call<'a, Option<Hook>> {
        Box::pin(async move {
            match self.hooks_of(group, Some(HOOK)).await {
                Err(Error { kind: ErrorKind::NoSuchGroup, .. }) => Ok(None),
                hooks => Ok(hooks?.remove(HOOK)),
            }
        })
    }

    /// The hook `only` of a group, or all of them, by name.
    async fn hooks_of(
        &self,
        group: &GroupName,
        only: Option<&str>,
    ) -> Result<BTreeMap<String, Hook>, Error> {
        let call = self.autoscaling.describe_lifecycle_hooks().auto_scaling_group_name(group);
        let call = call.set_lifecycle_hook_names(only.map(|name| vec![name.to_owned()]));
        let shown = call.send().await.map_err(Error::of("DescribeLifecycleHooks"))?;
        Ok(shown.lifecycle_hooks().iter().filter_map(hook).collect())
    }

    /// Where instances of a group are that its hook concerns.
    pub fn whereabouts<'a>(&'a self, group: &'a GroupName) -> Call<'a, Whereabouts> {
        Box::pin(async move {
            self.hook_calls.take().await;
            let groups = self.raw_groups(std::slice::from_ref(group)).await?;
            let held = groups.iter().flat_map(AutoScalingGroup::instances).any(is_held);
            if groups.iter().all(|group| group.warm_pool_configuration().is_none()) {
                return Ok(Whereabouts { held, pooled: false });
            }
            self.hook_calls.take().await;
            let (_, pool) = self.warm_pool(group.clone()).await?;
            Ok(Whereabouts { held: held || pool.iter().any(is_held), pooled: !pool.is_empty() })
        })
    }

    /// Makes the hook `name` of a group, or changes it. Auto Scaling sends a test notification to
    /// its target.
    pub fn put_hook<'a>(
        &'a self,
        group: &'a GroupName,
        name: &'a str,
        hook: &'a Hook,
    ) -> Call<'a, ()> {
        Box::pin(async move {
            self.hook_calls.take().await;
            let seconds = hook.heartbeat.whole_seconds();
            self.autoscaling
                .put_lifecycle_hook()
                .auto_scaling_group_name(group)
                .lifecycle_hook_name(name)
                .lifecycle_transition(&hook.transition)
                .heartbeat_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
                .default_result(&hook.default_result)
                .set_notification_target_arn(hook.target.clone())
                .set_role_arn(hook.role.clone())
                .set_notification_metadata(hook.metadata.clone())
                .send()
                .await
                .map(|_| ())
                .map_err(Error::of("PutLifecycleHook"))
        })
    }

    /// Deletes the hook `name` of a group. Every instance that it holds is terminated at once.
    pub fn delete_hook<'a>(&'a self, group: &'a GroupName, name: &'a str) -> Call<'a, ()> {
        Box::pin(async move {
            self.hook_calls.take().await;
            self.autoscaling
                .delete_lifecycle_hook()
                .auto_scaling_group_name(group)
                .lifecycle_hook_name(name)
                .send()
                .await
                .map(|_| ())
                .map_err(Error::of("DeleteLifecycleHook"))
        })
    }

    /// Writes the tag `ecs-tide:hook` of a group. Its instances do not inherit it.
    pub fn mark_hook<'a>(&'a self, group: &'a GroupName, mark: &'a HookMark) -> Call<'a, ()> {
        Box::pin(async move {
            self.hook_calls.take().await;
            let tag = mark_of(group).value(mark.to_string()).propagate_at_launch(false);
            let call = self.autoscaling.create_or_update_tags().tags(tag.build());
            call.send().await.map(|_| ()).map_err(Error::of("CreateOrUpdateTags"))
        })
    }

    /// Deletes the tag `ecs-tide:hook` of a group.
    pub fn unmark_hook<'a>(&'a self, group: &'a GroupName) -> Call<'a, ()> {
        Box::pin(async move {
            self.hook_calls.take().await;
            let call = self.autoscaling.delete_tags().tags(mark_of(group).build());
            call.send().await.map(|_| ()).map_err(Error::of("DeleteTags"))
        })
    }
}

fn tagged(group: &AutoScalingGroup) -> Option<TaggedGroup> {
    Some(TaggedGroup {
        name: name(group)?,
        tags: tags_of(group),
        // Only a group whose deletion has begun has a status.
        deleting: group.status().is_some(),
    })
}

fn hook(shown: &LifecycleHook) -> Option<(String, Hook)> {
    let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
    let hook = Hook {
        transition: shown.lifecycle_transition().unwrap_or_default().to_owned(),
        heartbeat: Duration::seconds(shown.heartbeat_timeout().unwrap_or_default().into()),
        default_result: shown.default_result().unwrap_or_default().to_owned(),
        target: text(shown.notification_target_arn()),
        role: text(shown.role_arn()),
        metadata: text(shown.notification_metadata()),
    };
    Some((shown.lifecycle_hook_name()?.to_owned(), hook))
}

fn is_held(instance: &Instance) -> bool {
    let state = instance.lifecycle_state();
    state.is_some_and(|state| LifecycleState::read(state.as_str()).is_held())
}

fn mark_of(group: &GroupName) -> TagBuilder {
    Tag::builder().resource_id(group).resource_type("auto-scaling-group").key(tags::HOOK)
}
