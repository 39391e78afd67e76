//! The metric-advisor command.

use std::process::ExitCode;

use clap::Parser as _;
use metric_advisor::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(answer) => answer.into(),
        Err(failure) => {
            eprintln!("metric-advisor: {failure}");
            failure.into()
        }
    }
}
