//! The command `bench`: measures what drains and scaling cost.

use bench::target::Target;

use super::in_virtual_time;
use crate::cli::Output;
use crate::error::Error;
use crate::output;

pub(super) fn run(seed: u64, Output { json }: Output) -> Result<(), Error> {
    let step = |what: &str| eprintln!("bench: {what}");
    let measured = in_virtual_time()?.block_on(bench::run(seed, &step))?;
    if json {
        output::json(&measured.document())?
    } else {
        output::text(&measured)?
    }
    all_met(&measured.targets)
}

/// # Errors
/// Targets were missed.
pub(super) fn all_met(targets: &[Target]) -> Result<(), Error> {
    let missed: Vec<String> = targets.iter().filter_map(Target::missed).collect();
    if missed.is_empty() { Ok(()) } else { Err(Error::Missed(missed)) }
}
