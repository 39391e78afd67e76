//! Configuration from environment variables, which the template sets from its parameters.

use aws_names::FifoTopicArn;
use drain::settings::{Contradiction, Settings, values};
use function::environment::{BadEnvironment, Strings, Variables, buckets, name, switch};
use function::record::Record;
use requeue::DelayClasses;

/// The configuration of auto-drain.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Settings of the groups whose tags do not override them.
    pub settings: Settings,
    /// The ARN of the FIFO topic for requeue messages.
    pub reinvoke_topic: FifoTopicArn,
    /// The buckets of the delay queues.
    pub delay_classes: DelayClasses,
    /// Whether requeue messages are requested at all.
    pub reinvoke: bool,
    /// Decide and log, but change nothing.
    pub dry_run: bool,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `HEARTBEAT_SECONDS` | 1800 | heartbeat timeout of the hook, 30 to 7200 |
    /// | `DEADLINE_SECONDS` | 7200 | longest duration of a drain, 60 to 172200, at most 100 heartbeats less 600 s |
    /// | `AT_DEADLINE` | continue | what to do with an instance at the deadline: `continue`, `abandon` or `wait` |
    /// | `STANDALONE_TASKS` | wait | what to do with tasks of no service at the deadline: `wait` or `stop` |
    /// | `AGENT_GONE_SECONDS` | 0 | release an instance whose agent has been disconnected for so long, 0 to 172800; 0 never does |
    /// | `REINVOKE_TOPIC_ARN` | required | ARN of the FIFO topic for requeue messages |
    /// | `SOON_SECONDS` | 6 | delay of the soon queue, 6 to 60 |
    /// | `LATER_SECONDS` | 240 | delay of the later queue, 10 to 240, a third of the heartbeat at most |
    /// | `REINVOKE` | on | switch of the re-invoke loop: `on` or `off` |
    /// | `DRY_RUN` | off | `on`: log every decision and change nothing |
    ///
    /// # Errors
    /// All variables that are absent or invalid, and all combinations that contradict each other.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let heartbeat = from.defaulted("HEARTBEAT_SECONDS", "1800", values::heartbeat);
        let deadline = from.defaulted("DEADLINE_SECONDS", "7200", values::deadline);
        let at_deadline = from.defaulted("AT_DEADLINE", "continue", values::at_deadline);
        let standalone = from.defaulted("STANDALONE_TASKS", "wait", values::standalone);
        let agent_gone = from.defaulted("AGENT_GONE_SECONDS", "0", values::agent_gone);
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", name);
        let soon = from.defaulted("SOON_SECONDS", "6", buckets(6..=60));
        let later = from.defaulted("LATER_SECONDS", "240", buckets(10..=240));
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let dry_run = from.defaulted("DRY_RUN", "off", switch);

        let config = (|| {
            let later = later?;
            Some(Self {
                settings: Settings {
                    heartbeat: heartbeat?,
                    deadline: deadline?,
                    at_deadline: at_deadline?,
                    standalone: standalone?,
                    agent_gone: agent_gone?,
                    later: later.delay(),
                },
                reinvoke_topic: reinvoke_topic?,
                delay_classes: DelayClasses { soon: soon?, later },
                reinvoke: reinvoke?,
                dry_run: dry_run?,
            })
        })();
        if let Some(config) = &config {
            contradictions(&config.settings, &mut from);
        }
        from.finish(config)
    }
}

impl Config {
    /// A log record that says whether this is a dry run.
    pub(crate) fn record(&self, mut record: Record) -> Record {
        if self.dry_run {
            record.field("dry_run", true);
        }
        record
    }
}

/// Records settings that contradict each other.
fn contradictions(settings: &Settings, from: &mut Variables<'_>) {
    match settings.contradiction() {
        Some(Contradiction::Later { longest }) => from.fault(
            "LATER_SECONDS",
            format!(
                "is more than a third of HEARTBEAT_SECONDS, set it to {} or less",
                longest.whole_seconds()
            ),
        ),
        Some(Contradiction::Deadline { longest }) => from.fault(
            "DEADLINE_SECONDS",
            format!(
                "is later than the hook can be kept waiting with this HEARTBEAT_SECONDS, set it \
                 to {} or less",
                longest.whole_seconds()
            ),
        ),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use time::Duration;

    use super::*;

    fn environment(set: &[(&str, &str)]) -> BTreeMap<String, String> {
        let required = [("REINVOKE_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:reinvoke.fifo")];
        required
            .iter()
            .chain(set)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn defaults_stand_where_nothing_is_set() {
        let config = Config::read(&environment(&[])).unwrap();
        assert_eq!(config.settings.deadline, Duration::hours(2));
        assert_eq!(config.settings.agent_gone, None);
        assert_eq!(config.delay_classes.later.delay(), Duration::minutes(4));
        assert!(config.reinvoke && !config.dry_run);
    }

    #[test]
    fn everything_missing_or_invalid_is_named_at_once() {
        let soon = BTreeMap::from([("SOON_SECONDS".to_owned(), "now".to_owned())]);
        let error = Config::read(&soon).unwrap_err();
        let names: Vec<_> = error.0.iter().map(|fault| fault.name).collect();
        assert_eq!(names, ["REINVOKE_TOPIC_ARN", "SOON_SECONDS"]);
    }

    #[test]
    fn a_delay_of_over_a_third_of_the_heartbeat_is_rejected() {
        let set = |later| {
            Config::read(&environment(&[("HEARTBEAT_SECONDS", "300"), ("LATER_SECONDS", later)]))
        };
        assert!(set("100").is_ok());
        assert_eq!(
            set("101").unwrap_err().to_string(),
            "bad environment: LATER_SECONDS is more than a third of HEARTBEAT_SECONDS, set it to \
             100 or less"
        );
    }

    #[test]
    fn a_deadline_that_the_hook_cannot_live_to_see_is_refused() {
        let set = |deadline| {
            Config::read(&environment(&[
                ("HEARTBEAT_SECONDS", "60"),
                ("LATER_SECONDS", "20"),
                ("DEADLINE_SECONDS", deadline),
            ]))
        };
        assert!(set("5400").is_ok());
        assert!(set("5401").unwrap_err().to_string().contains("set it to 5400 or less"));
    }
}
