//! The fold: all notices of one batch become one set of hints for one look.
//!
//! Hints never decide. They say where to look closely, which interruptions were
//! announced, and what a read should not contradict.

use std::collections::{BTreeMap, BTreeSet};

use tick::{Pace, Subject};
use time::Duration;

use crate::Time;
use crate::notice::{Notice, Skip};
use crate::settings::Settings;

/// How long after its announcement an interruption still is news. EC2 takes the
/// instance two minutes after the warning, or not at all.
pub const INTERRUPTION: Duration = Duration::minutes(10);

/// What a batch of notices says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Instances said to wait in a terminating state.
    pub terminating: BTreeSet<String>,
    /// Instances whose interruption was announced.
    pub interrupted: BTreeSet<String>,
    /// Container instances said to be DRAINING with nothing running or pending, and since
    /// when at the latest.
    pub empty: BTreeMap<String, Option<Time>>,
    /// Those of them whose agent was said to speak with ECS.
    pub connected: BTreeSet<String>,
    /// Tasks said to have stopped, by container instance.
    pub stopped: BTreeMap<String, BTreeSet<String>>,
    /// The latest bucket of each pace whose tick has come.
    pub ticks: BTreeMap<Pace, i64>,
    /// A tick or the schedule asked: this look is the net, and trusts no event to have
    /// come.
    pub net: bool,
    /// The schedule asked, or a tick after something went wrong: what is known from
    /// earlier looks is not enough.
    pub anew: bool,
}

impl Hints {
    /// Take a notice in.
    ///
    /// # Errors
    /// The reason why it asks for no look here.
    pub fn heed(&mut self, notice: Notice, settings: &Settings, now: Time) -> Result<(), Skip> {
        let ours = |cluster: &str| {
            let name = cluster.rsplit_once('/').map_or(cluster, |(_, name)| name);
            if name == settings.cluster { Ok(()) } else { Err(Skip::OtherCluster) }
        };
        match notice {
            Notice::Terminating(notice) => {
                notice.cluster.as_deref().map_or(Ok(()), ours)?;
                if !settings.groups.contains(&notice.group) {
                    return Err(Skip::OtherGroup);
                }
                self.terminating.insert(notice.instance);
            }
            Notice::SpotInterruption(notice) => {
                if now - notice.at >= INTERRUPTION {
                    return Err(Skip::Stale);
                }
                self.interrupted.insert(notice.instance);
            }
            Notice::ContainerInstance(change) => {
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
            Notice::Task(change) => {
                ours(&change.cluster)?;
                self.stopped.entry(change.container_instance).or_default().insert(change.arn);
            }
            Notice::Tick(tick) => {
                let Subject::Cluster(cluster) = &tick.of else { return Err(Skip::OtherCluster) };
                ours(cluster)?;
                self.net = true;
                self.anew |= tick.pace == Pace::Soon;
                let latest = self.ticks.entry(tick.pace).or_insert(tick.bucket);
                *latest = tick.bucket.max(*latest);
            }
            Notice::Schedule { cluster } => {
                ours(&cluster)?;
                (self.net, self.anew) = (true, true);
            }
            Notice::Skip(skip) => return Err(skip),
        }
        Ok(())
    }

    /// Whether nothing here asks for more than a look at instances whose drains are known.
    pub fn of_known_drains(&self) -> bool {
        !self.anew && self.terminating.is_empty() && self.interrupted.is_empty()
    }

    /// The container instances that events of this batch are about.
    pub fn mentioned(&self) -> BTreeSet<&String> {
        self.empty.keys().chain(self.stopped.keys()).collect()
    }

    /// Whether an event of this batch is about the container instance.
    pub fn mention(&self, arn: &str) -> bool {
        self.empty.contains_key(arn) || self.stopped.contains_key(arn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::settings;
    use crate::notice::{ContainerInstanceChange, SpotInterruption, TaskChange, Terminating};

    fn heed(notice: Notice) -> Result<Hints, Skip> {
        let mut hints = Hints::default();
        hints.heed(notice, &settings(), Time::UNIX_EPOCH + Duration::hours(1)).map(|()| hints)
    }

    fn terminating(group: &str, cluster: Option<&str>) -> Notice {
        Notice::Terminating(Terminating {
            group: group.to_owned(),
            instance: "i-1".to_owned(),
            cluster: cluster.map(str::to_owned),
        })
    }

    #[test]
    fn a_notice_of_another_group_or_cluster_asks_for_no_look() {
        assert!(heed(terminating("demo-group", None)).unwrap().terminating.contains("i-1"));
        assert!(heed(terminating("demo-group", Some("demo"))).is_ok());
        assert_eq!(heed(terminating("other", None)), Err(Skip::OtherGroup));
        assert_eq!(heed(terminating("demo-group", Some("other"))), Err(Skip::OtherCluster));
        let schedule = Notice::Schedule { cluster: "other".to_owned() };
        assert_eq!(heed(schedule), Err(Skip::OtherCluster));
    }

    #[test]
    fn a_cluster_is_known_by_its_arn_too() {
        let stopped = |cluster: &str| {
            heed(Notice::Task(TaskChange {
                cluster: cluster.to_owned(),
                container_instance: "ci".to_owned(),
                arn: "t".to_owned(),
            }))
        };
        let hints = stopped("arn:aws:ecs:us-east-1:123456789012:cluster/demo").unwrap();
        assert!(hints.mention("ci") && !hints.mention("other") && !hints.net);
        assert_eq!(
            stopped("arn:aws:ecs:us-east-1:123456789012:cluster/demo2"),
            Err(Skip::OtherCluster)
        );
    }

    #[test]
    fn an_interruption_announced_ten_minutes_ago_is_stale() {
        let spot = |minutes: i64| {
            heed(Notice::SpotInterruption(SpotInterruption {
                instance: "i-1".to_owned(),
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

    fn change(empty: bool) -> Notice {
        Notice::ContainerInstance(ContainerInstanceChange {
            cluster: "demo".to_owned(),
            arn: "ci".to_owned(),
            empty,
            agent_connected: true,
            at: None,
        })
    }

    fn tick(pace: Pace) -> Notice {
        Notice::Tick(tick::Tick { of: Subject::Cluster("demo".to_owned()), pace, bucket: 1 })
    }

    #[test]
    fn only_a_container_instance_that_is_empty_brings_a_drain_further() {
        let hints = heed(change(true)).unwrap();
        assert_eq!(hints.mentioned(), BTreeSet::from([&"ci".to_owned()]));
        assert!(hints.connected.contains("ci"));
        assert_eq!(heed(change(false)), Err(Skip::NoProgress));
    }

    #[test]
    fn events_and_later_ticks_ask_for_known_drains_and_all_else_for_everybody() {
        assert!(heed(change(true)).unwrap().of_known_drains());
        let later = heed(tick(Pace::Later)).unwrap();
        assert!(later.net && later.of_known_drains());
        let wide = [
            tick(Pace::Soon),
            Notice::Schedule { cluster: "demo".to_owned() },
            terminating("demo-group", None),
            Notice::SpotInterruption(SpotInterruption {
                instance: "i-1".to_owned(),
                at: Time::UNIX_EPOCH + Duration::hours(1),
            }),
        ];
        for notice in wide {
            assert!(!heed(notice.clone()).unwrap().of_known_drains(), "{notice:?}");
        }
        let mut both = heed(tick(Pace::Soon)).unwrap();
        both.heed(tick(Pace::Later), &settings(), Time::UNIX_EPOCH).unwrap();
        assert!(both.anew);
    }
}
