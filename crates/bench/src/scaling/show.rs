//! Prints the measurements of scaling.

use time::Duration;

use super::calls::{hop, reconciles};
use super::compare::pairs;
use super::course::{Course, Dimension, Scaling};
use super::curve::Curve;
use super::full::Scaled;
use scenarios::runs::Run;
use scenarios::table::{seconds, table};

/// Minutes between two printed desired capacities.
const EVERY: usize = 5;

/// Prints two courses under one load, and all their scalings.
pub(super) fn courses(dimension: Dimension, curve: Curve, native: &Course, alarm_scaling: &Course) {
    println!("\nscaling the {}: {}\n", dimension.name(), curve.name());
    for (name, course) in [("native", native), ("alarm-scaling", alarm_scaling)] {
        let desired: Vec<String> =
            course.desired.iter().step_by(EVERY).map(usize::to_string).collect();
        println!("{name:>8}, desired every {EVERY} minutes: {}", desired.join(" "));
    }
    let mut shown = table(&[
        "scaling",
        "native",
        "at",
        "value",
        "alarm-scaling",
        "at",
        "value",
        "later by",
        "",
    ]);
    let change = |scaling: Option<Scaling>| match scaling {
        Some(Scaling { from, to, .. }) => format!("{from} to {to}"),
        None => "-".to_owned(),
    };
    let value = |scaling: Option<Scaling>| match scaling.and_then(|scaling| scaling.value) {
        Some(value) => format!("{value:.1}"),
        None => "-".to_owned(),
    };
    for (number, pair) in pairs(&native.scalings, &alarm_scaling.scalings).into_iter().enumerate() {
        let at = |scaling: Option<Scaling>| seconds(scaling.map(|scaling| scaling.after));
        shown.add_row([
            (number + 1).to_string(),
            change(pair.native),
            at(pair.native),
            value(pair.native),
            change(pair.alarm_scaling),
            at(pair.alarm_scaling),
            value(pair.alarm_scaling),
            seconds(pair.later()),
            if pair.equal() { "equal" } else { "differs" }.to_owned(),
        ]);
    }
    println!("\n{shown}\n");
    let (used, short) = match dimension {
        Dimension::Service => ("task-minutes", "minutes above 100%"),
        Dimension::Cluster => ("instance-minutes", "minutes with unplaced tasks"),
    };
    let mut shown = table(&["", "native", "alarm-scaling"]);
    let row = |name: &str, of: fn(&Course) -> f64| {
        [name.to_owned(), format!("{:.1}", of(native)), format!("{:.1}", of(alarm_scaling))]
    };
    shown.add_row(row(used, |course| course.used_minutes));
    shown.add_row(row(short, |course| course.short_minutes));
    println!("{shown}");
}

/// Prints the times until all tasks in a full cluster ran.
pub(super) fn full(took: &[(Scaled, Vec<Duration>)]) {
    println!("\na service scales out into a full cluster: until all its tasks run\n");
    let mut shown = table(&["", "least", "median", "most"]);
    for (scaled, spans) in took {
        let at = |place: usize| seconds(spans.get(place).copied());
        let last = spans.len().saturating_sub(1);
        shown.add_row([scaled.name().to_owned(), at(0), at(spans.len() / 2), at(last)]);
    }
    println!("{shown}");
}

/// Prints the calls of reconciles.
pub(super) fn calls(runs: &[Run]) {
    println!("\ncalls of alarm-scaling, the largest number for each kind of reconcile\n");
    let mut shown = table(&["", "reconciles", "calls"]);
    let reconciles = reconciles(runs);
    for (kind, reconciles) in &reconciles {
        let calls = reconciles.dearest.len().to_string();
        shown.add_row([kind.words(), reconciles.count.to_string(), calls]);
    }
    println!("{shown}\nadditional calls of reinvoke for each requeue message: {}\n", hop(runs));
    for (kind, reconciles) in &reconciles {
        println!("{}: {}", kind.words(), reconciles.dearest.join(", "));
    }
}
