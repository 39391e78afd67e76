//! Folds all notifications of one batch into the triggers of one reconcile.
//!
//! Triggers do not decide. They name what to read in detail, the interruptions that were announced,
//! and events that a read should not contradict.

use std::collections::{BTreeMap, BTreeSet};

use aws_names::{ClusterName, ContainerInstanceArn, InstanceId, TaskArn};
use requeue::{DelayClass, Subject};
use time::Duration;

use crate::Time;
use crate::notification::{Notification, Skip};
use crate::settings::Settings;

/// How long an announced interruption is relevant. EC2 interrupts the instance two minutes after
/// the warning, or not at all.
pub const INTERRUPTION: Duration = Duration::minutes(10);

/// What the messages of one batch reported.
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
    /// Adds a notification to the triggers.
    ///
    /// # Errors
    /// The reason why it does not trigger a reconcile.
    pub fn accept(
        &mut self,
        notification: Notification,
        settings: &Settings,
        now: Time,
    ) -> Result<(), Skip> {
        let ours = |cluster: &ClusterName| {
            if *cluster == settings.cluster { Ok(()) } else { Err(Skip::OtherCluster) }
        };
        match notification {
            Notification::Terminating(notification) => {
                notification.cluster.as_ref().map_or(Ok(()), ours)?;
                if !settings.groups.contains(&notification.group) {
                    return Err(Skip::OtherGroup);
                }
                self.terminating.insert(notification.instance);
            }
            Notification::SpotInterruption(notification) => {
                if now - notification.at >= INTERRUPTION {
                    return Err(Skip::Stale);
                }
                self.interrupted.insert(notification.instance);
            }
            Notification::ContainerInstance(change) => {
                ours(&change.cluster)?;
                if !change.empty {
                    return Err(Skip::NoProgress);
                }
                if change.agent_connected {
                    self.connected.insert(change.arn.clone());
                }
                let at = self.empty.entry(change.arn).or_default();
                *at = change.at.max(*at);
            }
            Notification::Task(change) => {
                ours(&change.cluster)?;
                self.stopped.entry(change.container_instance).or_default().insert(change.arn);
            }
            Notification::Requeue(requeue) => {
                let Subject::Cluster(cluster) = &requeue.of else { return Err(Skip::OtherCluster) };
                ours(cluster)?;
                self.net = true;
                self.anew |= requeue.delay_class == DelayClass::Soon;
                let latest = self.requeues.entry(requeue.delay_class).or_insert(requeue.bucket);
                *latest = requeue.bucket.max(*latest);
            }
            Notification::Schedule { cluster } => {
                ours(&cluster)?;
                (self.net, self.anew) = (true, true);
            }
            Notification::Skip(skip) => return Err(skip),
        }
        Ok(())
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
    use aws_names::GroupName;

    use super::*;
    use crate::fixtures::{ci, id, settings};
    use crate::notification::{ContainerInstanceChange, SpotInterruption, TaskChange, Terminating};

    fn accept(notification: Notification) -> Result<Triggers, Skip> {
        let mut triggers = Triggers::default();
        triggers
            .accept(notification, &settings(), Time::UNIX_EPOCH + Duration::hours(1))
            .map(|()| triggers)
    }

    fn terminating(group: &str, cluster: Option<&str>) -> Notification {
        Notification::Terminating(Terminating {
            group: GroupName::from_aws(group),
            instance: id(),
            cluster: cluster.map(ClusterName::from_aws),
        })
    }

    #[test]
    fn messages_of_other_groups_and_clusters_are_skipped() {
        assert!(accept(terminating("demo-group", None)).unwrap().terminating.contains("i-1"));
        assert!(accept(terminating("demo-group", Some("demo"))).is_ok());
        assert_eq!(accept(terminating("other", None)), Err(Skip::OtherGroup));
        assert_eq!(accept(terminating("demo-group", Some("other"))), Err(Skip::OtherCluster));
        let schedule = Notification::Schedule { cluster: ClusterName::from_aws("other") };
        assert_eq!(accept(schedule), Err(Skip::OtherCluster));
    }

    #[test]
    fn a_stopped_task_mentions_its_container_instance() {
        let stopped = |cluster: &str| {
            accept(Notification::Task(TaskChange {
                cluster: ClusterName::from_aws(cluster),
                container_instance: ci(),
                arn: TaskArn::from_aws("t"),
            }))
        };
        let triggers = stopped("demo").unwrap();
        assert!(triggers.mention(&ci()) && !triggers.net);
        assert!(!triggers.mention(&ContainerInstanceArn::from_aws("other")));
        assert_eq!(stopped("demo2"), Err(Skip::OtherCluster));
    }

    #[test]
    fn an_interruption_announced_ten_minutes_ago_is_stale() {
        let spot = |minutes: i64| {
            accept(Notification::SpotInterruption(SpotInterruption {
                instance: id(),
                at: Time::UNIX_EPOCH + Duration::hours(1) - Duration::minutes(minutes),
            }))
        };
        assert!(spot(9).unwrap().interrupted.contains("i-1"));
        assert_eq!(spot(10), Err(Skip::Stale));
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
            Skip::OtherGroup,
            Skip::OtherCluster,
            Skip::Stale,
            Skip::Unknown,
        ];
        crate::fixtures::assert_names(&all.map(Skip::name));
    }

    fn change(empty: bool) -> Notification {
        Notification::ContainerInstance(ContainerInstanceChange {
            cluster: ClusterName::from_aws("demo"),
            arn: ci(),
            empty,
            agent_connected: true,
            at: None,
        })
    }

    fn requeue(delay_class: DelayClass) -> Notification {
        Notification::Requeue(requeue::Requeue {
            of: Subject::Cluster("demo".parse().unwrap()),
            delay_class,
            bucket: 1,
        })
    }

    #[test]
    fn only_a_container_instance_that_is_empty_brings_a_drain_further() {
        let triggers = accept(change(true)).unwrap();
        assert_eq!(triggers.mentioned(), BTreeSet::from([&ci()]));
        assert!(triggers.connected.contains("ci"));
        assert_eq!(accept(change(false)), Err(Skip::NoProgress));
    }

    #[test]
    fn only_events_and_later_requeues_allow_a_partial_reconcile() {
        assert!(accept(change(true)).unwrap().of_known_drains());
        let later = accept(requeue(DelayClass::Later)).unwrap();
        assert!(later.net && later.of_known_drains());
        let wide = [
            requeue(DelayClass::Soon),
            Notification::Schedule { cluster: ClusterName::from_aws("demo") },
            terminating("demo-group", None),
            Notification::SpotInterruption(SpotInterruption {
                instance: id(),
                at: Time::UNIX_EPOCH + Duration::hours(1),
            }),
        ];
        for notification in wide {
            assert!(!accept(notification.clone()).unwrap().of_known_drains(), "{notification:?}");
        }
        let mut both = accept(requeue(DelayClass::Soon)).unwrap();
        both.accept(requeue(DelayClass::Later), &settings(), Time::UNIX_EPOCH).unwrap();
        assert!(both.anew);
    }
}
