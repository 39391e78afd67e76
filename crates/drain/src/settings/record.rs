//! The settings that a drain began with, stored beside its drain record as an attribute of the
//! container instance. A change of a tag or of the stack then concerns only drains that begin
//! later.
//!
//! ```text
//! ecs-tide.settings = deadline/7200 at-deadline/continue standalone/wait agent-gone/0 heartbeat/1800
//! ```

use std::fmt;
use std::str::FromStr;

use time::Duration;

use super::{AtDeadline, Settings, Standalone, values};

/// The attribute's name.
pub const ATTRIBUTE: &str = "ecs-tide.settings";

/// The settings of one drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsRecord {
    heartbeat: Duration,
    deadline: Duration,
    at_deadline: AtDeadline,
    standalone: Standalone,
    agent_gone: Option<Duration>,
}

impl SettingsRecord {
    /// The record of a drain that begins with these settings.
    pub fn of(settings: &Settings) -> Self {
        let Settings { heartbeat, deadline, at_deadline, standalone, agent_gone, later: _ } =
            *settings;
        Self { heartbeat, deadline, at_deadline, standalone, agent_gone }
    }

    /// The settings of the drain, with what no drain keeps from `present`.
    pub fn with(self, present: &Settings) -> Settings {
        let Self { heartbeat, deadline, at_deadline, standalone, agent_gone } = self;
        Settings { heartbeat, deadline, at_deadline, standalone, agent_gone, later: present.later }
    }
}

impl fmt::Display for SettingsRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "deadline/{} at-deadline/{} standalone/{} agent-gone/{} heartbeat/{}",
            self.deadline.whole_seconds(),
            self.at_deadline.name(),
            self.standalone.name(),
            self.agent_gone.unwrap_or_default().whole_seconds(),
            self.heartbeat.whole_seconds()
        )
    }
}

/// The attribute has a value that ecs-tide did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("attribute `{ATTRIBUTE}` does not hold settings of ecs-tide, remove it")]
pub struct NoSettings;

impl FromStr for SettingsRecord {
    type Err = NoSettings;

    fn from_str(value: &str) -> Result<Self, NoSettings> {
        let named = |name: &str| {
            let mut words = value.split(' ').filter_map(|word| word.split_once('/'));
            words.find_map(|(word, value)| (word == name).then_some(value)).ok_or(NoSettings)
        };
        let bad = |_| NoSettings;
        Ok(Self {
            heartbeat: values::heartbeat(named("heartbeat")?).map_err(bad)?,
            deadline: values::deadline(named("deadline")?).map_err(bad)?,
            at_deadline: values::at_deadline(named("at-deadline")?).map_err(bad)?,
            standalone: values::standalone(named("standalone")?).map_err(bad)?,
            agent_gone: values::agent_gone(named("agent-gone")?).map_err(bad)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::settings;

    fn records() -> impl Strategy<Value = SettingsRecord> {
        let at_deadline = [AtDeadline::Continue, AtDeadline::Abandon, AtDeadline::Wait];
        let standalone = [Standalone::Wait, Standalone::Stop];
        let seconds = |range: std::ops::RangeInclusive<i64>| range.prop_map(Duration::seconds);
        (
            seconds(30..=7_200),
            seconds(60..=172_200),
            proptest::sample::select(at_deadline.to_vec()),
            proptest::sample::select(standalone.to_vec()),
            proptest::option::of(seconds(1..=172_800)),
        )
            .prop_map(|(heartbeat, deadline, at_deadline, standalone, agent_gone)| {
                SettingsRecord { heartbeat, deadline, at_deadline, standalone, agent_gone }
            })
    }

    proptest! {
        #[test]
        fn recorded_settings_round_trip_and_fit_an_attribute(record in records()) {
            let written = record.to_string();
            prop_assert_eq!(written.parse(), Ok(record));
            prop_assert!(written.len() <= 128, "{} characters", written.len());
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./@\\: ".contains(c);
            prop_assert!(written.chars().all(allowed));
        }

        #[test]
        fn no_attribute_value_panics(value in "\\PC{0,130}") {
            let _ = value.parse::<SettingsRecord>();
        }
    }

    #[test]
    fn recorded_settings_are_readable_to_an_operator() {
        let record = SettingsRecord::of(&settings());
        assert_eq!(
            record.to_string(),
            "deadline/7200 at-deadline/continue standalone/wait agent-gone/0 heartbeat/1800"
        );
        let now = Settings { deadline: Duration::HOUR, later: Duration::MINUTE, ..settings() };
        assert_eq!(record.with(&now), Settings { later: Duration::MINUTE, ..settings() });
    }

    #[test]
    fn foreign_values_are_not_settings() {
        for value in [
            "",
            "deadline/7200",
            "deadline/1 at-deadline/continue standalone/wait agent-gone/0 heartbeat/1800",
            "deadline/7200 at-deadline/never standalone/wait agent-gone/0 heartbeat/1800",
        ] {
            assert_eq!(value.parse::<SettingsRecord>(), Err(NoSettings), "{value}");
        }
    }
}
