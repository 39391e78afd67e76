//! Load tests of services that answer by formulas: a ladder of rates, then the same with twice the tasks.

use advice::advice::{Advice, Recommendation, Verdict};
use advice::advise;
use advice::settings::{Objective, Settings};
use load_test::{Kind, LoadTest, Metric, Quantile, Unit};

/// Samples of a level, ten seconds apart.
const HOLD: usize = 30;

/// A level: tasks, demand of all tasks, and hours since the tasks started.
#[derive(Debug, Clone, Copy)]
pub struct At {
    pub tasks: f64,
    pub demand: f64,
    pub hours: f64,
    /// Requests a second that one task sustains.
    pub sustained: f64,
}

impl At {
    /// Requests a second of one task, those that are answered.
    pub fn served(self) -> f64 {
        (self.demand / self.tasks).min(self.sustained)
    }

    /// Seconds that a request takes, from the remaining capacity of the task.
    pub fn seconds(self) -> f64 {
        0.02 / (1.0 - self.demand / self.tasks / self.sustained).max(0.002)
    }
}

/// A metric of the service.
pub struct Gauge(pub &'static str, pub Kind, pub Unit, pub fn(At) -> f64);

/// A service and how it is tested.
pub struct Service {
    /// The tasks of each run.
    pub tasks: Vec<f64>,
    /// Requests a second that each of so many tasks sustains.
    pub sustained: fn(f64) -> f64,
    /// p95 of response times, as times the average.
    pub p95: f64,
    /// What is measured.
    pub gauges: Vec<Gauge>,
}

impl Service {
    /// Two tasks, and then four.
    pub fn of(gauges: Vec<Gauge>) -> Self {
        Self { tasks: vec![2.0, 4.0], sustained: |_| 52.0, p95: 2.0, gauges }
    }

    /// The advice on seven rates from 20 to 140 a second, and 30 at the end of each run.
    pub fn advice(&self) -> Advice {
        let rates = || (1..=7).map(|at| 20.0 * f64::from(at)).chain([30.0]);
        let levels: Vec<At> = self
            .tasks
            .iter()
            .flat_map(|tasks| {
                let rates = rates().flat_map(|rate| std::iter::repeat_n(rate, HOLD));
                rates.enumerate().map(|(at, demand)| At {
                    tasks: *tasks,
                    demand,
                    hours: at as f64 / 360.0,
                    sustained: (self.sustained)(*tasks),
                })
            })
            .collect();
        let each = |value: &dyn Fn(At) -> f64| -> Vec<f64> {
            let wobble = |at: usize| 1.0 + 0.01 * ((at * 7 % 5) as f64 - 2.0);
            levels.iter().enumerate().map(|(at, level)| value(*level) * wobble(at)).collect()
        };
        let mut test = LoadTest {
            times: (0..levels.len()).map(|at| 10.0 * at as f64).collect(),
            tasks: levels.iter().map(|level| level.tasks).collect(),
            demand: each(&|at| at.demand),
            completed: Some(each(&|at| at.served() * at.tasks)),
            ..LoadTest::default()
        };
        test.latency.mean = Some(each(&|at| at.seconds()));
        test.latency.p95 = Some(each(&|at| self.p95 * at.seconds()));
        test.metrics = self
            .gauges
            .iter()
            .map(|Gauge(name, kind, unit, value)| Metric {
                name: (*name).to_owned(),
                kind: *kind,
                unit: *unit,
                source: None,
                values: each(value),
            })
            .collect();
        let objective = Objective {
            latency: Some((Quantile::P95, 0.75 * self.p95)),
            ..Settings::default().objective
        };
        let settings = Settings { objective, ramp: Some(0.05), ..Settings::default() };
        advise(&test, &settings, &mut |_, _| {})
    }

    /// The metric that is recommended.
    pub fn recommended(&self) -> Recommendation {
        let advice = self.advice();
        match advice.verdict {
            Verdict::Recommended(recommended) => recommended,
            _ => panic!("{advice:#?}"),
        }
    }
}
