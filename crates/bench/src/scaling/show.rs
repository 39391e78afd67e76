//! Shows the measurements of scaling.

use std::fmt;

use time::Duration;

use super::calls::{hop, reconciles};
use super::compare::pairs;
use super::course::{Course, Dimension, Scaling};
use super::full::Scaled;
use super::{Followed, Measurements};
use scenarios::runs::Run;
use scenarios::table::{seconds, table};

/// Minutes between two shown desired capacities.
const EVERY: usize = 5;

pub(crate) fn all(f: &mut fmt::Formatter<'_>, all: &Measurements) -> fmt::Result {
    all.followed.iter().try_for_each(|followed| courses(f, followed))?;
    full(f, &all.took)?;
    calls(f, &all.runs)
}

/// Shows two courses under one load, and all their scalings.
fn courses(f: &mut fmt::Formatter<'_>, followed: &Followed) -> fmt::Result {
    let Followed { dimension, curve, native, alarm_scaling } = followed;
    writeln!(f, "\nscaling the {}: {}\n", dimension.name(), curve.name())?;
    for (name, course) in [("native", native), ("alarm-scaling", alarm_scaling)] {
        let desired: Vec<String> =
            course.desired.iter().step_by(EVERY).map(usize::to_string).collect();
        writeln!(f, "{name:>8}, desired every {EVERY} minutes: {}", desired.join(" "))?;
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
    writeln!(f, "\n{shown}\n")?;
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
    writeln!(f, "{shown}")
}

/// Shows the times until all tasks in a full cluster ran.
fn full(f: &mut fmt::Formatter<'_>, took: &[(Scaled, Vec<Duration>)]) -> fmt::Result {
    writeln!(f, "\na service scales out into a full cluster: until all its tasks run\n")?;
    let mut shown = table(&["", "least", "median", "most"]);
    for (scaled, spans) in took {
        let at = |place: usize| seconds(spans.get(place).copied());
        let last = spans.len().saturating_sub(1);
        shown.add_row([scaled.name().to_owned(), at(0), at(spans.len() / 2), at(last)]);
    }
    writeln!(f, "{shown}")
}

/// Shows the calls of reconciles.
fn calls(f: &mut fmt::Formatter<'_>, runs: &[Run]) -> fmt::Result {
    writeln!(f, "\ncalls of alarm-scaling, the largest number for each kind of reconcile\n")?;
    let mut shown = table(&["", "reconciles", "calls"]);
    let reconciles = reconciles(runs);
    for (kind, reconciles) in &reconciles {
        let calls = reconciles.dearest.len().to_string();
        shown.add_row([kind.words(), reconciles.count.to_string(), calls]);
    }
    writeln!(f, "{shown}\nadditional calls of reinvoke for each requeue message: {}\n", hop(runs))?;
    for (kind, reconciles) in &reconciles {
        writeln!(f, "{}: {}", kind.words(), reconciles.dearest.join(", "))?;
    }
    Ok(())
}
