//! The `rehearse` command.

use std::process::ExitCode;

use clap::Parser as _;
use rehearse::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("rehearse: {failure}");
            ExitCode::FAILURE
        }
    }
}
