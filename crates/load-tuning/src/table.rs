//! A search as text.

use std::fmt;

use scenarios::table::table;

use crate::document::{Change, Document, Tried};

/// Single changes that are listed.
const SINGLES: usize = 10;

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.name();
        writeln!(f, "single changes, the best {SINGLES} of {}\n", self.singles.len())?;
        let mut singles = table(&["change", "outside the objective", "compared", unit, "compared"]);
        for one in self.singles.iter().take(SINGLES) {
            let (score, start) = (one.score, self.start.score);
            singles.add_row([
                changes(one),
                format!("{:.2}%", score.violation_percent),
                format!("{:+.2}", score.violation_percent - start.violation_percent),
                format!("{:.1}", score.cost),
                format!("{:+.1}", score.cost - start.cost),
            ]);
        }
        writeln!(f, "{singles}\n\nsettings that no other of {} beats\n", self.tried)?;
        let mut front = table(&[unit, "outside the objective", "changes"]);
        for one in &self.front {
            let outside = format!("{:.2}%", one.score.violation_percent);
            front.add_row([format!("{:.1}", one.score.cost), outside, changes(one)]);
        }
        writeln!(f, "{front}\n\n{}", self.sentence)?;
        if let Some(held_out) = self.held_out {
            writeln!(
                f,
                "On loads that are held out: {:.2}% instead of {:.2}%, for {:.1} {unit} instead of \
                 {:.1}.",
                held_out.best.violation_percent,
                held_out.start.violation_percent,
                held_out.best.cost,
                held_out.start.cost,
            )?;
        }
        if self.is_interrupted {
            writeln!(f, "The search was stopped before its end.")?;
        }
        let paste: Vec<String> = self.best.changes.iter().map(Change::pasted).collect();
        if paste.is_empty() { Ok(()) } else { write!(f, "\n{}", paste.join(" ")) }
    }
}

impl Change {
    /// The parameter as `sam deploy --parameter-overrides` takes it.
    fn pasted(&self) -> String {
        format!("{}={}", self.parameter, self.to)
    }
}

fn changes(one: &Tried) -> String {
    let changes: Vec<String> = one.changes.iter().map(Change::pasted).collect();
    if changes.is_empty() { "none".to_owned() } else { changes.join(" ") }
}
