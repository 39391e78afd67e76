//! The `rehearse` command.

mod cli;
mod color;
mod commands;
mod error;
mod help;
mod output;

use std::process::ExitCode;

use crate::cli::{Cli, NAME};

fn main() -> ExitCode {
    let Cli { color, command } = Cli::parse_from_args(std::env::args_os());
    match commands::run(command) {
        Err(error) if !error.is_closed_pipe() => {
            eprintln!("{} {error}", color::bad(color, &format!("{NAME}:")));
            error.into()
        }
        _ => ExitCode::SUCCESS,
    }
}
