//! The command `weigh`: measures the compiled functions.

use std::path::Path;

use bench::weigh;
use indicatif::ProgressBar;

use super::bench::all_met;
use super::in_real_time;
use crate::cli::Output;
use crate::error::Error;
use crate::output;

pub(super) fn run(directory: &Path, Output { json }: Output) -> Result<(), Error> {
    let bar = ProgressBar::no_length();
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let measured = in_real_time()?.block_on(weigh::run(directory, &progress))?;
    bar.finish_and_clear();
    if json {
        output::json(&measured.document())?
    } else {
        output::text(&measured)?
    }
    all_met(&measured.targets)
}
