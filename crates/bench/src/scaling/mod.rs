//! Compares native step scaling with alarm-scaling under the same load in the same simulated
//! region, and counts the calls of alarm-scaling.

pub mod calls;
pub mod compare;
pub mod course;
pub mod curve;
pub(crate) mod document;
pub mod full;
pub(crate) mod show;
pub mod targets;

use time::Duration;

use self::course::{Course, Dimension, follow};
use self::curve::Curve;
use self::full::{Scaled, fill};
use crate::target::Target;
use scenarios::Error;
use scenarios::runs::Run;
use scenarios::scaling::By;

/// The number of seeds for the time until tasks in a full cluster run. It depends mostly on the
/// second of the minute at which the load rises.
const SEEDS: u64 = 21;

/// The results of all comparisons.
#[derive(Debug)]
pub struct Measurements {
    followed: Vec<Followed>,
    /// The times until all tasks in a full cluster ran, in ascending order.
    took: Vec<(Scaled, Vec<Duration>)>,
    /// The finished runs of the functions.
    runs: Vec<Run>,
}

/// The same load, followed by native scaling and by alarm-scaling.
#[derive(Debug)]
struct Followed {
    dimension: Dimension,
    curve: Curve,
    native: Course,
    alarm_scaling: Course,
}

/// Runs all comparisons. `step` is called with the name of each before it begins.
///
/// # Errors
/// See [`Error`].
pub async fn run(seed: u64, step: &dyn Fn(&str)) -> Result<Measurements, Error> {
    let (mut followed, mut runs) = (Vec::new(), Vec::new());
    for dimension in Dimension::ALL {
        for curve in Curve::ALL {
            step(&format!("{}, {}", dimension.name(), curve.name()));
            let [native, mut alarm_scaling] = both(dimension, curve, seed).await?;
            runs.append(&mut alarm_scaling.runs);
            followed.push(Followed { dimension, curve, native, alarm_scaling });
        }
    }
    step(&format!("tasks in a full cluster, {SEEDS} seeds"));
    let mut took = Vec::new();
    for scaled in Scaled::ALL {
        let (spans, more) = filled(scaled, SEEDS).await?;
        took.push((scaled, spans));
        if scaled != Scaled::Native {
            runs.extend(more);
        }
    }
    Ok(Measurements { followed, took, runs })
}

impl Measurements {
    pub(crate) fn targets(&self) -> Vec<Target> {
        targets::all(&self.runs, &self.took)
    }
}

/// Follows the same load with native scaling and with alarm-scaling.
///
/// # Errors
/// See [`Error`].
pub async fn both(dimension: Dimension, curve: Curve, seed: u64) -> Result<[Course; 2], Error> {
    let native = follow(dimension, By::Native, curve, seed).await?;
    Ok([native, follow(dimension, By::AlarmScaling, curve, seed).await?])
}

/// The times of all seeds in ascending order, and the finished runs of the functions.
///
/// # Errors
/// See [`Error`].
pub async fn filled(scaled: Scaled, seeds: u64) -> Result<(Vec<Duration>, Vec<Run>), Error> {
    let (mut spans, mut runs) = (Vec::new(), Vec::new());
    for seed in 1..=seeds {
        let filled = fill(scaled, seed).await?;
        spans.push(filled.took);
        runs.extend(filled.runs);
    }
    spans.sort_unstable();
    Ok((spans, runs))
}
