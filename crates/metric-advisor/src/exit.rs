//! Exit codes and errors.

use std::io;
use std::process::ExitCode;

use advice::advice::Verdict;
use load_test::Fault;

/// The result of a command that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A metric is recommended, or the command gives no recommendation.
    Done,
    /// None of the metrics is suitable.
    NoneSuitable,
    /// The load test does not have enough data.
    NotEnoughData,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// An option or its value cannot be used.
    #[error("{0}")]
    Input(String),
    /// The content of a file cannot be used.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// A file cannot be read or written.
    #[error("{file}: {cause}")]
    File {
        /// Its name.
        file: String,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// A call to AWS failed.
    #[error("{0}")]
    Call(String),
}

impl From<&Verdict> for Answer {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Recommended(_) => Self::Done,
            Verdict::NoneSuitable { .. } => Self::NoneSuitable,
            Verdict::NotEnoughData { .. } => Self::NotEnoughData,
        }
    }
}

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done => Self::SUCCESS,
            Answer::NoneSuitable => Self::from(1),
            Answer::NotEnoughData => Self::from(3),
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        match failure {
            // The exit code of clap for an invalid command line.
            Failure::Input(_) | Failure::Fault(_) => Self::from(2),
            Failure::File { .. } | Failure::Call(_) => Self::from(4),
        }
    }
}

impl Failure {
    /// Makes an error of the file `file`.
    pub fn file(file: impl ToString) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::File { file: file.to_string(), cause }
    }
}
