//! The tags by which an Auto Scaling group opts in, and what they say.
//!
//! | tag | value |
//! |---|---|
//! | `ecs-tide:cluster` | the name of the group's ECS cluster, at most 234 characters; without it the group is not drained |
//! | `ecs-tide:mode` | `drain` (default), `observe` or `off` |
//! | `ecs-tide:heartbeat-seconds` | heartbeat timeout of the hook, 30 to 7200 |
//! | `ecs-tide:deadline-seconds` | longest duration of a drain, 60 to 172200 |
//! | `ecs-tide:at-deadline` | `continue`, `abandon` or `wait` |
//! | `ecs-tide:standalone-tasks` | `wait` or `stop` |
//! | `ecs-tide:agent-gone-seconds` | seconds until a disconnected agent is given up, 0 to 172800; 0 never does |
//! | `ecs-tide:hook` | what hook-keeper put: cluster, heartbeat timeout and digest of the hook |
//!
//! An invalid value is reported by its tag, and the setting of the installation holds.

use std::collections::BTreeMap;

use aws_names::ClusterName;

use crate::hook::HookMark;
use crate::settings::{Contradiction, Settings, values};

/// Every tag that is read.
pub mod tags {
    pub const CLUSTER: &str = "ecs-tide:cluster";
    pub const MODE: &str = "ecs-tide:mode";
    pub const HEARTBEAT: &str = "ecs-tide:heartbeat-seconds";
    pub const DEADLINE: &str = "ecs-tide:deadline-seconds";
    pub const AT_DEADLINE: &str = "ecs-tide:at-deadline";
    pub const STANDALONE: &str = "ecs-tide:standalone-tasks";
    pub const AGENT_GONE: &str = "ecs-tide:agent-gone-seconds";
    pub const HOOK: &str = "ecs-tide:hook";
}

/// What is done for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Its instances are drained.
    #[default]
    Drain,
    /// Nothing is changed, and tasks that die with its instances are counted.
    Observe,
    /// Nothing. With this mode and with [`Mode::Observe`], drains under way are finished.
    Off,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Drain => "drain",
            Self::Observe => "observe",
            Self::Off => "off",
        }
    }

    fn read(value: &str) -> Result<Self, String> {
        [Self::Drain, Self::Observe, Self::Off]
            .into_iter()
            .find(|mode| mode.name() == value)
            .ok_or_else(|| "drain or observe or off".to_owned())
    }
}

/// The longest name of a cluster of which the mark fits into a tag, whose value has at most 256
/// characters (<https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Tag.html>). ECS allows
/// 255 (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html>).
const LONGEST_CLUSTER: usize = 256 - "@7200@0123456789abcdef".len();

fn cluster(value: &str) -> Result<ClusterName, String> {
    let name: ClusterName = value.parse().map_err(|bad: aws_names::BadName| bad.wanted)?;
    if name.as_str().len() > LONGEST_CLUSTER {
        return Err(format!("a name of at most {LONGEST_CLUSTER} characters"));
    }
    Ok(name)
}

/// What the tags of a group say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTags {
    /// The cluster of its instances. If only `ecs-tide:hook` is left of the tags, the one there.
    pub cluster: Option<ClusterName>,
    pub mode: Mode,
    /// The settings of the installation, with the overrides of the tags.
    pub settings: Settings,
    pub hook: Option<HookMark>,
    /// What is wrong with each invalid tag, and how to correct it.
    pub invalid_tags: BTreeMap<&'static str, String>,
}

impl GroupTags {
    /// Reads the tags of a group, of which any may be missing or invalid.
    pub fn read<'t>(
        tags: impl IntoIterator<Item = (&'t str, &'t str)>,
        installation: &Settings,
    ) -> Self {
        let mut read = Tags { tags: tags.into_iter().collect(), invalid_tags: BTreeMap::new() };
        let cluster: Option<ClusterName> = read.value(tags::CLUSTER, cluster);
        let mode = read.value(tags::MODE, Mode::read);
        let hook: Option<HookMark> = read.value(tags::HOOK, str::parse);
        let mode = if cluster.is_some() { mode.unwrap_or_default() } else { Mode::Off };
        let settings = read.settings(installation);
        let cluster = cluster.or_else(|| hook.as_ref().map(|hook| hook.cluster.clone()));
        Self { cluster, mode, settings, hook, invalid_tags: read.invalid_tags }
    }

    /// The settings of drains that begin now. The hook that is on the group decides how often it
    /// needs a heartbeat, also while hook-keeper has not followed a changed tag.
    pub fn drain_settings(&self) -> Settings {
        let heartbeat = self.hook.as_ref().map_or(self.settings.heartbeat, |hook| hook.heartbeat);
        Settings { heartbeat, ..self.settings }
    }
}

