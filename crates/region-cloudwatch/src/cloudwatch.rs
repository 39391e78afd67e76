//! The state of CloudWatch.

use std::collections::BTreeMap;

use region_core::Time;

use crate::account::{Account, Due};
use crate::alarm::Alarm;
use crate::metrics::{Metrics, Sampled};
use crate::settings::Settings;
use crate::state::StateValue;

/// The metrics and alarms of an account.
#[derive(Debug)]
pub struct CloudWatch {
    pub(crate) settings: Settings,
    pub(crate) metrics: Metrics,
    /// By name.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    /// By when they can be read.
    pub(crate) unpublished: BTreeMap<Time, Vec<Sampled>>,
    /// Minutes are measured and evaluated.
    pub(crate) started: bool,
    /// So are the periods below a minute.
    pub(crate) started_short: bool,
}

impl CloudWatch {
    /// No metrics and no alarms.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            metrics: Metrics::default(),
            alarms: BTreeMap::new(),
            unpublished: BTreeMap::new(),
            started: false,
            started_short: false,
        }
    }

    /// Process a scheduled event.
    pub fn run(&mut self, account: &mut dyn Account, due: Due) {
        match due {
            Due::Minute => self.minute(account),
            Due::Third => self.third(account),
            Due::Publish => self.publish_measured(account.now()),
            Due::Alarms => self.evaluate_alarms(account),
            Due::ShortAlarms => self.evaluate_short_alarms(account),
            Due::Suppressed => self.check_suppressed(account),
        }
    }

    /// The state of the alarm of this name, if there is one.
    pub fn alarm_state(&self, name: &str) -> Option<StateValue> {
        self.alarms.get(name).map(|alarm| alarm.state.value)
    }

    /// The names of all alarms, in order.
    pub fn alarm_names(&self) -> impl Iterator<Item = &str> {
        self.alarms.keys().map(String::as_str)
    }
}
