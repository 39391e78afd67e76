//! Answers what a reconcile would decide about one instance, and why. It runs a reconcile that
//! changes nothing, with a memory of its own, so it has no effect on others.

use aws::{Aws, Error, advised};
use aws_names::{ClusterName, InstanceId};
use drain::decide::{Action, Drain, End, LeftAlone, Plan, Verdict};
use drain::opt_in::tags;
use drain::triggers::Triggers;
use function::clock::{Clock, Remaining};
use serde_json::{Value, json};

use crate::Time;
use crate::config::Config;
use crate::groups::Groups;
use crate::memory::Memory;
use crate::outcome::Outcome;
use crate::reconcile::Reconcile;

/// The verdict about an instance in a group without our tags.
const NOT_OPTED_IN: &str = "not_opted_in";
const NO_DRAIN_RECORD: &str =
    "no Auto Scaling group has it, and its registration has no drain record of ecs-tide";
const UNKNOWN: &str = "no Auto Scaling group has it, and no cluster that is opted in: \
    it is gone, or its ID is another";

/// The verdict, the actions, and the reasons.
type Decided = (&'static str, Vec<&'static str>, Vec<String>);

/// The instance of the event `{"explain":"i-…"}`, or what is wrong with it.
pub fn requested(event: &Value) -> Option<Result<InstanceId, String>> {
    let named = event.get("explain")?;
    let instance = named.as_str().and_then(|text| text.parse().ok());
    let wanted = r#"write {"explain":"ID"} with the ID of an EC2 instance"#;
    Some(instance.ok_or_else(|| format!("explain is {named}: {wanted}")))
}

/// What an answer needs.
#[derive(Debug, Clone, Copy)]
pub struct Why<'a> {
    pub aws: &'a Aws,
    pub config: &'a Config,
    pub clock: &'a Clock,
    pub remaining: Remaining,
}

impl Why<'_> {
    /// What a full resync would decide now about the instance.
    ///
    /// # Errors
    /// A call failed without which nothing can be decided.
    pub async fn explain(self, instance: &InstanceId) -> Result<Value, Error> {
        let read = self.aws.tagged_groups().await?;
        let groups = Groups::of(read, &self.config.settings, self.clock.now());
        let mut places = self.aws.places(std::slice::from_ref(instance)).await?;
        let place = places.remove(instance);
        let group = place.as_ref().and_then(|(group, _)| groups.get(group));
        let cluster = match &place {
            Some((group, _)) => groups.cluster_of(group).cloned(),
            None => {
                let clusters: Vec<_> = groups.clusters().into_iter().cloned().collect();
                self.aws.registered_in(&clusters, instance).await?
            }
        };
        let (verdict, would_do, reasons) = match (&cluster, &place) {
            (Some(cluster), _) => {
                let decided = self.decided(instance, cluster, &groups).await?;
                decided.unwrap_or_else(|| match &place {
                    Some(_) => left(LeftAlone::InService.name(), left_alone(LeftAlone::InService)),
                    None => left(LeftAlone::NotInGroup.name(), NO_DRAIN_RECORD),
                })
            }
            (None, Some((group, _))) => {
                let tag = tags::CLUSTER;
                left(NOT_OPTED_IN, format!("group {group} has no tag {tag}: set it to drain it"))
            }
            (None, None) => left(LeftAlone::NotInGroup.name(), UNKNOWN),
        };
        Ok(json!({
            "instance": instance.as_str(),
            "cluster": cluster.as_ref().map(ClusterName::as_str),
            "group": place.as_ref().map(|(group, _)| group.as_str()),
            "mode": group.map(|group| group.tags.mode.name()),
            "state": place.as_ref().map(|(_, state)| state.name()),
            "verdict": verdict,
            "would_do": would_do,
            "reasons": reasons,
        }))
    }

    /// Nothing if no reconcile of the cluster has to decide about the instance.
    async fn decided(
        self,
        instance: &InstanceId,
        cluster: &ClusterName,
        groups: &Groups,
    ) -> Result<Option<Decided>, Error> {
        let Self { aws, clock, remaining, .. } = self;
        let config = &Config { dry_run: true, ..self.config.clone() };
        let (process, groups) = (&Memory::default(), Some(&groups.of_cluster(cluster)));
        let (memory, triggers) = (&process.cluster(cluster), &mut Triggers::default());
        triggers.scheduled();
        let reconcile =
            Reconcile { aws, config, clock, remaining, cluster, groups, triggers, memory, process };
        let outcome = reconcile.run().await?;
        Ok(outcome.plans.get(instance).map(|plan| {
            let would_do = plan.actions.iter().map(Action::name).collect();
            (plan.verdict.name(), would_do, reasons(instance, plan, &outcome, clock.now()))
        }))
    }
}