struct Tags<'t> {
    tags: BTreeMap<&'t str, &'t str>,
    invalid_tags: BTreeMap<&'static str, String>,
}

impl Tags<'_> {
    fn value<T>(
        &mut self,
        tag: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.tags.get(tag)?;
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(wanted) => {
                self.invalid_tags.insert(tag, format!("is `{value}`, set it to {wanted}"));
                None
            }
        }
    }

    fn settings(&mut self, installation: &Settings) -> Settings {
        let heartbeat = self.value(tags::HEARTBEAT, values::heartbeat);
        let deadline = self.value(tags::DEADLINE, values::deadline);
        let at_deadline = self.value(tags::AT_DEADLINE, values::at_deadline);
        let standalone = self.value(tags::STANDALONE, values::standalone);
        let agent_gone = self.value(tags::AGENT_GONE, values::agent_gone);
        let mut settings = Settings {
            heartbeat: heartbeat.unwrap_or(installation.heartbeat),
            deadline: deadline.unwrap_or(installation.deadline),
            at_deadline: at_deadline.unwrap_or(installation.at_deadline),
            standalone: standalone.unwrap_or(installation.standalone),
            agent_gone: agent_gone.unwrap_or(installation.agent_gone),
            ..*installation
        };
        for (tag, what) in contradicting(&mut settings, installation) {
            self.invalid_tags.insert(tag, what);
        }
        settings
    }
}

