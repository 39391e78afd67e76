//! The command `load`: plays a load against policies and compares them.

use std::fs;

use load_model::BadInput;
use load_rehearsal::document::Document;
use load_rehearsal::{Comparison, Course, Policy, Prepared, Setup, Verdict, report};
use scenarios::cores;

use super::traffic;
use crate::cli::NAME;
use crate::cli::load::Load;
use crate::error::Error;
use crate::output;

pub(super) fn run(what: &Load) -> Result<(), Error> {
    let (name, demand) = traffic::demand(&what.traffic)?;
    let setup = traffic::described(&what.described)?.setup(demand)?;
    let setup = Setup { events: what.events.clone(), ..setup };
    let policies = policies(what)?;
    let prepared = Prepared::new(&setup)?;
    let courses = courses(&prepared, &policies, what.seed)?;
    let verdicts: Vec<Verdict> =
        courses.iter().map(|(policy, course)| Verdict::of(&setup, policy, course)).collect();
    let document = Document::of(&name, what.seed, &prepared, &courses);
    if let Some(path) = &what.html {
        let page = report::html(&document, &setup, &courses, &command());
        let written = fs::write(path, page);
        written.map_err(|error| Error::Report(path.display().to_string(), error))?;
    }
    if what.output.json {
        output::json(&document)?;
    } else {
        output::text(Comparison(&verdicts))?;
    }
    within(what.max_violation, &verdicts)
}

/// The command line, for a report.
fn command() -> String {
    let words = std::env::args().skip(1).map(|word| match word.contains([' ', '<', '*']) {
        true => format!("'{word}'"),
        false => word,
    });
    std::iter::once(NAME.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

fn policies(what: &Load) -> Result<Vec<Policy>, BadInput> {
    match what.policies.is_empty() {
        true => ["native", "alarm-scaling"].into_iter().map(Policy::read).collect(),
        false => Ok(what.policies.clone()),
    }
}

/// The course of each policy, on all cores.
fn courses(
    prepared: &Prepared<'_>,
    policies: &[Policy],
    seed: u64,
) -> Result<Vec<(Policy, Course)>, load_rehearsal::Error> {
    cores::map(policies, |policy| Ok((policy.clone(), prepared.rehearse(policy, seed)?)))
}

/// # Errors
/// A policy does not keep the objective for more of the time than is allowed.
fn within(most: Option<f64>, verdicts: &[Verdict]) -> Result<(), Error> {
    let Some(most) = most else { return Ok(()) };
    let beyond = verdicts.iter().filter(|one| one.violated_time_percent > 100.0 * most);
    let beyond: Vec<String> = beyond
        .map(|one| format!("{}: {:.2}% of the time", one.policy, one.violated_time_percent))
        .collect();
    if beyond.is_empty() { Ok(()) } else { Err(Error::Exceeded(beyond)) }
}
