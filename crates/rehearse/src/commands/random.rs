//! Random runs of drains and scaling: one of them by its seed, or many.

use std::fmt::Debug;

use indicatif::{ProgressBar, ProgressStyle};
use region::client::Forger;
use scenarios::draining::history::{self as draining, Kinds};
use scenarios::draining::oracle::Violation;
use scenarios::scaling::history as scaling;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::well_known::Rfc3339;

use crate::cli::{Output, Runs};
use crate::error::Error;
use crate::output;

/// Runs one random drain and prints its trace.
pub(super) fn drain(seed: u64, kinds: &Kinds, Output { json }: Output) -> Result<(), Error> {
    let run = Drained::run(seed, kinds)?;
    if json {
        output::json(&run.document(kinds)?)?;
    } else {
        run.print()?;
    }
    one_held(seed, run.outcome.violations.is_empty())
}

/// Runs one random run of scaling and prints its trace.
pub(super) fn scale(seed: u64, kinds: &Kinds, Output { json }: Output) -> Result<(), Error> {
    let run = Scaled::run(seed, kinds)?;
    if json {
        output::json(&run.document(kinds))?
    } else {
        output::text(run.trace())?
    }
    one_held(seed, run.outcome.violations.is_empty())
}

/// Runs many random runs, and prints the trace of the first violation.
pub(super) fn soak(runs: Runs, output: Output) -> Result<(), Error> {
    let violated =
        if runs.scaling { soak_scaling(runs, output)? } else { soak_drains(runs, output)? };
    if violated.is_empty() { Ok(()) } else { Err(Error::Violated(violated)) }
}

/// Prints a digest of each run.
pub(super) fn digest(runs: Runs) -> Result<(), Error> {
    let Runs { from, seeds, faults: kinds, scaling } = runs;
    let lines = if scaling {
        scaling::soak::Soak { from, seeds, kinds }.digests()?
    } else {
        draining::soak::Soak { from, seeds, kinds }.digests()?
    };
    output::text(lines.join("\n"))
}

fn soak_drains(runs: Runs, Output { json }: Output) -> Result<Vec<u64>, Error> {
    let Runs { from, seeds, faults: kinds, .. } = runs;
    let soak = draining::soak::Soak { from, seeds, kinds };
    introduce(from, seeds, &soak.kinds, json)?;
    let bar = bar_of(seeds);
    let mut total = soak.run(|total| show(&bar, total.histories, total.broken.len()))?;
    bar.finish_and_clear();
    let lag = total.lag();
    let first = total.broken.first().map(|seed| Drained::run(*seed, &soak.kinds)).transpose()?;
    if json {
        output::json(&json!({
            "first_seed": from,
            "faults": soak.kinds.to_string(),
            "runs": total.histories,
            "drains": total.drains,
            "calls": total.calls,
            "median_lag_seconds": lag.map(|(median, _)| median.as_seconds_f64()),
            "longest_lag_seconds": lag.map(|(_, (longest, _))| longest.as_seconds_f64()),
            "longest_lag_seed": lag.map(|(_, (_, seed))| seed),
            "violating_seeds": total.broken,
            "first_violation": first.map(|run| run.document(&soak.kinds)).transpose()?,
        }))?;
        return Ok(total.broken);
    }
    output::text(format_args!(
        "{} runs, {} drains, {} calls",
        total.histories, total.drains, total.calls
    ))?;
    if let Some((median, (longest, seed))) = lag {
        let (median, longest) = (median.as_seconds_f64(), longest.as_seconds_f64());
        output::text(format_args!(
            "lag from the last container's stop: median {median:.1} s, longest {longest:.1} s \
             (seed {seed})"
        ))?;
    }
    match first {
        Some(first) => first.print()?,
        None => output::text("no invariant was violated")?,
    }
    Ok(total.broken)
}

fn soak_scaling(runs: Runs, Output { json }: Output) -> Result<Vec<u64>, Error> {
    let Runs { from, seeds, faults: kinds, .. } = runs;
    let soak = scaling::soak::Soak { from, seeds, kinds };
    introduce(from, seeds, &soak.kinds, json)?;
    let bar = bar_of(seeds);
    let total = soak.run(|total| show(&bar, total.histories, total.broken.len()))?;
    bar.finish_and_clear();
    let scaled = total.scalings;
    let first = total.broken.first().map(|seed| Scaled::run(*seed, &soak.kinds)).transpose()?;
    if json {
        output::json(&json!({
            "first_seed": from,
            "faults": soak.kinds.to_string(),
            "runs": total.histories,
            "virtual_seconds": total.seconds,
            "tasks_out": scaled.tasks_out,
            "tasks_in": scaled.tasks_in,
            "instances_out": scaled.instances_out,
            "instances_in": scaled.instances_in,
            "calls": total.calls,
            "violating_seeds": total.broken,
            "first_violation": first.map(|run| run.document(&soak.kinds)),
        }))?;
        return Ok(total.broken);
    }
    output::text(format_args!(
        "{} runs, {} virtual hours",
        total.histories,
        total.seconds / 3_600
    ))?;
    output::text(format_args!(
        "tasks scaled {} times out and {} in",
        scaled.tasks_out, scaled.tasks_in
    ))?;
    output::text(format_args!(
        "instances scaled {} times out and {} in",
        scaled.instances_out, scaled.instances_in
    ))?;
    output::text(format_args!("{} calls", total.calls))?;
    match first {
        Some(first) => output::text(first.trace())?,
        None => output::text("no invariant was violated")?,
    }
    Ok(total.broken)
}