/// Gives up the overrides that contradict the rest: first the deadline's, then the heartbeat's,
/// because the installation's own settings agree.
fn contradicting(settings: &mut Settings, installation: &Settings) -> Vec<(&'static str, String)> {
    let mut given_up = Vec::new();
    while let Some(contradiction) = settings.contradiction() {
        match contradiction {
            Contradiction::Deadline { longest } if settings.deadline > installation.deadline => {
                settings.deadline = installation.deadline;
                let longest = longest.whole_seconds();
                let what = format!("is later than the hook can wait, set it to {longest} or less");
                given_up.push((tags::DEADLINE, what));
            }
            Contradiction::Deadline { .. } | Contradiction::Later { .. } => {
                if settings.heartbeat == installation.heartbeat {
                    break;
                }
                settings.heartbeat = installation.heartbeat;
                let what = match contradiction {
                    Contradiction::Later { .. } => "is less than three times LaterSeconds",
                    Contradiction::Deadline { .. } => "is too short for the deadline",
                };
                given_up.push((tags::HEARTBEAT, format!("{what}, raise it")));
            }
        }
    }
    given_up
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;
    use crate::fixtures::settings;
    use crate::settings::{AtDeadline, Standalone};

    fn read(tags: &[(&str, &str)]) -> GroupTags {
        GroupTags::read(tags.iter().copied(), &settings())
    }

    fn opted_in(tags: &[(&str, &str)]) -> GroupTags {
        read(&[&[(tags::CLUSTER, "demo")], tags].concat())
    }

    #[test]
    fn the_name_of_the_cluster_is_enough() {
        let group = opted_in(&[("Name", "web")]);
        assert_eq!(group.cluster.as_ref().map(ClusterName::as_str), Some("demo"));
        assert_eq!((group.mode, &group.settings), (Mode::Drain, &settings()));
        assert!(group.hook.is_none() && group.invalid_tags.is_empty());
    }

    #[test]
    fn a_group_without_our_tags_is_off() {
        let group = read(&[("Name", "web"), (tags::MODE, "drain")]);
        assert_eq!((group.cluster, group.mode), (None, Mode::Off));
    }

    #[test]
    fn a_deleted_cluster_tag_is_off_in_the_cluster_of_the_hook() {
        let group = read(&[(tags::HOOK, "demo@1800@0a1b"), (tags::MODE, "drain")]);
        assert_eq!(group.cluster.as_ref().map(ClusterName::as_str), Some("demo"));
        assert_eq!(group.mode, Mode::Off);
    }

    #[test]
    fn overrides_replace_the_settings_of_the_installation() {
        let group = opted_in(&[
            (tags::HEARTBEAT, "900"),
            (tags::DEADLINE, "3600"),
            (tags::AT_DEADLINE, "wait"),
            (tags::STANDALONE, "stop"),
            (tags::AGENT_GONE, "600"),
        ]);
        let expected = Settings {
            heartbeat: Duration::minutes(15),
            deadline: Duration::hours(1),
            at_deadline: AtDeadline::Wait,
            standalone: Standalone::Stop,
            agent_gone: Some(Duration::minutes(10)),
            ..settings()
        };
        assert_eq!((group.settings, group.invalid_tags), (expected, BTreeMap::new()));
    }

    #[test]
    fn each_invalid_value_is_named_and_the_installation_holds() {
        let group = opted_in(&[
            (tags::MODE, "on"),
            (tags::HEARTBEAT, "29"),
            (tags::DEADLINE, "1h"),
            (tags::AT_DEADLINE, ""),
            (tags::STANDALONE, "Stop"),
            (tags::AGENT_GONE, "-1"),
            (tags::HOOK, "demo"),
        ]);
        assert_eq!((group.mode, &group.settings), (Mode::Drain, &settings()));
        assert_eq!(group.invalid_tags.len(), 7);
        assert_eq!(
            group.invalid_tags[tags::HEARTBEAT],
            "is `29`, set it to whole seconds from 30 to 7200"
        );
    }

    #[test]
    fn an_invalid_cluster_is_named_and_opts_nothing_in() {
        let group = read(&[(tags::CLUSTER, "arn:aws:ecs:eu-west-1:123456789012:cluster/demo")]);
        assert_eq!((group.cluster, group.mode), (None, Mode::Off));
        assert!(group.invalid_tags.contains_key(tags::CLUSTER));
    }

    #[test]
    fn a_cluster_whose_mark_does_not_fit_into_a_tag_is_named() {
        let longest = "a".repeat(LONGEST_CLUSTER);
        let group = read(&[(tags::CLUSTER, &longest)]);
        let mark = HookMark {
            cluster: group.cluster.unwrap(),
            heartbeat: Duration::seconds(7_200),
            digest: "5f3a2c9b1d7e4680".to_owned(),
        };
        assert_eq!(mark.to_string().len(), 256);
        let longer = read(&[(tags::CLUSTER, &format!("{longest}a"))]);
        assert_eq!((longer.cluster, longer.mode), (None, Mode::Off));
        assert!(longer.invalid_tags[tags::CLUSTER].ends_with("a name of at most 234 characters"));
    }

    #[test]
    fn contradictions_are_named_and_settle_on_what_agrees() {
        let late = opted_in(&[(tags::HEARTBEAT, "1200"), (tags::DEADLINE, "119401")]);
        assert_eq!(late.settings.deadline, settings().deadline);
        assert_eq!(late.settings.heartbeat, Duration::minutes(20));
        assert!(late.invalid_tags[tags::DEADLINE].ends_with("set it to 119400 or less"));
        let short = opted_in(&[(tags::HEARTBEAT, "60")]);
        assert_eq!(short.settings, settings());
        assert!(short.invalid_tags[tags::HEARTBEAT].contains("LaterSeconds"));
    }

    #[test]
    fn the_mark_of_a_removed_hook_still_names_the_cluster() {
        let group = read(&[(tags::HOOK, "demo@1800@removed-6926c0f0")]);
        assert_eq!(group.cluster.as_ref().map(ClusterName::as_str), Some("demo"));
    }

    #[test]
    fn a_drain_follows_the_heartbeat_of_the_hook_that_is_there() {
        let group = opted_in(&[(tags::HEARTBEAT, "3600"), (tags::HOOK, "demo@900@0a1b")]);
        assert_eq!(group.settings.heartbeat, Duration::hours(1));
        assert_eq!(group.drain_settings().heartbeat, Duration::minutes(15));
    }
}
