//! What the right answer to a load test is.

use std::collections::BTreeMap;

use advice::advice::Missing;
use advice::settings::Settings;
use load_test::{Kind, Quantile};

use crate::gauge::Gauge;
use crate::models::Draft;
use crate::service::Layout;
use crate::steady::Steady;
use crate::window::Window;

/// At which share of the knee's demand metrics are compared between numbers of tasks.
const COMPARED_AT: f64 = 0.7;

/// The right answer, and what is true of the service.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// The right answer.
    pub answer: Answer,
    /// Requests a second, at all tasks of the first run, at which the objective breaks.
    pub knee: f64,
    /// The limit of response times, in seconds.
    pub limit: (Quantile, f64),
    /// What each metric falls to with twice the tasks, undivided.
    pub ratios: BTreeMap<&'static str, f64>,
}

/// A right answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// One of these.
    Recommended(Vec<Right>),
    /// None of what was recorded.
    NoneSuitable,
    /// The test does not have enough data.
    NotEnoughData {
        /// One of these has to be named.
        needed: Vec<Missing>,
        /// These may be, too.
        also: Vec<Missing>,
    },
}

/// A metric that is right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Right {
    pub name: &'static str,
    /// Whether it is to be divided by the tasks.
    pub per_task: bool,
    /// What to hold it at.
    pub target: f64,
    /// Its value at the knee.
    pub at_knee: f64,
}

/// The smallest target, as a share of the knee's demand. Larger rises need scaling ahead of time,
/// as docs/advisor.md says.
const LEAST_HELD: f64 = 0.4;

impl Truth {
    /// What is true of the draft with so many tasks.
    pub fn of(draft: &Draft, tasks: usize, limit: (Quantile, f64), settings: &Settings) -> Self {
        let steady = Steady::new(&draft.service, tasks);
        let knee = steady.knee(limit, &settings.objective);
        let rise =
            settings.ramp.unwrap_or_default() * (settings.start_up + settings.reaction) / 60.0;
        let at_knee = steady.window(knee);
        let held = (1.0 / (1.0 + rise)).max(LEAST_HELD);
        let at_target = steady.window(knee * held);
        let right = |gauge: &Gauge| {
            let backlog = match gauge.kind {
                Kind::Queue => Some(draft.backlog(limit.1)),
                Kind::Lag => Some(draft.wait(limit.1)),
                _ => None,
            };
            let (at_knee, target) = match backlog {
                Some(backlog) => (backlog, backlog * held),
                None => (gauge.steady(&at_knee)?, gauge.steady(&at_target)?),
            };
            Some(Right { name: gauge.name, per_task: gauge.total, target, at_knee })
        };
        let gauges = draft.service.gauges.iter();
        let rights: Vec<Right> =
            gauges.filter(|gauge| draft.right.contains(&gauge.name)).filter_map(right).collect();
        let answer =
            if rights.is_empty() { Answer::NoneSuitable } else { Answer::Recommended(rights) };
        Self { answer, knee, limit, ratios: ratios(draft, tasks, COMPARED_AT * knee) }
    }
}

impl Draft {
    /// How long a job may wait to be done within `limit` seconds.
    fn wait(&self, limit: f64) -> f64 {
        limit - self.service.work.mean
    }

    /// How many jobs may wait for each task: while they do, each of its servers takes one after
    /// the other.
    fn backlog(&self, limit: f64) -> f64 {
        self.wait(limit) * self.service.capacity()
    }
}

/// What becomes of each metric with twice the tasks, at a total demand of `rate` a second.
fn ratios(draft: &Draft, tasks: usize, rate: f64) -> BTreeMap<&'static str, f64> {
    let few = Steady::new(&draft.service, tasks).window(rate);
    let many = match draft.service.layout {
        Layout::PerTask | Layout::Pooled => Steady::new(&draft.service, 2 * tasks).window(rate),
        Layout::Shared => Window { tasks: 2.0 * few.tasks, ..few.clone() },
    };
    let ratio = |gauge: &Gauge| {
        let ratio = match (gauge.steady(&few), gauge.steady(&many)) {
            (Some(few), Some(many)) if few > 0.0 => many / few,
            (Some(_), Some(_)) => 0.0,
            _ => 1.0,
        };
        (gauge.name, if gauge.total { 2.0 * ratio } else { ratio })
    };
    draft.service.gauges.iter().map(ratio).collect()
}
