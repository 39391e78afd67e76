//! The `rehearse` command.

mod cli;
mod drain;
mod progress;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rehearse: {failure}");
            ExitCode::FAILURE
        }
    }
}
