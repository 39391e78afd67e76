//! Compares native step scaling with alarm-scaling under the same load in the same simulated
//! region, and counts the calls of alarm-scaling.

pub mod calls;
pub mod compare;
pub mod course;
pub mod curve;
pub mod full;
mod show;
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

/// Runs all comparisons, prints the results, and returns the targets.
///
/// # Errors
/// See [`Error`].
pub async fn run(seed: u64, step: impl Fn(&str)) -> Result<Vec<Target>, Error> {
    let mut runs = Vec::new();
    for dimension in Dimension::ALL {
        for curve in Curve::ALL {
            step(&format!("{}, {}", dimension.name(), curve.name()));
            let [native, alarm_scaling] = both(dimension, curve, seed).await?;
            show::courses(dimension, curve, &native, &alarm_scaling);
            runs.extend(alarm_scaling.runs);
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
    show::full(&took);
    show::calls(&runs);
    Ok(targets::all(&runs, &took))
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
