//! Numbers and usual metrics, by chance.

use load_test::{Kind, Unit};
use rand::RngExt as _;
use rand::seq::IndexedRandom as _;

use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Random, WarmUp};

/// Draws from a [`Random`].
pub trait Draw {
    /// A number of the range.
    fn between(&mut self, low: f64, high: f64) -> f64;
    /// A number of the range, as likely to be doubled as to be halved.
    fn scaled(&mut self, low: f64, high: f64) -> f64;
    /// A whole number of the range, both ends included.
    fn whole(&mut self, low: usize, high: usize) -> usize;
    /// True, with that probability.
    fn chance(&mut self, probability: f64) -> bool;
    /// One of them, each as likely.
    fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T;
    /// CPU of a task in percent.
    fn cpu(&mut self, load: Load) -> Gauge;
    /// Memory of a task in percent.
    fn memory(&mut self, reading: Reading, most: f64) -> Gauge;
    /// Memory of a task, to which its busy servers add little.
    fn steady_memory(&mut self, servers: usize) -> Gauge;
    /// How cold tasks start.
    fn warm_up(&mut self) -> WarmUp;
}

impl Draw for Random {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.random_range(low..=high)
    }

    fn scaled(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    fn whole(&mut self, low: usize, high: usize) -> usize {
        self.random_range(low..=high)
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.random_bool(probability)
    }

    fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        of.choose(self).copied().unwrap_or_default()
    }

    fn cpu(&mut self, load: Load) -> Gauge {
        let name = self.pick(&["CPUUtilization", "cpu", "cpu_percent", "service_cpu_utilization"]);
        percent(name, Kind::Cpu, Reading::Load(load), 100.0)
    }

    fn memory(&mut self, reading: Reading, most: f64) -> Gauge {
        let name = self.pick(&["MemoryUtilization", "memory", "mem_percent", "memory_utilization"]);
        percent(name, Kind::Memory, reading, most)
    }

    fn steady_memory(&mut self, servers: usize) -> Gauge {
        let idle = self.between(15.0, 55.0);
        let busy = self.between(0.0, 6.0) / servers as f64;
        self.memory(Reading::Load(Load { idle, busy, ..Load::default() }), 100.0)
    }

    fn warm_up(&mut self) -> WarmUp {
        WarmUp { extra: self.between(0.0, 1.5), seconds: self.between(20.0, 60.0) }
    }
}

/// A metric in percent of what a task may use, averaged over the tasks.
pub(super) const fn percent(name: &'static str, kind: Kind, reading: Reading, most: f64) -> Gauge {
    Gauge { name, kind, unit: Unit::Percent, reading, total: false, most }
}

/// A metric that adds up all tasks.
pub(super) const fn total(name: &'static str, kind: Kind, unit: Unit, reading: Reading) -> Gauge {
    Gauge { name, kind, unit, reading, total: true, most: f64::INFINITY }
}

/// A metric of one task, on average over all.
pub(super) const fn each(name: &'static str, kind: Kind, unit: Unit, reading: Reading) -> Gauge {
    Gauge { name, kind, unit, reading, total: false, most: f64::INFINITY }
}
