//! A service that is bound by its CPU, and load tests of it.

/// Requests a second that fill a task.
const CAPACITY: f64 = 60.0;

/// Seconds that a request takes where nothing waits.
const SECONDS: f64 = 0.05;

/// What the service does at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Seconds since the test began.
    pub time: u32,
    /// Running tasks.
    pub tasks: u32,
    /// Requests a second.
    pub demand: f64,
    /// Percent.
    pub cpu: f64,
    /// Percent; it does not follow the load.
    pub memory: f64,
    /// Seconds, on average.
    pub mean: f64,
    /// Seconds, at the 95th percentile.
    pub p95: f64,
}

/// Two tasks on a ladder past their knee, then four on every second rung; a sample each
/// `spacing` seconds, levels of five minutes.
pub fn load_test(spacing: u32) -> Vec<Sample> {
    let rungs = [20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 130.0];
    let first = rungs.iter().map(|rate| (2, *rate));
    let second = rungs.iter().step_by(2).map(|rate| (4, *rate));
    let mut samples = Vec::new();
    for (level, (tasks, rate)) in (0_u32..).zip(first.chain(second)) {
        for at in (0..300).step_by(spacing as usize) {
            samples.push(sample(300 * level + at, tasks, rate));
        }
    }
    samples
}

fn sample(time: u32, tasks: u32, rate: f64) -> Sample {
    // Noise that repeats.
    let noise = |of: f64| 1.0 + 0.02 * (f64::from(time) * of).sin();
    let busy = (rate / (CAPACITY * f64::from(tasks))).min(0.99);
    let mean = SECONDS / (1.0 - busy) * noise(0.71);
    Sample {
        time,
        tasks,
        demand: rate * noise(0.37),
        cpu: 100.0 * busy * noise(0.53),
        memory: 30.0 * noise(0.29),
        mean,
        // Exponential, as M/M/1 has it.
        p95: 3.0 * mean,
    }
}
