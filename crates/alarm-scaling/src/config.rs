//! Configuration: what the template's parameters become.

use function::environment::{BadEnvironment, Strings, Variables, buckets, switch, text};
use scaling::policy::Policies;
use tick::Paces;

/// The configuration of alarm-scaling.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// What each alarm does to which target.
    pub policies: Policies,
    /// The FIFO topic that takes turns and ticks.
    pub reinvoke_topic: String,
    /// The buckets of the delay queues.
    pub paces: Paces,
    /// Whether anything is scaled at all.
    pub scaling: bool,
    /// Whether ticks are asked for at all.
    pub reinvoke: bool,
    /// Decide and record, change nothing.
    pub dry_run: bool,
}

impl Config {
    /// Read the configuration:
    ///
    /// | variable | default | meaning |
    /// |---|---|---|
    /// | `POLICIES` | required | the scaling policies, YAML or JSON |
    /// | `MORE_POLICIES` | | further ones, as if they stood in the same document |
    /// | `REINVOKE_TOPIC_ARN` | required | the FIFO topic for turns and ticks |
    /// | `SOON_SECONDS` | 6 | the soon queue's delay, 6 to 60 |
    /// | `LATER_SECONDS` | 240 | the later queue's delay, 10 to 240 |
    /// | `SCALING` | on | the kill switch: `off` scales nothing and calls nothing |
    /// | `REINVOKE` | on | the loop's switch: `on` or `off` |
    /// | `DRY_RUN` | off | `on`: decide and record, change nothing |
    ///
    /// # Errors
    /// Every variable that is absent or bad; of the policies every fault.
    pub fn read(strings: &dyn Strings) -> Result<Self, BadEnvironment> {
        let mut from = Variables::new(strings);
        let policies = from.required("POLICIES", text);
        let more = from.defaulted("MORE_POLICIES", "", |value| Ok(value.to_owned()));
        let reinvoke_topic = from.required("REINVOKE_TOPIC_ARN", topic);
        let soon = from.defaulted("SOON_SECONDS", "6", buckets(6..=60));
        let later = from.defaulted("LATER_SECONDS", "240", buckets(10..=240));
        let scaling = from.defaulted("SCALING", "on", switch);
        let reinvoke = from.defaulted("REINVOKE", "on", switch);
        let dry_run = from.defaulted("DRY_RUN", "off", switch);
        let policies = policies.zip(more).and_then(|(policies, more)| {
            let further = Some(more.as_str()).filter(|more| !more.trim().is_empty());
            let read = Policies::read_all([policies.as_str()].into_iter().chain(further));
            read.map_err(|faults| from.fault("POLICIES", format!("cannot be used: {faults}"))).ok()
        });
        let config = (|| {
            Some(Self {
                policies: policies?,
                reinvoke_topic: reinvoke_topic?,
                paces: Paces { soon: soon?, later: later? },
                scaling: scaling?,
                reinvoke: reinvoke?,
                dry_run: dry_run?,
            })
        })();
        from.finish(config)
    }

    /// Whether an alarm of that account and region is one of ours: policies name alarms, and
    /// names are those of one account and region. The topic is ours.
    pub fn is_home(&self, account: &str, region: &str) -> bool {
        let mut parts = self.reinvoke_topic.split(':').skip(3);
        (parts.next(), parts.next()) == (Some(region), Some(account))
    }
}

/// An ARN of a FIFO topic.
fn topic(value: &str) -> Result<String, String> {
    let parts: Vec<&str> = value.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "sns", _, _, name] if name.ends_with(".fifo") => Ok(value.to_owned()),
        _ => Err("the ARN of a FIFO topic".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const POLICY: &str = r#"{"Policies":[{"Alarm":"high","ResourceId":"service/tide/web",
        "MinCapacity":1,"MaxCapacity":9,"AdjustmentType":"ChangeInCapacity",
        "StepAdjustments":[{"MetricIntervalLowerBound":0,"ScalingAdjustment":1}]}]}"#;
    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:tide-reinvoke.fifo";

    fn read(set: &[(&str, &str)]) -> Result<Config, BadEnvironment> {
        let needed = [("POLICIES", POLICY), ("REINVOKE_TOPIC_ARN", TOPIC)];
        let all = needed.iter().chain(set);
        let strings: BTreeMap<String, String> =
            all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::read(&strings)
    }

    #[test]
    fn the_defaults_scale_and_come_back() {
        let config = read(&[]).unwrap();
        assert!(config.scaling && config.reinvoke && !config.dry_run);
        assert_eq!(config.paces.later.delay(), time::Duration::minutes(4));
        assert_eq!(config.policies.policies.len(), 1);
    }

    #[test]
    fn further_policies_are_read_as_if_they_stood_in_the_same_document() {
        let other = POLICY.replace("web", "api");
        assert_eq!(read(&[("MORE_POLICIES", &other)]).unwrap().policies.policies.len(), 2);
        let contradicts = POLICY.replace(":9", ":7");
        let error = read(&[("MORE_POLICIES", &contradicts)]).unwrap_err().to_string();
        assert!(error.contains("Policies[1].MaxCapacity: is 7, and 9 in Policies[0]"), "{error}");
    }

    #[test]
    fn whatever_is_bad_is_named_in_one_failure() {
        let error = read(&[
            ("POLICIES", r#"{"Policies":[{"Alarm":"high"}]}"#),
            ("REINVOKE_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:tide-reinvoke"),
            ("SCALING", "maybe"),
        ]);
        let error = error.unwrap_err().to_string();
        for part in [
            "POLICIES cannot be used: ",
            "Policies[0].ResourceId: is missing",
            "REINVOKE_TOPIC_ARN is",
            "set it to the ARN of a FIFO topic",
            "SCALING is `maybe`",
        ] {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }

    #[test]
    fn home_is_where_the_topic_is() {
        let config = read(&[]).unwrap();
        assert!(config.is_home("123456789012", "us-east-1"));
        assert!(!config.is_home("210987654321", "us-east-1"));
        assert!(!config.is_home("123456789012", "eu-west-1"));
    }
}
