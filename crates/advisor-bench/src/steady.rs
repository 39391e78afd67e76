//! A service under a demand that lasts, without noise: where the truth comes from.

use advice::settings::Objective;
use load_test::Quantile;
use rand::SeedableRng as _;

use crate::service::{Layout, Phase, Random, Service, WarmUp};
use crate::window::Window;

/// Requests in a run, if they do not differ much; times the squared coefficient of variation of
/// what they take, if they do. With them, the knee of a single server is found to about one in a
/// hundred.
const REQUESTS: f64 = 40_000.0;

/// Share of a run that is left out: it begins empty.
const FILLING: f64 = 0.05;

/// The range in which the knee lies, in shares of the capacity, and how often it is halved.
const RANGE: (f64, f64) = (0.2, 1.1);
const HALVINGS: usize = 8;

/// A warm service that is always asked for the same.
#[derive(Debug)]
pub struct Steady {
    service: Service,
    tasks: usize,
}

impl Steady {
    /// With so many tasks.
    pub fn new(service: &Service, tasks: usize) -> Self {
        let warm_up = WarmUp { extra: 0.0, ..service.warm_up };
        Self { service: Service { warm_up, ..service.clone() }, tasks }
    }

    /// What happens at a total demand of `rate` a second, on average over a long run.
    pub fn window(&self, rate: f64) -> Window {
        // Tasks with servers and queues of their own are alike, so one represents all.
        let (tasks, rate) = match self.service.layout {
            Layout::PerTask => (1, rate / self.tasks as f64),
            Layout::Pooled | Layout::Shared => (self.tasks, rate),
        };
        // The same chance at every rate, so that nothing but the rate makes a difference.
        let mut random = Random::seed_from_u64(0);
        let requests = REQUESTS * self.service.work.variation().max(1.0);
        let interval = FILLING * requests / rate;
        let phase = Phase { seconds: interval / FILLING, rate };
        let windows = self.service.run(tasks, &[phase], interval, &mut random);
        windows.into_iter().skip(1).reduce(Window::joined).unwrap_or_default()
    }

    /// Response time with little to do, as at a test's lowest level.
    pub fn at_rest(&self, quantile: Quantile) -> f64 {
        latency(&mut self.window(0.1 * self.capacity()), quantile)
    }

    /// The total demand at which the objective breaks, with its limit of response times.
    pub fn knee(&self, (quantile, limit): (Quantile, f64), objective: &Objective) -> f64 {
        let holds = |rate: f64| {
            let mut window = self.window(rate);
            let completed = window.completed() * window.seconds / window.arrivals;
            latency(&mut window, quantile) <= limit
                && window.errors() <= objective.errors
                && completed >= objective.completed
        };
        let (low, high) = RANGE;
        let (mut good, mut bad) = (low * self.capacity(), high * self.capacity());
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(good, bad);
            *(if holds(middle) { &mut good } else { &mut bad }) = middle;
        }
        f64::midpoint(good, bad)
    }

    /// The total demand at which it has no time left.
    pub fn capacity(&self) -> f64 {
        let tasks = if self.service.layout == Layout::Shared { 1 } else { self.tasks };
        self.service.capacity() * tasks as f64
    }
}

/// A statistic of the window's response times.
pub fn latency(window: &mut Window, quantile: Quantile) -> f64 {
    match quantile {
        Quantile::Mean => window.mean(),
        Quantile::P50 => window.quantile(0.5),
        Quantile::P95 => window.quantile(0.95),
        Quantile::P99 => window.quantile(0.99),
    }
}
