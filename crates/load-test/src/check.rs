//! What cannot be, between columns.

use crate::data::{LoadTest, Series};
use crate::role::Role;
use crate::roles::Cast;
use crate::said::{Fault, Note, counted};

/// More is completed than arrives, beyond what a backlog explains.
const FAR_ABOVE: f64 = 3.0;

/// Rates of so many samples fall now and then, be it by chance.
const FEWEST_OF_A_COUNTER: usize = 20;

/// Holds a load test against itself.
pub(crate) fn check(test: &LoadTest, cast: &[Cast], notes: &mut Vec<Note>) -> Result<(), Fault> {
    let called = |role: Role| {
        cast.iter().find(|cast| cast.role == role).map(Cast::called).unwrap_or_default()
    };
    if test.demand.iter().all(|demand| demand.is_nan() || *demand == 0.0) {
        return Err(Fault::new(
            called(Role::Demand),
            "is 0 all the time; record a test under load",
        ));
    }
    let latency = &test.latency;
    let ladder = [
        (Role::LatencyP50, &latency.p50),
        (Role::LatencyP95, &latency.p95),
        (Role::LatencyP99, &latency.p99),
    ];
    let there: Vec<_> = ladder
        .iter()
        .filter_map(|(role, series)| series.as_ref().map(|series| (*role, series)))
        .collect();
    for pair in there.windows(2) {
        let [(low, lower), (high, higher)] = pair else { continue };
        let (below, of) = below(higher, lower);
        if below == 0 {
            continue;
        }
        let values = counted(below, "value is", "values are");
        let what = format!("{values} below those of {}", called(*low));
        if below * 2 > of {
            return Err(Fault::new(called(*high), format!("{what}; are the two mixed up?")));
        }
        notes.push(Note::new(called(*high), what));
    }
    if let Some(completed) = &test.completed {
        let ratios: Vec<f64> = completed
            .iter()
            .zip(&test.demand)
            .map(|(completed, demand)| if *demand > 0.0 { completed / demand } else { f64::NAN })
            .collect();
        if let Some(ratio) = crate::build::median(&ratios).filter(|ratio| *ratio > FAR_ABOVE) {
            let what = format!(
                "is {ratio:.0} times the demand; is one of them by the minute? say so by --unit \
                 completed=minute or --unit demand=second"
            );
            notes.push(Note::new(called(Role::Completed), what));
        }
    }
    let rates = [(Role::Demand, Some(&test.demand)), (Role::Completed, test.completed.as_ref())];
    for (role, series) in rates {
        if series.is_some_and(adds_up) {
            let what = "rises from each sample to the next; is it a counter that only adds up? \
                        record how much it rises in a second";
            notes.push(Note::new(called(role), what));
        }
    }
    for (role, series) in [(Role::Tasks, &test.tasks), (Role::Demand, &test.demand)] {
        let gaps = series.iter().filter(|value| value.is_nan()).count();
        if gaps == series.len() {
            let what = "has no value that can be used; see the notes on it, and record it again";
            return Err(Fault::new(called(role), what));
        }
        if gaps > 0 {
            let what = format!("is missing at {gaps} of {} times", series.len());
            notes.push(Note::new(called(role), what));
        }
    }
    Ok(())
}

/// A counter that only adds up, taken for a rate.
fn adds_up(series: &Series) -> bool {
    let there: Vec<f64> = series.iter().copied().filter(|value| !value.is_nan()).collect();
    there.len() >= FEWEST_OF_A_COUNTER && there.windows(2).all(|pair| pair.first() < pair.last())
}

/// How many values are below those of another series, and of how many.
fn below(series: &Series, other: &Series) -> (u64, u64) {
    let pairs = series.iter().zip(other).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    pairs.fold((0, 0), |(below, of), (value, other)| {
        // Averages of equal values differ in their last digits.
        (below + u64::from(*value < other * (1.0 - 1e-9)), of + 1)
    })
}
