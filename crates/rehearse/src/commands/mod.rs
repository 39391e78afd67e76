//! The commands, one file each.

mod bench;
mod completions;
mod drain;
mod load;
mod random;
mod serve;
mod traffic;
mod tune;
mod weigh;

use std::io;

use scenarios::draining::Draining;
use scenarios::scaling::Scaling;
use tokio::runtime::{Builder, Runtime};

use crate::cli::Command;
use crate::error::Error;

/// Runs a command.
///
/// # Errors
/// It could not run, or its result is one that [`Error`] gives an exit code.
pub(crate) fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Drain(drain) => match &drain.faults {
            Some(kinds) => random::one::<Draining>(drain.seed, kinds, drain.output),
            None => drain::run(&drain),
        },
        Command::Scale(scale) => random::one::<Scaling>(scale.seed, &scale.faults, scale.output),
        Command::Load(load) => load::run(&load),
        Command::Tune(tune) => tune::run(&tune),
        Command::Serve(serve) => serve::run(&serve),
        Command::Soak { runs, output } => random::soak(runs, output),
        Command::Bench { seed, output } => bench::run(seed, output),
        Command::Weigh { directory, output } => weigh::run(&directory, output),
        Command::Digest { runs } => random::digest(runs),
        Command::Completions { shell } => completions::run(shell),
    }
}

fn in_real_time() -> Result<Runtime, Error> {
    started(Builder::new_current_thread().enable_all().build())
}

fn in_virtual_time() -> Result<Runtime, Error> {
    started(Builder::new_current_thread().enable_all().start_paused(true).build())
}

fn started(runtime: io::Result<Runtime>) -> Result<Runtime, Error> {
    runtime.map_err(Error::Start)
}
