//! Scaling: native step scaling beside alarm-scaling, under the same load in the same region,
//! and what alarm-scaling costs in calls.

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
use crate::runs::Run;
use crate::scaled::{By, Trouble};
use crate::target::Target;

/// Seeds over which the time is spread until tasks in a full cluster run: when in its minute
/// the load rises counts for more than anything else.
const SEEDS: u64 = 21;

/// Run everything and print it. Returned is what is promised of it.
///
/// # Errors
/// See [`Trouble`].
pub async fn run(seed: u64, step: impl Fn(&str)) -> Result<Vec<Target>, Trouble> {
    let mut runs = Vec::new();
    for dimension in Dimension::ALL {
        for curve in Curve::ALL {
            step(&format!("{}, {}", dimension.name(), curve.name()));
            let [native, adapter] = both(dimension, curve, seed).await?;
            show::courses(dimension, curve, &native, &adapter);
            runs.extend(adapter.runs);
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

/// How native scaling and alarm-scaling follow the same load.
///
/// # Errors
/// See [`Trouble`].
pub async fn both(dimension: Dimension, curve: Curve, seed: u64) -> Result<[Course; 2], Trouble> {
    let native = follow(dimension, By::Native, curve, seed).await?;
    Ok([native, follow(dimension, By::Adapter, curve, seed).await?])
}

/// How long it took in each seed, in order, and what the functions' runs did.
///
/// # Errors
/// See [`Trouble`].
pub async fn filled(scaled: Scaled, seeds: u64) -> Result<(Vec<Duration>, Vec<Run>), Trouble> {
    let (mut spans, mut runs) = (Vec::new(), Vec::new());
    for seed in 1..=seeds {
        let filled = fill(scaled, seed).await?;
        spans.push(filled.took);
        runs.extend(filled.runs);
    }
    spans.sort_unstable();
    Ok((spans, runs))
}
