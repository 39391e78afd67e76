//! Configuration, from the environment variables that the template sets.

use aws_names::{AlarmArn, FifoTopicArn};
use function::environment::{BadEnvironment, Strings, Variables, buckets, name, switch};
use requeue::DelayClasses;

/// The configuration of alarm-scaling.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// ARN of the FIFO topic for work items and requeue messages.
    pub reinvoke_topic: FifoTopicArn,
    /// The time buckets of the delay queues.
    pub delay_classes: DelayClasses,
    /// Whether scaling is on. If not, the function makes no AWS call.
    pub scaling: bool,
    /// Whether requeue messages are sent.
    pub reinvoke: bool,
    /// Whether to log every decision and change nothing.
    pub dry_run: bool,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `REINVOKE_TOPIC_ARN` | required | ARN of the FIFO topic for work items and requeue messages |
    /// | `SOON_SECONDS` | 6 | delay of the soon queue, 6 to 60 |
    /// | `LATER_SECONDS` | 240 | delay of the later queue, 10 to 240 |
    /// | `SCALING` | on | switch of scaling: `off` scales nothing and makes no AWS call |
    /// | `REINVOKE` | on | switch of the re-invoke loop: `on` or `off` |
    /// | `DRY_RUN` | off | `on`: log every decision and change nothing |
    ///
    /// # Errors
    /// Lists every missing or invalid variable.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", name);
        let soon = from.defaulted("SOON_SECONDS", "6", buckets(6..=60));
        let later = from.defaulted("LATER_SECONDS", "240", buckets(10..=240));
        let scaling = from.defaulted("SCALING", "on", switch);
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let dry_run = from.defaulted("DRY_RUN", "off", switch);
        let config = (|| {
            Some(Self {
                reinvoke_topic: reinvoke_topic?,
                delay_classes: DelayClasses { soon: soon?, later: later? },
                scaling: scaling?,
                reinvoke: reinvoke?,
                dry_run: dry_run?,
            })
        })();
        from.finish(config)
    }

    /// Whether an alarm is in the account and Region of the re-invoke topic. The
    /// tags of other alarms cannot be read.
    pub fn is_home(&self, alarm: &AlarmArn) -> bool {
        alarm.arn().is_beside(self.reinvoke_topic.arn())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:tide-reinvoke.fifo";

    fn read(set: &[(&str, &str)]) -> Result<Config, BadEnvironment> {
        let needed = [("REINVOKE_TOPIC_ARN", TOPIC)];
        let all = needed.iter().chain(set);
        let strings: BTreeMap<String, String> =
            all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::read(&strings)
    }

    #[test]
    fn the_defaults_scale_and_requeue() {
        let config = read(&[]).unwrap();
        assert!(config.scaling && config.reinvoke && !config.dry_run);
        assert_eq!(config.delay_classes.later.delay(), time::Duration::minutes(4));
    }

    #[test]
    fn one_error_lists_all_invalid_variables() {
        let error = read(&[
            ("REINVOKE_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:tide-reinvoke"),
            ("SCALING", "maybe"),
        ]);
        let error = error.unwrap_err().to_string();
        for part in
            ["REINVOKE_TOPIC_ARN is", "set it to the ARN of a FIFO topic", "SCALING is `maybe`"]
        {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }

    #[test]
    fn alarms_must_be_of_the_topics_account_and_region() {
        let is_home = |home: &str| {
            let alarm = format!("arn:aws:cloudwatch:{home}:alarm:high").parse().unwrap();
            read(&[]).unwrap().is_home(&alarm)
        };
        assert!(is_home("us-east-1:123456789012"));
        assert!(!is_home("us-east-1:210987654321"));
        assert!(!is_home("eu-west-1:123456789012"));
    }
}
