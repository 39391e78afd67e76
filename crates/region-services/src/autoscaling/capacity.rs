//! The capacity of groups: set, and reached by launching and terminating instances.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::AutoScaling;
use super::activities::IN_PROGRESS;
use super::error::validation;
use super::model::Instance;
use super::state::{LifecycleState, Transition};
use crate::arena::{GroupKey, InstanceKey};
use crate::context::Context;
use crate::ecs::Ecs;
use region_core::api::ApiError;
use region_core::trail::Trail;

impl AutoScaling {
    /// Change the desired capacity and act on it.
    ///
    /// # Errors
    /// If the group does not exist, or the capacity is below its minimum or above its maximum.
    pub(crate) fn set_desired(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        name: &str,
        desired: usize,
    ) -> Result<(), ApiError> {
        let key = self.group_named(name)?;
        let group = &mut self.groups[key];
        let bound = if desired < group.min {
            Some(("below min", group.min))
        } else if desired > group.max {
            Some(("above max", group.max))
        } else {
            None
        };
        if let Some((side, bound)) = bound {
            return Err(validation(format!(
                "New SetDesiredCapacity value {desired} is {side} value {bound} for the \
                 AutoScalingGroup."
            )));
        }
        group.desired = desired;
        self.reconcile(context, ecs, key);
        Ok(())
    }

    /// Launch what is missing, warm instances first, and end what is too much.
    pub(super) fn reconcile(&mut self, context: &mut Context, ecs: &mut Ecs, key: GroupKey) {
        let group = &self.groups[key];
        let states = || group.members.iter().map(|m| self.instances[*m].state);
        let count = states().filter(|state| state.counts()).count();
        let desired = group.desired;
        for _ in count..desired {
            match self.stopped_warm_instance(key) {
                Some(instance) => self.return_from_warm_pool(context, instance),
                None => {
                    self.launch(context, ecs, key, false);
                }
            }
        }
        let transition = match self.groups[key].reuse_on_scale_in {
            true => Transition::Warm,
            false => Transition::Terminate,
        };
        for _ in desired..count {
            let Some(candidate) = self.scale_in_candidate(key) else { return };
            self.begin(
                context,
                ecs,
                candidate,
                transition,
                "an instance was taken out of service to shrink the capacity.",
            );
        }
    }

    /// The oldest instance in the zone that has most.
    fn scale_in_candidate(&self, key: GroupKey) -> Option<InstanceKey> {
        let members = self.groups[key].members.iter().copied();
        let eligible: Vec<_> = members
            .filter(|m| {
                let state = self.instances[*m].state;
                state == LifecycleState::InService || state.is_launching()
            })
            .collect();
        let mut zones: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &eligible {
            *zones.entry(&self.instances[*member].zone).or_default() += 1;
        }
        eligible.into_iter().min_by_key(|member| {
            let instance = &self.instances[*member];
            (Reverse(zones.get(instance.zone.as_str()).copied()), instance.launched_at, *member)
        })
    }

    /// Launch one instance in the emptiest zone.
    pub(super) fn launch(
        &mut self,
        context: &mut Context,
        ecs: &mut Ecs,
        key: GroupKey,
        ready: bool,
    ) -> InstanceKey {
        let id = context.ec2_id();
        let group = &self.groups[key];
        let here = |zone: &String| {
            let members = group.members.iter().map(|m| &self.instances[*m]);
            members.filter(|instance| instance.state.counts() && instance.zone == *zone).count()
        };
        let zone = group.zones.iter().min_by_key(|zone| here(zone)).cloned().unwrap_or_default();
        let cluster = group.cluster.clone();
        let instance = self.instances.add(Instance {
            id: id.clone(),
            group: key,
            zone,
            cpu: group.cpu,
            memory: group.memory,
            state: LifecycleState::Pending,
            healthy: true,
            on: true,
            booted: ready,
            launched_at: context.now,
            warming_since: None,
            terminated_at: None,
            transition: Transition::Launch,
            actions: Vec::new(),
            first_action: 0,
            activity: None,
            trail: Trail::default(),
        });
        self.instance_ids.insert(id, instance);
        self.groups[key].members.push(instance);
        let cause = "an instance was started to reach the desired capacity.";
        self.begin_activity(context, instance, "Launching a new", cause);
        if ready {
            self.in_service(context, instance);
            self.instances[instance].warming_since = None;
            ecs.register_warm(context, self.machine(instance), &cluster);
        } else {
            self.mark_activity(context, instance, IN_PROGRESS);
            self.boot(context, instance);
            self.launch_held(context, instance, Transition::Launch);
        }
        instance
    }
}
