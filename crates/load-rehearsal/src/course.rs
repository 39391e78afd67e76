//! What happened in a rehearsal, minute by minute.

use load_model::{Failed, Interval, Sample};
use schemars::JsonSchema;
use serde::Serialize;

use crate::change::Change;

/// A minute of a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
pub struct Minute {
    /// Requests per second, on average.
    pub demand: f64,
    /// The fewest tasks that keep the objective at that demand.
    pub needed: usize,
    /// Tasks that take requests, at the end.
    pub serving: usize,
    /// The service's desired count at the end.
    pub desired: usize,
    /// Instances that run, at the end.
    pub instances: usize,
    /// CPU in percent of the reservation, on average over time and tasks.
    pub cpu: f64,
    /// Memory likewise.
    pub memory: f64,
    /// The objective's statistic of the response times, in seconds, of the worst second; null if
    /// nothing was served.
    pub latency: Option<f64>,
    /// Requests that failed, per second.
    pub failed: f64,
    /// Seconds in which the objective was not kept.
    pub violated: u32,
    /// Alarms that are in ALARM at the end, as bits in the order of [`Course::alarms`].
    #[serde(skip)]
    pub alarms: u32,
}

/// For how long an alarm was in ALARM, by the minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alarmed {
    pub alarm: String,
    /// Seconds from the start of the load.
    pub begin_second: usize,
    /// Not before `begin_second`.
    pub end_second: usize,
}

/// All of a rehearsal with one policy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    pub minutes: Vec<Minute>,
    /// The names of the alarms that scale.
    pub alarms: Vec<String>,
    pub changes: Vec<Change>,
    /// Demand and supply in tasks, each second.
    pub samples: Vec<Sample>,
    pub arrived: f64,
    pub slow: f64,
    pub failed: Failed,
    /// Seconds with requests, and those of them in which the objective was not kept.
    pub seconds: f64,
    pub violated: f64,
    /// Seconds of all tasks that ran, and of all instances.
    pub task_seconds: f64,
    pub instance_seconds: f64,
}

impl Course {
    /// Adds what happened in a second, with `tasks` that ran.
    pub(crate) fn add(&mut self, second: &Interval, sample: Sample, tasks: usize) {
        self.samples.push(sample);
        self.arrived += second.arrived;
        self.slow += second.slow;
        self.failed.unserved += second.failed.unserved;
        self.failed.shed += second.failed.shed;
        self.failed.timed_out += second.failed.timed_out;
        self.failed.cut += second.failed.cut;
        if second.arrived > 0.0 {
            self.seconds += second.seconds;
        }
        if !second.kept {
            self.violated += second.seconds;
        }
        self.task_seconds += second.seconds * tasks as f64;
    }

    /// When alarms were in ALARM, in the order of their names.
    pub fn alarmed(&self) -> Vec<Alarmed> {
        let mut all = Vec::new();
        for (place, alarm) in self.alarms.iter().enumerate() {
            let is = |minute: &Minute| minute.alarms >> place.min(31) & 1 == 1;
            let mut end = 0;
            for stretch in self.minutes.chunk_by(|one, next| is(one) == is(next)) {
                let begin = end;
                end += stretch.len();
                if stretch.first().is_some_and(is) {
                    let (begin_second, end_second) = (60 * begin, 60 * end);
                    all.push(Alarmed { alarm: alarm.clone(), begin_second, end_second });
                }
            }
        }
        all
    }
}
