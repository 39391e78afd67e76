//! Configuration from environment variables, which the template sets from its parameters.

use aws_names::{RoleArn, TopicArn};
use drain::settings::{Contradiction, Settings, Standalone, values};
use function::environment::{BadEnvironment, Strings, Variables, name, one_of, seconds, switch};

/// The configuration of hook-keeper.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The target of the hooks' notifications.
    pub lifecycle_topic: TopicArn,
    /// The role by which Auto Scaling notifies the topic.
    pub hook_role: RoleArn,
    /// The settings of groups whose tags say nothing else. A hook does not depend on what a drain
    /// does with tasks and agents.
    pub settings: Settings,
    pub hooks: Hooks,
    /// Decide and log, but change nothing.
    pub dry_run: bool,
}

/// Who makes the hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hooks {
    /// hook-keeper.
    Keep,
    /// The user. hook-keeper only reports those that auto-drain could not use.
    Own,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `LIFECYCLE_TOPIC_ARN` | required | ARN of the topic that the hooks notify |
    /// | `HOOK_ROLE_ARN` | required | ARN of the role by which Auto Scaling notifies the topic |
    /// | `HEARTBEAT_SECONDS` | 1800 | heartbeat timeout of the hooks, 30 to 7200 |
    /// | `DEADLINE_SECONDS` | 7200 | longest duration of a drain, 60 to 172200, at most 100 heartbeats less 600 s |
    /// | `AT_DEADLINE` | continue | default result of the hooks: `abandon` for ABANDON; `continue` or `wait` for CONTINUE |
    /// | `LATER_SECONDS` | 240 | delay of the later queue, 10 to 240, a third of the heartbeat at most |
    /// | `HOOKS` | keep | who makes the hooks: `keep` or `own`; `own` only reports hooks of another form |
    /// | `DRY_RUN` | off | `on`: log every decision and change nothing |
    ///
    /// # Errors
    /// All variables that are absent or invalid, and settings that contradict each other.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let lifecycle_topic = from.required("LIFECYCLE_TOPIC_ARN", name);
        let hook_role = from.required("HOOK_ROLE_ARN", name);
        let heartbeat = from.defaulted("HEARTBEAT_SECONDS", "1800", values::heartbeat);
        let deadline = from.defaulted("DEADLINE_SECONDS", "7200", values::deadline);
        let at_deadline = from.defaulted("AT_DEADLINE", "continue", values::at_deadline);
        let later = from.defaulted("LATER_SECONDS", "240", seconds(10..=240));
        let words = [("keep", Hooks::Keep), ("own", Hooks::Own)];
        let hooks = from.defaulted("HOOKS", "keep", one_of(&words));
        let dry_run = from.defaulted("DRY_RUN", "off", switch);
        let config = (|| {
            Some(Self {
                lifecycle_topic: lifecycle_topic?,
                hook_role: hook_role?,
                settings: Settings {
                    heartbeat: heartbeat?,
                    deadline: deadline?,
                    at_deadline: at_deadline?,
                    standalone: Standalone::Wait,
                    agent_gone: None,
                    later: later?,
                },
                hooks: hooks?,
                dry_run: dry_run?,
            })
        })();
        match config.as_ref().and_then(|config| config.settings.contradiction()) {
            Some(Contradiction::Later { .. }) => {
                from.fault("LATER_SECONDS", "is more than a third of HEARTBEAT_SECONDS".to_owned());
            }
            Some(Contradiction::Deadline { .. }) => {
                let what = "is later than a hook with HEARTBEAT_SECONDS can be kept waiting";
                from.fault("DEADLINE_SECONDS", what.to_owned());
            }
            None => {}
        }
        from.finish(config)
    }
}

#[cfg(test)]
pub(crate) mod fixtures {
    use std::collections::BTreeMap;

    use super::*;

    /// The configuration that these variables and the required ones set.
    pub(crate) fn config(set: &[(&str, &str)]) -> Result<Config, BadEnvironment> {
        let required = [
            ("LIFECYCLE_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:ecs-tide-lifecycle"),
            ("HOOK_ROLE_ARN", "arn:aws:iam::123456789012:role/ecs-tide-hook-us-east-1"),
        ];
        let all = required.iter().chain(set);
        let strings: BTreeMap<String, String> =
            all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::read(&strings)
    }
}

#[cfg(test)]
mod tests {
    use super::fixtures::config;
    use super::*;

    #[test]
    fn hooks_are_kept_unless_the_user_makes_them() {
        let kept = config(&[]).unwrap();
        assert_eq!((kept.hooks, kept.dry_run), (Hooks::Keep, false));
        assert_eq!(config(&[("HOOKS", "own")]).unwrap().hooks, Hooks::Own);
    }

    #[test]
    fn every_invalid_variable_is_named_at_once() {
        let bad = [("HOOK_ROLE_ARN", "hook"), ("HOOKS", "none"), ("HEARTBEAT_SECONDS", "10")];
        let error = config(&bad).unwrap_err();
        let names: Vec<_> = error.0.iter().map(|fault| fault.name).collect();
        assert_eq!(names, ["HOOK_ROLE_ARN", "HEARTBEAT_SECONDS", "HOOKS"]);
    }

    #[test]
    fn settings_that_contradict_each_other_are_refused() {
        for (heartbeat, refused) in [("719", "LATER_SECONDS"), ("70", "LATER_SECONDS")] {
            let error = config(&[("HEARTBEAT_SECONDS", heartbeat)]).unwrap_err();
            assert_eq!(error.0[0].name, refused);
        }
        let late = [("HEARTBEAT_SECONDS", "60"), ("LATER_SECONDS", "20")];
        assert_eq!(config(&late).unwrap_err().0[0].name, "DEADLINE_SECONDS");
    }
}