fn left(verdict: &'static str, reason: impl Into<String>) -> Decided {
    (verdict, Vec::new(), vec![reason.into()])
}

fn reasons(instance: &InstanceId, plan: &Plan, outcome: &Outcome, now: Time) -> Vec<String> {
    let mut reasons = vec![reason(&plan.verdict, now)];
    let stuck = outcome.stuck.get(instance).into_iter().flatten();
    reasons.extend(stuck.map(|reason| format!("stuck: {}", reason.name())));
    reasons.extend(outcome.failed_reads.iter().map(advised));
    if let Some(delay_class) = plan.again {
        reasons.push(format!("next reconcile: {}", delay_class.name()));
    }
    reasons
}

fn reason(verdict: &Verdict, now: Time) -> String {
    match verdict {
        Verdict::Started(drain) => format!("its drain begins, {}", tasks(drain)),
        Verdict::Waiting(drain) => {
            format!("it drains for {} s, {}", (now - drain.began).whole_seconds(), tasks(drain))
        }
        Verdict::Ended { end, tasks, .. } => match end {
            End::Drained => "every task has stopped".to_owned(),
            End::NotRegistered => "it is registered in no cluster".to_owned(),
            End::AgentGone => "its agent has been disconnected for too long".to_owned(),
            End::Deadline => format!("its deadline has passed, {tasks} tasks have not stopped"),
        },
        Verdict::Returned => "it is in service again".to_owned(),
        Verdict::Unregistered => "a hook holds it, and it has not registered so far".to_owned(),
        Verdict::WrongCluster => {
            "it is registered in another cluster, or the cluster does not exist".to_owned()
        }
        Verdict::Ghost { registrations } => {
            format!("it is gone, and {registrations} registrations with a drain record remain")
        }
        Verdict::InTransit => "it is about to change to a state that can be decided on".to_owned(),
        Verdict::LeftAlone(why) => left_alone(*why).to_owned(),
    }
}

fn tasks(drain: &Drain) -> String {
    format!("{} tasks have not stopped", drain.tasks)
}

fn left_alone(why: LeftAlone) -> &'static str {
    match why {
        LeftAlone::InService => "nothing terminates it",
        LeftAlone::DrainedByHand => "an operator drains it",
        LeftAlone::AnotherHook => "its drain is complete, and another hook still holds it",
        LeftAlone::NotInGroup => "no group with tags of ecs-tide has it",
        LeftAlone::NotInDrainMode => {
            "the mode of its group is not drain, and no hook of ecs-tide holds it"
        }
        LeftAlone::NotRegistered => "it is not registered in the cluster",
        LeftAlone::EnteringPool => "it enters a warm pool, and is not registered in the cluster",
        LeftAlone::WarmPool => "it is in a warm pool",
        LeftAlone::Retained => "it is kept after an abandoned termination",
        LeftAlone::LifecycleState => "its lifecycle state needs no action",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_event_with_the_id_of_an_instance_is_explained() {
        assert_eq!(requested(&json!({"schedule": {}})), None);
        let id = "i-0123456789abcdef0";
        assert_eq!(requested(&json!({ "explain": id })), Some(Ok(InstanceId::from_aws(id))));
        for bad in [json!("web"), json!(""), json!(7), json!(null), json!({})] {
            let error = requested(&json!({ "explain": bad })).unwrap().unwrap_err();
            assert!(error.contains("ID of an EC2 instance"), "{error}");
        }
    }
}
