//! What scaling reads of services, groups and alarms.

use region_cloudwatch::{CloudWatch, StateValue};
use region_core::Time;
use region_core::api::ApiError;
use region_scaling::{Account, GroupCapacity, Member, ServiceCapacity};

use crate::autoscaling::{AutoScaling, LifecycleState};
use crate::ecs::Ecs;

/// The account at one time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaled<'a> {
    pub(crate) now: Time,
    pub(crate) ecs: &'a Ecs,
    pub(crate) auto_scaling: &'a AutoScaling,
    pub(crate) cloudwatch: &'a CloudWatch,
}

impl Account for Scaled<'_> {
    fn now(&self) -> Time {
        self.now
    }

    fn cluster<'a>(&self, cluster: &'a str) -> Result<&'a str, ApiError> {
        self.ecs.known_cluster(cluster)
    }

    fn service(&self, cluster: &str, name: &str) -> Result<ServiceCapacity, ApiError> {
        let key = self.ecs.service(cluster, name)?;
        Ok(ServiceCapacity {
            desired: self.ecs.desired(key),
            running: self.ecs.running(key),
            deploying: !self.ecs.deployed(key),
            high_resolution: self.ecs.high_resolution(key),
        })
    }

    fn group(&self, name: &str) -> Result<GroupCapacity, ApiError> {
        let key = self.auto_scaling.group_named(name)?;
        let group = self.auto_scaling.group(key);
        let machines = self.auto_scaling.members(key);
        let members = machines.filter_map(|machine| member(machine.state, machine.warming_since));
        let new = self.auto_scaling.members(key).filter(|machine| {
            machine.state.is_launching()
                || (machine.state.counts() && machine.warming_since.is_some())
        });
        Ok(GroupCapacity {
            cluster: group.cluster.clone(),
            desired: group.desired,
            min: group.min,
            max: group.max,
            warmup_seconds: group.warmup_seconds,
            detailed_monitoring: self.auto_scaling.has_detailed_monitoring(key),
            members: members.collect(),
            launched_at: new.map(|machine| machine.launched_at).max(),
        })
    }

    fn alarm_state(&self, name: &str) -> Option<StateValue> {
        self.cloudwatch.alarm_state(name)
    }
}

fn member(state: LifecycleState, warming_since: Option<Time>) -> Option<Member> {
    match state {
        state if state.is_launching() => Some(Member::Launching),
        state if state.counts() => Some(Member::InService(warming_since)),
        LifecycleState::TerminatingWait | LifecycleState::TerminatingProceed => {
            Some(Member::Ending)
        }
        _ => None,
    }
}
