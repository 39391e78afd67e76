//! Errors and exit codes.

use std::io;
use std::process::ExitCode;

use bench::weigh;
use scenarios::processes::ProcessError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot start: {0}")]
    Start(io::Error),
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    #[error("cannot serve on {0}: {1}")]
    Socket(String, io::Error),
    #[error(transparent)]
    Processes(#[from] ProcessError),
    #[error(transparent)]
    Scenario(#[from] scenarios::Error),
    #[error(transparent)]
    Input(#[from] load_model::BadInput),
    #[error(transparent)]
    Traffic(#[from] load_test::Fault),
    #[error(transparent)]
    Load(#[from] load_rehearsal::Error),
    #[error("cannot read {0}: {1}")]
    File(String, io::Error),
    #[error("cannot write {0}: {1}")]
    Report(String, io::Error),
    #[error(transparent)]
    Weigh(#[from] weigh::Error),
    /// The reasons why instances were not drained.
    #[error("the drain failed: {}", .0.join("; "))]
    NotDrained(Vec<String>),
    /// The seeds of the random runs.
    #[error("invariants were violated in the runs of seeds {0:?}")]
    Violated(Vec<u64>),
    /// The policies that did not keep the objective, and for how long.
    #[error("the objective was not kept: {}", .0.join("; "))]
    Exceeded(Vec<String>),
    #[error("targets were missed: {}", .0.join("; "))]
    Missed(Vec<String>),
}

impl Error {
    /// Whether the reader of standard output has closed it, which is not a failure.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit code. clap exits with 2 if the command line is invalid.
    fn code(&self) -> u8 {
        match self {
            Self::Input(_)
            | Self::Traffic(_)
            | Self::Load(load_rehearsal::Error::Input(_) | load_rehearsal::Error::Policy { .. }) => {
                2
            }
            Self::NotDrained(_) | Self::Violated(_) | Self::Exceeded(_) => 3,
            Self::Missed(_) => 4,
            _ => 1,
        }
    }
}

impl From<Error> for ExitCode {
    fn from(error: Error) -> Self {
        Self::from(error.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_other_codes_than_failures() {
        assert_eq!(Error::Violated(vec![19]).code(), 3);
        assert_eq!(Error::NotDrained(Vec::new()).code(), 3);
        assert_eq!(Error::Exceeded(Vec::new()).code(), 3);
        assert_eq!(Error::Input(load_model::BadInput::new("work", "is missing")).code(), 2);
        assert_eq!(Error::Missed(Vec::new()).code(), 4);
        assert_eq!(Error::Start(io::Error::other("no threads")).code(), 1);
    }
}
