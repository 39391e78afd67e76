//! The command `load`: plays a load against policies and compares them.

use std::fs::{self, File};
use std::num::NonZero;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use load_model::{BadInput, Load as Demand};
use load_rehearsal::document::Document;
use load_rehearsal::{Comparison, Course, Description, Policy, Setup, Verdict, rehearse, report};
use load_test::Mapping;

use crate::cli::NAME;
use crate::cli::load::{Load, Shape};
use crate::error::Error;
use crate::output;

pub(super) fn run(what: &Load) -> Result<(), Error> {
    let (name, demand) = demand(what)?;
    let setup = described(what)?.setup(demand)?;
    let policies = policies(what)?;
    let courses = courses(&setup, &policies, what.seed)?;
    let verdicts: Vec<Verdict> =
        courses.iter().map(|(policy, course)| Verdict::of(&setup, policy, course)).collect();
    let document = Document::of(&name, what.seed, &setup, &courses)?;
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

/// The load, and what the report calls it.
fn demand(what: &Load) -> Result<(String, Demand), Error> {
    if let Some(Shape { text, load }) = &what.shape {
        return Ok((text.clone(), load.clone()));
    }
    let path = what.csv.as_deref().unwrap_or(Path::new(""));
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::File(name.clone(), error))?;
    let mut mapping = Mapping::default();
    what.columns.iter().try_for_each(|flag| mapping.column(flag))?;
    what.units.iter().try_for_each(|flag| mapping.unit(flag))?;
    let (_, recording) = load_test::read(&name, file, &mapping)?;
    let demand = recording.into_demand(&mapping)?;
    for guess in &demand.guesses {
        eprintln!("{guess}");
    }
    for note in &demand.notes {
        eprintln!("{note}");
    }
    Ok((name, Demand::samples(&demand.times, &demand.rates)?))
}

fn described(what: &Load) -> Result<Description, Error> {
    let mut description = match &what.described.service {
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).map_err(|error| Error::File(name, error))?;
            Description::json(&text)?
        }
        None => Description::default(),
    };
    for (name, value) in what.described.given() {
        description.set(name, value.clone());
    }
    Ok(description)
}

fn policies(what: &Load) -> Result<Vec<Policy>, BadInput> {
    match what.policies.is_empty() {
        true => ["native", "alarm-scaling"].into_iter().map(Policy::read).collect(),
        false => Ok(what.policies.clone()),
    }
}

/// The course of each policy, on all cores.
fn courses(
    setup: &Setup,
    policies: &[Policy],
    seed: u64,
) -> Result<Vec<(Policy, Course)>, load_rehearsal::Error> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (sender, ended) = mpsc::channel();
    thread::scope(|scope| {
        for first in 0..cores.min(policies.len()) {
            let sender = sender.clone();
            scope.spawn(move || {
                for (place, policy) in policies.iter().enumerate().skip(first).step_by(cores) {
                    // The receiver is there until all senders are gone.
                    _ = sender.send((place, rehearse(setup, policy, seed)));
                }
            });
        }
        drop(sender);
        let mut courses: Vec<_> = ended.into_iter().collect();
        courses.sort_by_key(|(place, _)| *place);
        let courses = policies.iter().cloned().zip(courses);
        courses.map(|(policy, (_, course))| Ok((policy, course?))).collect()
    })
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
