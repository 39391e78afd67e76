//! The ladder of rates, and the run with more tasks.

use crate::models::{Draw as _, Model};
use crate::service::{Layout, Phase, Random};

/// A load test that is to be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// One after the other, the first with the fewest tasks.
    pub runs: Vec<Run>,
    /// Seconds between two runs.
    pub pause: f64,
    /// Seconds between two samples.
    pub interval: f64,
}

/// A number of tasks that stays while demand changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// How many.
    pub tasks: usize,
    /// Levels of demand.
    pub phases: Vec<Phase>,
}

/// What a plan is drawn for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// Tasks of the first run.
    pub tasks: usize,
    /// Tasks of the second.
    pub more_tasks: usize,
    /// The total demand at which the first run's objective breaks.
    pub knee: f64,
    /// The total demand at which it has no time left, not below the knee.
    pub capacity: f64,
    /// To whom the servers belong.
    pub layout: Layout,
}

impl Frame {
    /// By what the second run's knee is above the first's.
    pub fn gain(&self) -> f64 {
        match self.layout {
            Layout::PerTask | Layout::Pooled => self.more_tasks as f64 / self.tasks as f64,
            Layout::Shared => 1.0,
        }
    }
}

/// How far beyond its capacity a service is driven: where nothing is full, nothing shows what
/// would be.
const BEYOND: f64 = 1.08;

/// The widest step beyond the knee, in shares of its demand, if three steps are enough.
const STRIDE: f64 = 0.25;

/// Seconds between samples, by the shortest hold that leaves enough of them.
const INTERVALS: [(f64, f64); 5] =
    [(5.0, 180.0), (10.0, 180.0), (15.0, 180.0), (30.0, 240.0), (60.0, 360.0)];

impl Plan {
    /// A test by the guide: from little to beyond the knee, level by level, then again with more
    /// tasks, first at demands that the first run had, then beyond.
    pub fn draw(frame: &Frame, model: Model, random: &mut Random) -> Self {
        let (interval, least) = random.pick(&INTERVALS);
        let least = if model == Model::Jobs { least.max(300.0) } else { least };
        let hold = round_to(random.between(least, 600.0), 60.0);
        let reach = BEYOND * frame.capacity / frame.knee;
        // A queue takes its time to grow to what the objective allows.
        let least = if model == Model::Jobs { 2 } else { 1 };
        let ladder = ladder(random.whole(8, 16), least, reach, random);
        let mut first = at(&ladder, frame.knee, hold);
        if random.chance(0.5) {
            first.push(Phase { seconds: hold, rate: 0.3 * frame.knee });
        }
        let every = random.whole(1, 2);
        let mut again: Vec<f64> = ladder.iter().copied().skip(1).step_by(every).collect();
        let last = again.last().copied().unwrap_or_default();
        let top = frame.gain().max(1.3) * random.between(1.05, 1.25).max(reach);
        let more = random.whole(3, 5);
        again.extend((1..=more).map(|step| last + (top - last) * step as f64 / more as f64));
        let second = at(&again, frame.knee, hold);
        Self {
            runs: vec![
                Run { tasks: frame.tasks, phases: first },
                Run { tasks: frame.more_tasks, phases: second },
            ],
            pause: round_to(random.between(60.0, 900.0), 60.0),
            interval,
        }
    }
}

/// Shares of the knee's demand: evenly from little to just below 1, then `least` to three more,
/// the last at `reach` or above.
fn ladder(levels: usize, least: usize, reach: f64, random: &mut Random) -> Vec<f64> {
    let low = random.between(0.1, 0.25);
    let high = random.between(0.92, 0.98);
    let strides = ((reach - 1.0) / STRIDE).ceil() as usize;
    let beyond = random.whole(strides.clamp(least, 3), 3);
    let step = random.between(0.1, 0.2).max((reach - 1.0) / beyond as f64);
    let last = (levels - beyond - 1) as f64;
    let below = (0..levels - beyond).map(|level| low + (high - low) * level as f64 / last);
    below.chain((1..=beyond).map(|level| 1.0 + step * level as f64)).collect()
}

/// Levels that are held, in requests a second.
pub fn at(shares: &[f64], knee: f64, seconds: f64) -> Vec<Phase> {
    shares.iter().map(|share| Phase { seconds, rate: share * knee }).collect()
}

/// The nearest multiple of `unit`, at least one.
pub fn round_to(value: f64, unit: f64) -> f64 {
    (value / unit).round().max(1.0) * unit
}
