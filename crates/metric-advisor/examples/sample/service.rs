//! The service and its test.

use load_test::{Kind, Latency, LoadTest, Metric, Unit};

/// Tasks, and the rate offered to all of them.
pub const LEVELS: [(f64, f64); 12] = [
    (2.0, 20.0),
    (2.0, 50.0),
    (2.0, 80.0),
    (2.0, 110.0),
    (2.0, 140.0),
    (2.0, 160.0),
    (2.0, 190.0),
    (2.0, 220.0),
    (4.0, 80.0),
    (4.0, 110.0),
    (4.0, 140.0),
    (4.0, 160.0),
];
/// Seconds that a level is held.
pub const HOLD: f64 = 300.0;
/// Of them, seconds until the service is warm.
pub const WARM_UP: f64 = 60.0;
pub const LAMBDA: f64 = 25.0;
pub const SIGMA: f64 = 0.208;

const STEP: f64 = 10.0;

/// Average seconds of a request, at a rate for each task.
pub fn mean_latency(per_task: f64) -> f64 {
    (1.0 - SIGMA) / (LAMBDA - SIGMA * per_task.min(116.0))
}

/// Percent of a task's CPU.
pub fn cpu(per_task: f64) -> f64 {
    2.0 + 0.79 * per_task.min(117.0)
}

/// Requests in flight at all tasks.
pub fn in_flight(tasks: f64, per_task: f64) -> f64 {
    tasks * per_task * mean_latency(per_task)
}

/// Bytes in a second, which other tenants of the disk decide.
pub fn disk(time: f64) -> f64 {
    1.4e6 + 5.0e5 * (time / 700.0).sin()
}

/// The test as it would have been recorded, a sample every ten seconds, noise and gaps included.
pub fn load_test() -> LoadTest {
    let mut test = LoadTest::default();
    let mut noise = Noise(7);
    let mut series: [Vec<f64>; 8] = Default::default();
    let each = |level| (0..(HOLD / STEP) as usize).map(move |step| (level, step as f64 * STEP));
    for ((tasks, demand), since) in LEVELS.into_iter().flat_map(each) {
        let time = test.times.len() as f64 * STEP;
        let gap = test.times.len() % 97 == 96;
        let cold = 1.0 + 0.5 * (-since / 20.0).exp();
        let per_task = demand / tasks;
        let mean = mean_latency(per_task) * cold * noise.around(0.05);
        test.times.push(time);
        test.tasks.push(tasks);
        test.demand.push(demand * noise.around(0.01));
        for (series, value) in series.iter_mut().zip([
            mean,
            2.2 * mean * noise.around(0.05),
            if per_task > 100.0 { 0.03 * noise.around(0.2) } else { 0.0005 },
            demand.min(116.0 * tasks),
            if gap { f64::NAN } else { cpu(per_task) * cold.sqrt() * noise.around(0.03) },
            in_flight(tasks, per_task) * noise.around(0.08),
            63.0 * noise.around(0.01),
            disk(time) * noise.around(0.4),
        ]) {
            series.push(value);
        }
    }
    let [mean, p95, errors, completed, cpu, in_flight, memory, disk] = series;
    test.latency = Latency { mean: Some(mean), p95: Some(p95), ..Latency::default() };
    test.errors = Some(errors);
    test.completed = Some(completed);
    test.metrics = [
        ("cpu", Kind::Cpu, Unit::Percent, cpu),
        ("requests in flight", Kind::Concurrency, Unit::Count, in_flight),
        ("memory", Kind::Memory, Unit::Percent, memory),
        ("disk bytes", Kind::Traffic, Unit::Bytes, disk),
    ]
    .map(|(name, kind, unit, values)| Metric {
        name: name.to_owned(),
        kind,
        unit,
        source: None,
        values,
    })
    .into();
    test
}

/// Of small and known randomness.
struct Noise(u32);

impl Noise {
    /// 1, more or less by at most `share`.
    fn around(&mut self, share: f64) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1.0 + share * (f64::from(self.0 >> 8) / f64::from(1 << 23) - 1.0)
    }
}
