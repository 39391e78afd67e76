//! Measured values with upper bounds.

use std::fmt;

use serde::Serialize;

use scenarios::table::table;

/// A measured value and its bound.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The name of the value.
    pub what: String,
    /// The measured value.
    pub measured: f64,
    /// The upper bound.
    pub most: f64,
}

impl Target {
    /// Why the target is missed, if it is.
    pub fn missed(&self) -> Option<String> {
        let Self { what, measured, most } = self;
        (measured > most).then(|| format!("{what}: {measured:.2}, at most {most:.2} wanted"))
    }
}

/// Shows a table of the targets.
pub(crate) fn show(f: &mut fmt::Formatter<'_>, targets: &[Target]) -> fmt::Result {
    writeln!(f, "\ntargets\n")?;
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
    write!(f, "{shown}")
}

/// A target for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Row<'a> {
    name: &'a str,
    limit: f64,
    measured: f64,
    met: bool,
}

impl<'a> Row<'a> {
    pub(crate) fn all(targets: &'a [Target]) -> Vec<Self> {
        let row = |target: &'a Target| Self {
            name: &target.what,
            limit: target.most,
            measured: target.measured,
            met: target.missed().is_none(),
        };
        targets.iter().map(row).collect()
    }
}

/// Formats a whole number without decimals, a small one with six, and others with two.
pub fn places(amount: f64) -> String {
    if amount.fract() == 0.0 {
        format!("{amount:.0}")
    } else if amount < 0.01 {
        format!("{amount:.6}")
    } else {
        format!("{amount:.2}")
    }
}

/// A count as a number for a [`Target`].
#[expect(clippy::cast_precision_loss, reason = "far less than 2^52 of anything")]
pub fn number(count: u64) -> f64 {
    count as f64
}