struct Drained {
    history: draining::History,
    outcome: draining::Outcome,
}

impl Drained {
    fn run(seed: u64, kinds: &Kinds) -> Result<Self, Error> {
        Self::of(draining::History::draw(seed, kinds))
    }

    fn of(history: draining::History) -> Result<Self, Error> {
        let outcome = draining::told(&history, Forger::honest())?;
        Ok(Self { history, outcome })
    }

    fn trace(&self) -> String {
        draining::tell(&self.history, &self.outcome)
    }

    /// The run with the fewest faults that still violates the same invariant.
    fn minimized(&self) -> Result<Option<Self>, Error> {
        let Some(violation) = self.outcome.violations.first() else { return Ok(None) };
        let shorter = draining::shorter(&self.history, violation.promise, &Forger::honest())?;
        Self::of(shorter).map(Some)
    }

    fn print(&self) -> Result<(), Error> {
        output::text(self.trace())?;
        if let Some(violation) = self.outcome.violations.first() {
            output::text(format_args!(
                "minimizing the run that violates {:?}\n",
                violation.promise
            ))?;
        }
        self.minimized()?.map_or(Ok(()), |minimized| output::text(minimized.trace()))
    }

    fn document(&self, kinds: &Kinds) -> Result<Value, Error> {
        let Self { history, outcome } = self;
        let mut lags = outcome.lags.clone();
        lags.sort_unstable();
        Ok(json!({
            "seed": history.seed,
            "faults": kinds.to_string(),
            "drains": outcome.drains,
            "calls": outcome.calls,
            "median_lag_seconds": lags.get(lags.len() / 2).copied().map(Duration::as_seconds_f64),
            "longest_lag_seconds": lags.last().copied().map(Duration::as_seconds_f64),
            "longest_lag_seed": lags.last().map(|_| history.seed),
            "violations": violations(&outcome.violations),
            "trace": lines(&self.trace()),
            "minimized_trace": self.minimized()?.map(|minimized| lines(&minimized.trace())),
        }))
    }
}

struct Scaled {
    history: scaling::History,
    outcome: scaling::Outcome,
}

impl Scaled {
    fn run(seed: u64, kinds: &Kinds) -> Result<Self, Error> {
        let history = scaling::History::draw(seed, kinds);
        let outcome = scaling::told(&history, Forger::honest())?;
        Ok(Self { history, outcome })
    }

    fn trace(&self) -> String {
        scaling::tell(&self.history, &self.outcome)
    }

    fn document(&self, kinds: &Kinds) -> Value {
        let Self { history, outcome } = self;
        json!({
            "seed": history.seed,
            "faults": kinds.to_string(),
            "virtual_seconds": outcome.seconds,
            "tasks_out": outcome.scalings.tasks_out,
            "tasks_in": outcome.scalings.tasks_in,
            "instances_out": outcome.scalings.instances_out,
            "instances_in": outcome.scalings.instances_in,
            "calls": outcome.calls,
            "violations": violations(&outcome.violations),
            "trace": lines(&self.trace()),
            "minimized_trace": Value::Null,
        })
    }
}

fn one_held(seed: u64, held: bool) -> Result<(), Error> {
    if held { Ok(()) } else { Err(Error::Violated(vec![seed])) }
}

fn violations<Invariant: Debug>(violations: &[Violation<Invariant>]) -> Vec<Value> {
    let violation = |violation: &Violation<Invariant>| {
        json!({
            "at": violation.at.format(&Rfc3339).unwrap_or_default(),
            "invariant": format!("{:?}", violation.promise),
            "description": violation.what,
        })
    };
    violations.iter().map(violation).collect()
}

fn lines(trace: &str) -> Vec<String> {
    trace.trim_end().lines().map(str::to_owned).collect()
}

fn introduce(from: u64, seeds: u64, kinds: &Kinds, json: bool) -> Result<(), Error> {
    let line = format!("{seeds} runs from seed {from} on, faults: {kinds}");
    if json {
        eprintln!("{line}");
        return Ok(());
    }
    output::text(line)
}

fn bar_of(seeds: u64) -> ProgressBar {
    let style = "{wide_bar} {pos}/{len} runs, {per_sec}, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(seeds).with_style(style)
}

fn show(bar: &ProgressBar, runs: u64, violated: usize) {
    bar.set_position(runs);
    if violated > 0 {
        bar.set_message(format!(", {violated} violated"));
    }
}
