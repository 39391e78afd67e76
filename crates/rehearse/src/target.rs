//! What is measured against a bound, and how that is shown.

use crate::table::table;

/// A measured value and its bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is measured.
    pub what: String,
    /// The value.
    pub measured: f64,
    /// The most that it may be.
    pub most: f64,
}

impl Target {
    /// Why it is missed, if it is.
    pub fn missed(&self) -> Option<String> {
        let Self { what, measured, most } = self;
        (measured > most).then(|| format!("{what}: {measured:.2}, at most {most:.2} wanted"))
    }
}

/// Print the targets and what was measured.
pub(crate) fn show(targets: &[Target]) {
    println!("\ntargets\n");
    let mut shown = table(&["target", "at most", "measured", ""]);
    for target in targets {
        let met = if target.missed().is_none() { "met" } else { "missed" };
        shown.add_row([
            target.what.clone(),
            places(target.most),
            places(target.measured),
            met.into(),
        ]);
    }
    println!("{shown}");
}

/// A number with as many places as it has, up to what tells it from nothing.
pub(crate) fn places(amount: f64) -> String {
    if amount.fract() == 0.0 {
        format!("{amount:.0}")
    } else if amount < 0.01 {
        format!("{amount:.6}")
    } else {
        format!("{amount:.2}")
    }
}

/// A count as a measured value.
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 of anything")]
pub(crate) fn number(count: u64) -> f64 {
    count as f64
}
