//! How what was measured of scaling is printed.

use time::Duration;

use super::calls::{hop, looks};
use super::compare::pairs;
use super::course::{Course, Dimension, Scaling};
use super::curve::Curve;
use super::full::Scaled;
use crate::runs::Run;
use crate::table::{seconds, table};

/// Minutes between two figures of the desired capacity.
const EVERY: usize = 5;

/// Two courses under one load, and every scaling of both.
pub(super) fn courses(dimension: Dimension, curve: Curve, native: &Course, adapter: &Course) {
    println!("\nscaling the {}: {}\n", dimension.name(), curve.name());
    for (name, course) in [("native", native), ("adapter", adapter)] {
        let desired: Vec<String> =
            course.desired.iter().step_by(EVERY).map(usize::to_string).collect();
        println!("{name:>8}, desired every {EVERY} minutes: {}", desired.join(" "));
    }
    let mut shown =
        table(&["scaling", "native", "at", "value", "adapter", "at", "value", "later by", ""]);
    let change = |scaling: Option<Scaling>| match scaling {
        Some(Scaling { from, to, .. }) => format!("{from} to {to}"),
        None => "-".to_owned(),
    };
    let value = |scaling: Option<Scaling>| match scaling.and_then(|scaling| scaling.value) {
        Some(value) => format!("{value:.1}"),
        None => "-".to_owned(),
    };
    for (number, pair) in pairs(&native.scalings, &adapter.scalings).into_iter().enumerate() {
        let at = |scaling: Option<Scaling>| seconds(scaling.map(|scaling| scaling.after));
        shown.add_row([
            (number + 1).to_string(),
            change(pair.native),
            at(pair.native),
            value(pair.native),
            change(pair.adapter),
            at(pair.adapter),
            value(pair.adapter),
            seconds(pair.later()),
            if pair.equal() { "equal" } else { "differs" }.to_owned(),
        ]);
    }
    println!("\n{shown}\n");
    let (used, short) = match dimension {
        Dimension::Service => ("task-minutes", "minutes above 100 %"),
        Dimension::Cluster => ("instance-minutes", "minutes with tasks without a place"),
    };
    let mut shown = table(&["", "native", "adapter"]);
    let row = |name: &str, of: fn(&Course) -> f64| {
        [name.to_owned(), format!("{:.1}", of(native)), format!("{:.1}", of(adapter))]
    };
    shown.add_row(row(used, |course| course.used_minutes));
    shown.add_row(row(short, |course| course.short_minutes));
    println!("{shown}");
}

/// How long tasks in a full cluster waited.
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

/// What looks cost.
pub(super) fn calls(runs: &[Run]) {
    println!("\ncalls of alarm-scaling, the dearest look of each kind\n");
    let mut shown = table(&["", "looks", "calls"]);
    let looks = looks(runs);
    for (kind, looks) in &looks {
        let calls = looks.dearest.len().to_string();
        shown.add_row([kind.words(), looks.count.to_string(), calls]);
    }
    println!("{shown}\nand for each tick reinvoke's own: {}\n", hop(runs));
    for (kind, looks) in &looks {
        println!("{}: {}", kind.words(), looks.dearest.join(", "));
    }
}
