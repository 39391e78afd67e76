//! Load tests without enough data, each with a fault.

use std::fmt;

use advice::advice::Missing;
use load_test::{Latency, LoadTest};
use rand::seq::IndexedRandom as _;

use crate::models::{Draw as _, Model};
use crate::plan::{Frame, Plan, Run, at, round_to};
use crate::service::{Phase, Random};
use crate::truth::Answer;

/// A fault in a test's design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// No run with more tasks.
    NoDoubling,
    /// The second run has none of the first's demands.
    OtherDemands,
    /// The objective always holds.
    NoOverload,
    /// It never does.
    NoUnderload,
    /// Demand climbs all the time.
    Ramp,
    /// No level lasts.
    ShortLevels,
    /// Two levels in each run.
    TwoLevels,
    /// Response times, errors and completions were not recorded.
    NoObjective,
    /// Nothing else was.
    NoMetrics,
}

/// The lasting levels of a faulty test, in seconds.
const HOLD: f64 = 300.0;

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NoDoubling,
        Self::OtherDemands,
        Self::NoOverload,
        Self::NoUnderload,
        Self::Ramp,
        Self::ShortLevels,
        Self::TwoLevels,
        Self::NoObjective,
        Self::NoMetrics,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDoubling => "no-doubling",
            Self::OtherDemands => "other-demands",
            Self::NoOverload => "no-overload",
            Self::NoUnderload => "no-underload",
            Self::Ramp => "ramp",
            Self::ShortLevels => "short-levels",
            Self::TwoLevels => "two-levels",
            Self::NoObjective => "no-objective",
            Self::NoMetrics => "no-metrics",
        }
    }

    /// A kind of service to be tested so.
    pub fn model(random: &mut Random) -> Model {
        let models = [Model::Cpu, Model::Memory, Model::Workers, Model::Waiting];
        models.choose(random).copied().unwrap_or(Model::Cpu)
    }

    /// The right answer.
    pub fn answer(self) -> Answer {
        use Missing::{
            Doubling, Levels, Metrics, Objective, Overload, Plateaus, SameDemand, Samples,
            Underload,
        };
        let (needed, also): (&[Missing], &[Missing]) = match self {
            Self::NoDoubling => (&[Doubling], &[]),
            Self::OtherDemands => (&[SameDemand], &[Doubling]),
            Self::NoOverload => (&[Overload], &[]),
            Self::NoUnderload => (&[Underload], &[Doubling, SameDemand]),
            // Without levels, none is the same and none is good or bad.
            Self::Ramp | Self::ShortLevels => {
                (&[Plateaus, Levels], &[Samples, Doubling, SameDemand, Overload, Underload])
            }
            Self::TwoLevels => (&[Levels], &[]),
            Self::NoObjective => (&[Objective], &[]),
            Self::NoMetrics => (&[Metrics], &[]),
        };
        Answer::NotEnoughData { needed: needed.to_vec(), also: also.to_vec() }
    }

    /// Plan the test as it should not be.
    pub fn plan(self, sound: Plan, frame: &Frame, random: &mut Random) -> Plan {
        let gain = frame.gain();
        match self {
            Self::NoDoubling => Plan { runs: sound.runs.into_iter().take(1).collect(), ..sound },
            Self::OtherDemands => {
                let first = [0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 1.15, 1.25];
                sound.with(frame, &first, &even(1.45, (1.25 * gain).max(1.9), 5))
            }
            Self::NoOverload => {
                let first = even(0.15, 0.65, 6);
                let second = [0.25, 0.45, 0.65, 0.8, 0.65 * gain];
                sound.with(frame, &first, &second)
            }
            Self::NoUnderload => {
                let first = even(1.2, 2.0 * gain, 7);
                sound.with(frame, &first, &even(1.2 * gain, 2.0 * gain, 5))
            }
            Self::TwoLevels => {
                let low = random.between(0.4, 0.6);
                sound.with(frame, &[low, 1.25], &[low, 1.25 * gain])
            }
            Self::Ramp => {
                let steps = random.whole(60, 120);
                let climb = |top: f64| even(top / steps as f64, top, steps);
                sound.with(frame, &climb(1.3), &climb(1.3 * gain)).held(10.0)
            }
            Self::ShortLevels => {
                let interval = random.pick(&[5.0, 10.0, 15.0]);
                let seconds = round_to(random.between(15.0, 30.0), interval);
                Plan { interval, ..sound }.held(seconds)
            }
            Self::NoObjective | Self::NoMetrics => sound,
        }
    }

    /// Lose what it loses of the recorded test.
    pub fn lose(self, test: &mut LoadTest) {
        match self {
            Self::NoObjective => {
                test.latency = Latency::default();
                test.errors = None;
                test.completed = None;
            }
            Self::NoMetrics => test.metrics.clear(),
            _ => {}
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Plan {
    /// The same with these levels, in shares of the first run's knee.
    fn with(self, frame: &Frame, first: &[f64], second: &[f64]) -> Self {
        let run = |tasks, shares| Run { tasks, phases: at(shares, frame.knee, HOLD) };
        let runs = vec![run(frame.tasks, first), run(frame.more_tasks, second)];
        Self { runs, interval: 10.0, ..self }
    }

    /// The same with each level held for so many seconds.
    fn held(mut self, seconds: f64) -> Self {
        for phase in self.runs.iter_mut().flat_map(|run| &mut run.phases) {
            *phase = Phase { seconds, ..*phase };
        }
        self
    }
}

/// So many shares from `low` to `high`.
fn even(low: f64, high: f64, count: usize) -> Vec<f64> {
    let last = count.saturating_sub(1).max(1) as f64;
    (0..count).map(|step| low + (high - low) * step as f64 / last).collect()
}
