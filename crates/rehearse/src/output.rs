//! Writes results to standard output.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::error::Error;

/// # Errors
/// Standard output cannot be written.
pub(crate) fn text(result: impl Display) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    writeln!(out, "{result}")?;
    Ok(out.flush()?)
}

/// # Errors
/// Standard output cannot be written.
pub(crate) fn json(document: &impl Serialize) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(out.flush()?)
}
