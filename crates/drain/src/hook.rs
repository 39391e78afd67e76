//! The lifecycle hook of a group: what hook-keeper puts and auto-drain completes.

use std::fmt;
use std::str::FromStr;

use aws_names::{ClusterArn, ClusterName, HookName, RoleArn, TopicArn};
use serde_json::Value;
use time::Duration;

use crate::Time;
use crate::settings::{AtDeadline, Settings, values};

/// The name of the lifecycle hook of ecs-tide, the same on every group.
pub const HOOK: &str = "ecs-tide-drain";

/// [`HOOK`] as a name.
pub fn hook() -> HookName {
    HookName::from_aws(HOOK)
}

/// The name of the hook by which ECS drains the instances of a capacity provider.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>
pub const MANAGED_DRAINING: &str = "ecs-managed-draining-termination-hook";

/// Begins the digest of a hook that was removed.
const REMOVED: &str = "removed-";

const TERMINATING: &str = "autoscaling:EC2_INSTANCE_TERMINATING";

/// A lifecycle hook without its name: one that is wanted, or one as Auto Scaling shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    pub transition: String,
    /// Its heartbeat timeout.
    pub heartbeat: Duration,
    /// `CONTINUE` or `ABANDON`: what a timeout does.
    pub default_result: String,
    /// The ARN of the notification target.
    pub target: Option<String>,
    /// The ARN of the role that notifies the target.
    pub role: Option<String>,
    /// The notification metadata.
    pub metadata: Option<String>,
}

impl Hook {
    /// The hook for a group of `cluster` with these settings.
    pub fn wanted(
        cluster: &ClusterName,
        settings: &Settings,
        topic: &TopicArn,
        role: &RoleArn,
    ) -> Self {
        let default_result = match settings.at_deadline {
            AtDeadline::Abandon => "ABANDON",
            AtDeadline::Continue | AtDeadline::Wait => "CONTINUE",
        };
        Self {
            transition: TERMINATING.to_owned(),
            heartbeat: settings.heartbeat,
            default_result: default_result.to_owned(),
            target: Some(topic.to_string()),
            role: Some(role.to_string()),
            metadata: Some(format!(r#"{{"cluster":"{cluster}"}}"#)),
        }
    }

    /// The cluster that the notification metadata names, by its name or ARN: `{"cluster":"demo"}`.
    pub fn cluster(&self) -> Option<ClusterName> {
        let metadata: Value = serde_json::from_str(self.metadata.as_deref()?).ok()?;
        let named = metadata.get("cluster")?.as_str()?;
        let arn = named.parse::<ClusterArn>();
        arn.map_or_else(|_| named.parse().ok(), |arn| Some(arn.name()))
    }

    /// The mark of this hook on a group of `cluster`.
    pub fn mark(&self, cluster: &ClusterName) -> HookMark {
        let digest = format!("{:016x}", fnv1a(&self.text()));
        HookMark { cluster: cluster.clone(), heartbeat: self.heartbeat, digest }
    }

    /// Everything that the digest covers, in lines.
    fn text(&self) -> String {
        let Self { transition, heartbeat, default_result, target, role, metadata } = self;
        let heartbeat = heartbeat.whole_seconds();
        let [target, role, metadata] =
            [target, role, metadata].map(|part| part.as_deref().unwrap_or_default());
        format!("{HOOK}\n{transition}\n{heartbeat}\n{default_result}\n{target}\n{role}\n{metadata}")
    }
}

/// The value of `ecs-tide:hook`: what the hook of a group was made from. After the hook was removed
/// it leads to what drains have left, and says when that was.
///
/// ```text
/// ecs-tide:hook = demo@1800@5f3a2c9b1d7e4680
/// ecs-tide:hook = demo@1800@removed-6926c0f0
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookMark {
    /// The cluster in the hook's notification metadata.
    pub cluster: ClusterName,
    /// Its heartbeat timeout.
    pub heartbeat: Duration,
    /// A digest of the whole hook, or since when it is gone.
    pub digest: String,
}

impl HookMark {
    /// The mark of the same hook after it was removed at `now`.
    #[must_use]
    pub fn removed(&self, now: Time) -> Self {
        Self { digest: format!("{REMOVED}{:08x}", now.unix_timestamp()), ..self.clone() }
    }

    /// When the hook was removed, if it was.
    pub fn removed_at(&self) -> Option<Time> {
        let since = i64::from_str_radix(self.digest.strip_prefix(REMOVED)?, 16).ok()?;
        Time::from_unix_timestamp(since).ok()
    }
}

impl fmt::Display for HookMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster, heartbeat, digest } = self;
        write!(f, "{cluster}@{}@{digest}", heartbeat.whole_seconds())
    }
}

