//! Folds the notifications about one cluster in a batch into the triggers of its reconcile.
//!
//! Triggers do not decide. They name what to read in detail, the interruptions that were announced,
//! and events that a read should not contradict.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ContainerInstanceArn, InstanceId, TaskArn};
use requeue::DelayClass;
use time::Duration;

use crate::Time;
use crate::notification::{Drained, SpotInterruption, Stopped};

/// How long an announced interruption is relevant. EC2 interrupts the instance two minutes after
/// the warning, or not at all.
pub const INTERRUPTION: Duration = Duration::minutes(10);

impl SpotInterruption {
    pub fn is_stale(&self, now: Time) -> bool {
        now - self.at >= INTERRUPTION
    }
}

/// What the messages of one batch reported about a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Triggers {
    /// Instances reported to be in a terminating wait state.
    pub terminating: BTreeSet<InstanceId>,
    /// Instances with a Spot interruption warning.
    pub interrupted: BTreeSet<InstanceId>,
    /// Container instances reported DRAINING with no running or pending task, and the latest
    /// reported time of that, if any.
    pub empty: BTreeMap<ContainerInstanceArn, Option<Time>>,
    /// Those of [`Triggers::empty`] whose agent was reported connected.
    pub connected: BTreeSet<ContainerInstanceArn>,
    /// Tasks reported stopped, by container instance.
    pub stopped: BTreeMap<ContainerInstanceArn, BTreeSet<TaskArn>>,
    /// The latest bucket of the delivered requeue messages, by delay class.
    pub requeues: BTreeMap<DelayClass, i64>,
    /// A requeue message or the schedule triggered this reconcile, so it does not rely on events
    /// having arrived.
    pub net: bool,
    /// This reconcile must be a full resync: the schedule triggered it, or a requeue message after
    /// a failure, so what is remembered from earlier reconciles is not sufficient.
    pub anew: bool,
}

impl Triggers {
    /// Adds the event of a container instance without counted tasks.
    pub fn drained(&mut self, drained: Drained) {
        if drained.agent_connected {
            self.connected.insert(drained.arn.clone());
        }
        let at = self.empty.entry(drained.arn).or_default();
        *at = drained.at.max(*at);
    }

    /// Adds the event of a stopped task.
    pub fn stopped(&mut self, stopped: Stopped) {
        self.stopped.entry(stopped.container_instance).or_default().insert(stopped.arn);
    }

    /// Adds a requeue message.
    pub fn requeued(&mut self, delay_class: DelayClass, bucket: i64) {
        self.net = true;
        self.anew |= delay_class == DelayClass::Soon;
        let latest = self.requeues.entry(delay_class).or_insert(bucket);
        *latest = bucket.max(*latest);
    }

    /// Adds a message of the schedule.
    pub fn scheduled(&mut self) {
        (self.net, self.anew) = (true, true);
    }

    /// Whether a partial reconcile, of the drains already known, is sufficient.
    pub fn of_known_drains(&self) -> bool {
        !self.anew && self.terminating.is_empty() && self.interrupted.is_empty()
    }

    /// The container instances that events of this batch name.
    pub fn mentioned(&self) -> BTreeSet<&ContainerInstanceArn> {
        self.empty.keys().chain(self.stopped.keys()).collect()
    }

    /// Whether an event of this batch names the container instance.
    pub fn mention(&self, arn: &ContainerInstanceArn) -> bool {
        self.empty.contains_key(arn) || self.stopped.contains_key(arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{at, ci, id};
    use crate::notification::{Skip, SpotInterruption};
    use aws_names::ClusterName;

    fn with(add: impl Fn(&mut Triggers)) -> Triggers {
        let mut triggers = Triggers::default();
        add(&mut triggers);
        triggers
    }

    fn drained(seconds: Option<i64>) -> Drained {
        let cluster = ClusterName::from_aws("demo");
        Drained { cluster, arn: ci(), agent_connected: true, at: seconds.map(at) }
    }

    #[test]
    fn a_stopped_task_mentions_its_container_instance() {
        let triggers = with(|triggers| {
            triggers.stopped(Stopped {
                cluster: ClusterName::from_aws("demo"),
                container_instance: ci(),
                arn: TaskArn::from_aws("t"),
                at: None,
                cut_short: None,
            });
        });
        assert!(triggers.mention(&ci()) && !triggers.net);
        assert!(!triggers.mention(&ContainerInstanceArn::from_aws("other")));
    }

    #[test]
    fn an_interruption_announced_ten_minutes_ago_is_stale() {
        let spot = SpotInterruption { instance: id(), at: at(0) };
        assert!(!spot.is_stale(at(599)) && spot.is_stale(at(600)));
    }

    #[test]
    fn every_reason_to_skip_has_a_name_of_its_own() {
        let all = [
            Skip::TestNotification,
            Skip::Launching,
            Skip::PlainNotification,
            Skip::RebalanceRecommendation,
            Skip::NotOnContainerInstance,
            Skip::NoProgress,
            Skip::GroupNotOptedIn,
            Skip::ClusterNotOptedIn,
            Skip::InstanceNotOptedIn,
            Skip::NothingDrains,
            Skip::NotACluster,
            Skip::Stale,
            Skip::Unknown,
        ];
        crate::fixtures::assert_names(&all.map(Skip::name));
    }

    #[test]
    fn the_latest_time_of_an_event_without_counted_tasks_counts() {
        let triggers = with(|triggers| {
            for seconds in [Some(1), Some(3), Some(2), None] {
                triggers.drained(drained(seconds));
            }
        });
        assert_eq!(triggers.mentioned(), BTreeSet::from([&ci()]));
        assert_eq!(triggers.empty[&ci()], Some(at(3)));
        assert!(triggers.connected.contains("ci"));
    }

    #[test]
    fn only_events_and_later_requeues_allow_a_partial_reconcile() {
        assert!(with(|triggers| triggers.drained(drained(None))).of_known_drains());
        let later = with(|triggers| triggers.requeued(DelayClass::Later, 1));
        assert!(later.net && later.of_known_drains());
        let wide: [fn(&mut Triggers); 4] = [
            |triggers| triggers.requeued(DelayClass::Soon, 1),
            Triggers::scheduled,
            |triggers| _ = triggers.terminating.insert(id()),
            |triggers| _ = triggers.interrupted.insert(id()),
        ];
        for add in wide {
            assert!(!with(add).of_known_drains());
        }
        let both = with(|triggers| {
            triggers.requeued(DelayClass::Soon, 1);
            triggers.requeued(DelayClass::Later, 1);
        });
        assert!(both.anew);
    }
}
