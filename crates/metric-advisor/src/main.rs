//! The metric-advisor command.

use std::ffi::OsString;
use std::process::ExitCode;

use metric_advisor::cli::Cli;
use metric_advisor::run::Run;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let run = Run::of(&arguments);
    let cli = Cli::parse_from_args(arguments);
    let paint = cli.color().stderr();
    match cli.run(&run) {
        Ok(answer) => answer.into(),
        Err(failure) => {
            eprintln!("{} {failure}", paint.bad("metric-advisor:"));
            failure.into()
        }
    }
}
