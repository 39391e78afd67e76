//! How a run is recorded: with noise, outliers and gaps.

use load_test::{Latency, LoadTest, Metric, Series};
use rand_distr::{Distribution as _, StandardNormal};

use crate::gauge::{Gauge, Reader};
use crate::models::Draw as _;
use crate::plan::Plan;
use crate::service::{Random, Service};
use crate::window::Window;

/// What a recording adds and leaves out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disturbance {
    /// Standard deviation of a metric's sample, as a share of it.
    pub noise: f64,
    /// Share of samples that are two to five times what was.
    pub outliers: f64,
    /// Share of values that are lost; of whole rows, half of it.
    pub gaps: f64,
    /// By what share of the interval a sample is early or late.
    pub uneven: f64,
}

impl Disturbance {
    /// A usual one.
    pub fn draw(random: &mut Random) -> Self {
        Self {
            noise: random.between(0.005, 0.05),
            outliers: if random.chance(0.7) { random.between(0.002, 0.02) } else { 0.0 },
            gaps: if random.chance(0.6) { random.between(0.005, 0.1) } else { 0.0 },
            uneven: if random.chance(0.5) { random.between(0.0, 0.1) } else { 0.0 },
        }
    }

    /// What is recorded of a value.
    fn of(&self, value: f64, random: &mut Random) -> f64 {
        if random.chance(self.gaps) {
            return f64::NAN;
        }
        let noise: f64 = StandardNormal.sample(random);
        let outlier = if random.chance(self.outliers) { random.between(2.0, 5.0) } else { 1.0 };
        (value * (1.0 + self.noise * noise) * outlier).max(0.0)
    }

    /// The same with no noise: what is counted is counted.
    fn counted(&self) -> Self {
        Self { noise: 0.0, ..*self }
    }
}

/// Run the plan, and record it.
pub fn record(
    service: &Service,
    plan: &Plan,
    disturbance: &Disturbance,
    random: &mut Random,
) -> LoadTest {
    let metric = |gauge: &Gauge| Metric {
        name: gauge.name.to_owned(),
        kind: gauge.kind,
        unit: gauge.unit,
        source: None,
        values: Series::new(),
    };
    let mut test = LoadTest {
        latency: Latency {
            mean: Some(Series::new()),
            p50: Some(Series::new()),
            p95: Some(Series::new()),
            p99: Some(Series::new()),
            requests: None,
        },
        errors: Some(Series::new()),
        completed: Some(Series::new()),
        metrics: service.gauges.iter().map(metric).collect(),
        ..LoadTest::default()
    };
    let mut readers: Vec<Reader<'_>> = service.gauges.iter().map(Reader::new).collect();
    let mut begin = 0.0;
    for run in &plan.runs {
        let windows = service.run(run.tasks, &run.phases, plan.interval, random);
        let seconds = windows.len() as f64 * plan.interval;
        readers.iter_mut().for_each(|reader| reader.restart(begin));
        for (index, mut window) in windows.into_iter().enumerate() {
            let values: Vec<f64> =
                readers.iter_mut().map(|reader| reader.read(&window, random)).collect();
            if random.chance(disturbance.gaps / 2.0) {
                continue;
            }
            let late = random.between(0.0, disturbance.uneven);
            test.times.push(begin + (index as f64 + late) * plan.interval);
            sample(&mut test, &mut window, disturbance, random);
            for ((metric, gauge), value) in test.metrics.iter_mut().zip(&service.gauges).zip(values)
            {
                metric.values.push(disturbance.of(value, random).clamp(0.0, gauge.most));
            }
        }
        begin += seconds + plan.pause;
    }
    test
}

/// Record what load generators and balancers do.
fn sample(
    test: &mut LoadTest,
    window: &mut Window,
    disturbance: &Disturbance,
    random: &mut Random,
) {
    let counted = disturbance.counted();
    test.tasks.push(window.tasks);
    test.demand.push(counted.of(window.arrivals / window.seconds, random));
    let errors = Disturbance { outliers: 0.0, ..counted };
    push(&mut test.errors, errors.of(window.errors(), random));
    push(&mut test.completed, counted.of(window.completed(), random));
    let Latency { mean, p50, p95, p99, .. } = &mut test.latency;
    push(mean, counted.of(window.mean(), random));
    push(p50, counted.of(window.quantile(0.5), random));
    push(p95, counted.of(window.quantile(0.95), random));
    push(p99, counted.of(window.quantile(0.99), random));
}

fn push(series: &mut Option<Series>, value: f64) {
    if let Some(series) = series {
        series.push(value);
    }
}
