//! The command `completions`: prints shell completions.

use clap_complete::Shell;

use crate::cli::{Cli, NAME};
use crate::error::Error;
use crate::output;

pub(super) fn run(shell: Shell) -> Result<(), Error> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::described(), NAME, &mut text);
    output::text(String::from_utf8_lossy(&text).trim_end())
}
