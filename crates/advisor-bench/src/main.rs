//! The advisor-bench command.

use std::process::ExitCode;

use advisor_bench::cli::Cli;
use clap::Parser as _;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("advisor-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
