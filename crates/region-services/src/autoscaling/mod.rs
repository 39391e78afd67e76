//! EC2 Auto Scaling: groups, lifecycle hooks, scaling activities and the warm pool. The EC2
//! instances are here too, since each belongs to a group; what ECS runs on them is in [`Ecs`].

mod action;
mod activities;
mod api;
mod capacity;
mod deletion;
mod describe;
mod due;
mod ec2;
mod error;
mod fields;
mod filters;
mod groups;
mod hooks;
mod lifecycle;
mod model;
mod notifications;
mod pages;
mod parameters;
mod put_hook;
mod state;
mod tags;
mod truth;
mod warm_pool;

use std::collections::HashMap;

use self::model::{Group, Instance};
use crate::arena::{Arena, GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;

pub use self::action::{Action, ActionEnd, Hook, HookResult, HookTransition};
pub(crate) use self::due::Due;
pub use self::parameters::{
    CreateGroup, InterruptSpot, LaunchIntoWarmPool, PutLifecycleHook, TerminateInstance,
    UpdateGroup,
};
pub use self::state::LifecycleState;
pub use self::truth::{GroupTruth, InstanceTruth};

/// Everything Auto Scaling knows, and the EC2 instances themselves.
#[derive(Debug, Default)]
pub(crate) struct AutoScaling {
    groups: Arena<GroupKey, Group>,
    instances: Arena<InstanceKey, Instance>,
    group_names: HashMap<String, GroupKey>,
    instance_ids: HashMap<String, InstanceKey>,
}

impl AutoScaling {
    /// Process what is due.
    pub(crate) fn run(&mut self, context: &mut Context, ecs: &mut Ecs, due: Due) {
        match due {
            Due::Agent(instance) => self.start_agent(context, ecs, instance),
            Due::InService(instance) => self.booted(context, instance),
            Due::Warmed(instance) => self.warmed(context, ecs, instance),
            Due::Terminated(instance) => self.terminated(context, ecs, instance),
            Due::Kill(instance) => self.kill(context, ecs, instance),
            Due::Unhealthy(instance) => self.unhealthy(context, ecs, instance),
            Due::HookTimeout(instance, action) => {
                self.hook_timeout(context, ecs, instance, action);
            }
        }
    }
}