impl FromStr for HookMark {
    type Err = String;

    fn from_str(value: &str) -> Result<Self, String> {
        let mark = || {
            let mut parts = value.split('@');
            let cluster = parts.next()?.parse().ok()?;
            let heartbeat = values::heartbeat(parts.next()?).ok()?;
            let digest = parts.next().filter(|digest| !digest.is_empty())?.to_owned();
            parts.next().is_none().then_some(Self { cluster, heartbeat, digest })
        };
        mark().ok_or_else(|| "nothing: remove it, hook-keeper writes it again".to_owned())
    }
}

/// The 64-bit FNV-1a hash, which is the same in every build.
/// <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>
pub fn fnv1a(text: &str) -> u64 {
    let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::settings;

    fn wanted(at_deadline: AtDeadline) -> Hook {
        Hook::wanted(
            &ClusterName::from_aws("demo"),
            &Settings { at_deadline, ..settings() },
            &TopicArn::from_aws("arn:aws:sns:us-east-1:123456789012:ecs-tide-lifecycle"),
            &RoleArn::from_aws("arn:aws:iam::123456789012:role/ecs-tide-hook-us-east-1"),
        )
    }

    #[test]
    fn only_a_drain_that_is_abandoned_at_its_deadline_has_abandon() {
        let result = |at_deadline| wanted(at_deadline).default_result;
        assert_eq!(result(AtDeadline::Abandon), "ABANDON");
        assert_eq!([AtDeadline::Continue, AtDeadline::Wait].map(result), ["CONTINUE"; 2]);
    }

    #[test]
    fn a_change_of_any_part_changes_the_digest() {
        let hook = wanted(AtDeadline::Continue);
        let digest = |hook: &Hook| hook.mark(&ClusterName::from_aws("demo")).digest;
        let other = || Some("other".to_owned());
        for changed in [
            Hook { transition: "autoscaling:EC2_INSTANCE_LAUNCHING".to_owned(), ..hook.clone() },
            Hook { heartbeat: Duration::seconds(30), ..hook.clone() },
            Hook { default_result: "ABANDON".to_owned(), ..hook.clone() },
            Hook { target: other(), ..hook.clone() },
            Hook { role: other(), ..hook.clone() },
            Hook { metadata: other(), ..hook.clone() },
        ] {
            assert_ne!(digest(&changed), digest(&hook), "{changed:?}");
        }
        assert_eq!(digest(&hook.clone()), digest(&hook));
    }

    #[test]
    fn a_mark_of_a_hook_fits_into_a_tag_and_reads_as_it_was_written() {
        let mark = wanted(AtDeadline::Wait).mark(&ClusterName::from_aws("demo"));
        assert_eq!(mark.to_string(), format!("demo@1800@{}", mark.digest));
        assert_eq!(mark.to_string().parse(), Ok(mark));
    }

    #[test]
    fn metadata_of_a_hook_names_its_cluster_or_none() {
        let cluster = |metadata: Option<&str>| {
            let metadata = metadata.map(str::to_owned);
            Hook { metadata, ..wanted(AtDeadline::Continue) }.cluster()
        };
        for metadata in ["", "no json", "7", r#"{"x":1}"#, r#"{"cluster":"a b"}"#] {
            assert_eq!(cluster(Some(metadata)), None, "{metadata}");
        }
        assert_eq!(cluster(None), None);
        let arn = "arn:aws:ecs:us-east-1:123456789012:cluster/demo";
        for name in ["demo", arn] {
            let metadata = format!(r#"{{"cluster":"{name}"}}"#);
            assert_eq!(cluster(Some(&metadata)), Some(ClusterName::from_aws("demo")));
        }
    }

    #[test]
    fn a_hook_mark_reads_as_it_was_written() {
        let mark = HookMark {
            cluster: ClusterName::from_aws("a-b_c"),
            heartbeat: Duration::seconds(30),
            digest: "5f3a2c9b1d7e4680".to_owned(),
        };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for bad in ["", "demo", "demo@1800", "demo@1800@", "demo@29@a", "a b@1800@a", "d@900@a@b"] {
            assert!(bad.parse::<HookMark>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mark_says_when_its_hook_was_removed() {
        let mark: HookMark = "demo@1800@0a1b".parse().unwrap();
        let now = Time::from_unix_timestamp(1_764_147_440).unwrap();
        let removed: HookMark = mark.removed(now).to_string().parse().unwrap();
        assert_eq!((mark.removed_at(), removed.removed_at()), (None, Some(now)));
        assert_eq!(removed.to_string(), "demo@1800@removed-6926c0f0");
    }

    /// Test vectors of the draft.
    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a("foobar"), 0x8594_4171_f739_67e8);
    }
}
