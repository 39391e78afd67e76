//! The metrics of a service.

use std::f64::consts::TAU;

use load_test::{Kind, Unit};
use rand_distr::{Distribution as _, StandardNormal};

use crate::service::Random;
use crate::window::Window;

/// A metric of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    pub name: &'static str,
    /// What it measures, according to its name.
    pub kind: Kind,
    pub unit: Unit,
    /// How its value arises in one task.
    pub reading: Reading,
    /// Whether all tasks are added up, so that it has to be divided by their number.
    pub total: bool,
    /// The most that it shows.
    pub most: f64,
}

/// How the value of a metric arises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// By what the task does.
    Load(Load),
    /// By how long those waited whose service begins, in seconds.
    Age,
    /// By nothing.
    Constant(f64),
    /// By chance: it walks at random, and is drawn back to `level` within a quarter of an hour.
    Walk {
        /// Where it begins.
        level: f64,
        /// Its standard deviation.
        spread: f64,
    },
    /// By the time of day.
    Daily {
        /// Average.
        level: f64,
        /// How far it swings.
        swing: f64,
        /// Seconds since midnight at which the test begins.
        phase: f64,
    },
    /// By a collector: it rises to `most`, and then everything that is not alive is freed.
    Sawtooth {
        /// What is alive.
        alive: Load,
        /// What each request adds.
        completed: f64,
        /// What each second adds.
        second: f64,
    },
    /// By what it never gives back.
    Leak {
        /// Where it begins.
        level: f64,
        /// What each request adds.
        completed: f64,
        /// What each second adds.
        second: f64,
    },
    /// By the most that the task ever did, as a runtime that keeps the memory it once had.
    Kept(Load),
}

/// A level that follows what a task does.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Load {
    /// When it is idle.
    pub idle: f64,
    /// For each busy server.
    pub busy: f64,
    /// For each request that waits.
    pub waiting: f64,
    /// For each request that is completed in a second.
    pub completed: f64,
}

impl Load {
    fn of(&self, window: &Window) -> f64 {
        let all = self.busy * window.busy()
            + self.waiting * window.waiting()
            + self.completed * window.completed();
        self.idle + all / window.tasks
    }
}

impl Gauge {
    /// What one task shows while it does what it does in `window`; `None` if that does not
    /// decide it.
    pub fn steady(&self, window: &Window) -> Option<f64> {
        match self.reading {
            Reading::Load(load) => Some(load.of(window).min(self.most)),
            Reading::Age => Some(window.wait()),
            _ => None,
        }
    }
}

/// A gauge that is being read, window by window.
#[derive(Debug)]
pub struct Reader<'a> {
    gauge: &'a Gauge,
    level: f64,
    seconds: f64,
}

/// In how many seconds a walk forgets two thirds of where it was.
const DRAWN_BACK: f64 = 900.0;

impl<'a> Reader<'a> {
    /// Before the first run.
    pub fn new(gauge: &'a Gauge) -> Self {
        let level = if let Reading::Walk { level, .. } = gauge.reading { level } else { 0.0 };
        Self { gauge, level, seconds: 0.0 }
    }

    /// Other tasks begin, `seconds` after the first.
    pub fn restart(&mut self, seconds: f64) {
        self.seconds = seconds;
        self.level = match self.gauge.reading {
            Reading::Leak { level, .. } => level,
            Reading::Sawtooth { alive, .. } => alive.idle,
            Reading::Kept(_) => 0.0,
            _ => self.level,
        };
    }

    /// What it shows at the end of the next window.
    pub fn read(&mut self, window: &Window, random: &mut Random) -> f64 {
        self.seconds += window.seconds;
        let completed = window.completed() / window.tasks;
        let most = self.gauge.most;
        let value = match self.gauge.reading {
            Reading::Load(load) => load.of(window),
            Reading::Age => window.wait(),
            Reading::Constant(value) => value,
            Reading::Walk { level, spread } => {
                let kept = (-window.seconds / DRAWN_BACK).exp();
                let chance: f64 = StandardNormal.sample(random);
                let walked = spread * (1.0 - kept * kept).sqrt() * chance;
                self.level = level + (self.level - level) * kept + walked;
                self.level.max(0.0)
            }
            Reading::Daily { level, swing, phase } => {
                level + swing * (TAU * (self.seconds + phase) / 86_400.0).sin()
            }
            Reading::Sawtooth { alive, completed: each, second } => {
                let alive = alive.of(window).min(most);
                self.level += window.seconds * (each * completed + second);
                if self.level > most {
                    let freed = (most - alive).max(f64::MIN_POSITIVE);
                    self.level = alive + (self.level - most) % freed;
                }
                self.level
            }
            Reading::Leak { completed: each, second, .. } => {
                self.level += window.seconds * (each * completed + second);
                self.level
            }
            Reading::Kept(load) => {
                self.level = self.level.max(load.of(window));
                self.level
            }
        };
        let tasks = if self.gauge.total { window.tasks } else { 1.0 };
        (value * tasks).min(most)
    }
}
