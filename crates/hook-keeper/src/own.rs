//! What is wrong with a hook that the user made.

use drain::hook::{HOOK, Hook};

/// Each part that auto-drain could not use, and how to correct it. Role and default result are the
/// user's.
pub fn faults(ours: Option<&Hook>, wanted: &Hook) -> Vec<String> {
    let Some(ours) = ours else { return vec![format!("the hook {HOOK} is missing")] };
    let part = |name: &str, ours: &str, wanted: &str| {
        (ours != wanted).then(|| format!("{name} is `{ours}`, set it to `{wanted}`"))
    };
    let text = |part: &Option<String>| part.clone().unwrap_or_default();
    let seconds = |hook: &Hook| hook.heartbeat.whole_seconds().to_string();
    let faults = [
        part("LifecycleTransition", &ours.transition, &wanted.transition),
        part("HeartbeatTimeout", &seconds(ours), &seconds(wanted)),
        part("NotificationTargetARN", &text(&ours.target), &text(&wanted.target)),
        part("NotificationMetadata", &text(&ours.metadata), &text(&wanted.metadata)),
    ];
    faults.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use aws_names::ClusterName;
    use time::Duration;

    use super::*;
    use crate::config::Config;
    use crate::config::fixtures::config;

    #[test]
    fn what_is_wrong_with_a_hook_of_the_user_is_named() {
        let Config { settings, lifecycle_topic, hook_role, .. } = config(&[]).unwrap();
        let cluster = ClusterName::from_aws("demo");
        let wanted = Hook::wanted(&cluster, &settings, &lifecycle_topic, &hook_role);
        assert_eq!(faults(None, &wanted), ["the hook ecs-tide-drain is missing"]);
        let role = Some("arn:aws:iam::123456789012:role/own".to_owned());
        let own = Hook { role, default_result: "ABANDON".to_owned(), ..wanted.clone() };
        assert!(faults(Some(&own), &wanted).is_empty());
        let other = Hook { heartbeat: Duration::seconds(60), metadata: None, ..own };
        let expected = [
            "HeartbeatTimeout is `60`, set it to `1800`",
            r#"NotificationMetadata is ``, set it to `{"cluster":"demo"}`"#,
        ];
        assert_eq!(faults(Some(&other), &wanted), expected);
    }
}
