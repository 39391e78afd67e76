//! Random runs of drains and scaling: one of them by its seed, or many.

use std::fmt::Debug;

use indicatif::{ProgressBar, ProgressStyle};
use region::client::Interceptor;
use scenarios::draining::Draining;
use scenarios::random::kinds::Kinds;
use scenarios::random::soak::Soak;
use scenarios::random::{Run, Scenario, Violation, minimize, trace};
use scenarios::scaling::Scaling;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use crate::cli::{Output, Runs};
use crate::error::Error;
use crate::output;

/// Runs one random run of a scenario and prints its trace.
pub(super) fn one<S: Scenario>(seed: u64, kinds: &Kinds, output: Output) -> Result<(), Error> {
    let replayed = Replayed::<S::Figures>::of::<S>(seed, kinds)?;
    if output.json {
        output::json(&replayed)?;
    } else {
        replayed.print()?;
    }
    if replayed.violations.is_empty() { Ok(()) } else { Err(Error::Violated(vec![seed])) }
}

/// Runs many random runs, and prints the trace of the first violation.
pub(super) fn soak(runs: Runs, output: Output) -> Result<(), Error> {
    match runs.scaling {
        true => soak_of::<Scaling>(runs, output),
        false => soak_of::<Draining>(runs, output),
    }
}

/// Prints a digest of each run.
pub(super) fn digest(runs: Runs) -> Result<(), Error> {
    let scaling = runs.scaling;
    let soak = soak_with(runs);
    let lines = if scaling { soak.digests::<Scaling>() } else { soak.digests::<Draining>() };
    output::text(lines?.join("\n"))
}

fn soak_with(Runs { from, seeds, faults: kinds, .. }: Runs) -> Soak {
    Soak { from, seeds, kinds }
}

fn soak_of<S: Scenario>(runs: Runs, Output { json }: Output) -> Result<(), Error> {
    let soak = soak_with(runs);
    let title = format!("{} runs from seed {} on, faults: {}", soak.seeds, soak.from, soak.kinds);
    if json {
        eprintln!("{title}");
    } else {
        output::text(title)?;
    }
    let bar = bar_of(soak.seeds);
    let summary = soak.run::<S>(|summary| {
        bar.set_position(summary.runs);
        if !summary.violating_seeds.is_empty() {
            bar.set_message(format!(", {} violated", summary.violating_seeds.len()));
        }
    })?;
    bar.finish_and_clear();
    let first = summary.violating_seeds.first();
    let first = first.map(|seed| Replayed::of::<S>(*seed, &soak.kinds)).transpose()?;
    if json {
        let faults = soak.kinds.to_string();
        let first_seed = soak.from;
        output::json(&Soaked { first_seed, faults, summary: &summary, first_violation: first })?;
    } else {
        output::text(&summary)?;
        first.map_or(Ok(()), |first: Replayed<S::Figures>| first.print())?;
    }
    let violating = summary.violating_seeds;
    if violating.is_empty() { Ok(()) } else { Err(Error::Violated(violating)) }
}

#[derive(Serialize)]
struct Soaked<Summary, Figures> {
    first_seed: u64,
    faults: String,
    #[serde(flatten)]
    summary: Summary,
    first_violation: Option<Replayed<Figures>>,
}

/// A random run with its trace, and with that of its minimized run if it violates an invariant.
#[derive(Serialize)]
struct Replayed<Figures> {
    seed: u64,
    faults: String,
    calls: u64,
    #[serde(flatten)]
    figures: Figures,
    violations: Vec<Violated>,
    trace: Vec<String>,
    minimized_trace: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Violated {
    at: String,
    invariant: String,
    description: String,
}

impl<Figures> Replayed<Figures> {
    fn of<S: Scenario<Figures = Figures>>(seed: u64, kinds: &Kinds) -> Result<Self, Error> {
        let none = Interceptor::none();
        let run = Run::<S>::draw(seed, kinds);
        let traced = trace(&run, &none)?;
        let minimized = match traced.outcome.violations.first() {
            Some(violation) => {
                let minimized = minimize(&run, violation.invariant, &none)?;
                Some(lines(&trace(&minimized, &none)?.to_string()))
            }
            None => None,
        };
        let lines = lines(&traced.to_string());
        let outcome = traced.outcome;
        Ok(Self {
            seed,
            faults: kinds.to_string(),
            calls: outcome.calls,
            figures: outcome.figures,
            violations: outcome.violations.iter().map(violated).collect(),
            trace: lines,
            minimized_trace: minimized,
        })
    }

    fn print(&self) -> Result<(), Error> {
        output::text(format_args!("{}\n", self.trace.join("\n")))?;
        let Some(minimized) = &self.minimized_trace else { return Ok(()) };
        let invariant = self.violations.first().map_or("", |first| first.invariant.as_str());
        output::text(format_args!("the minimized run that violates {invariant}\n"))?;
        output::text(format_args!("{}\n", minimized.join("\n")))
    }
}

fn violated<Invariant: Debug>(violation: &Violation<Invariant>) -> Violated {
    Violated {
        at: violation.at.format(&Rfc3339).unwrap_or_default(),
        invariant: format!("{:?}", violation.invariant),
        description: violation.what.clone(),
    }
}

fn lines(trace: &str) -> Vec<String> {
    trace.trim_end().lines().map(str::to_owned).collect()
}

fn bar_of(seeds: u64) -> ProgressBar {
    let style = "{wide_bar} {pos}/{len} runs, {per_sec}, {eta} left{msg}";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(seeds).with_style(style)
}
