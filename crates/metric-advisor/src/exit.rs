//! What the process ends with.

use std::io;
use std::process::ExitCode;

use advice::advice::Verdict;
use load_test::Fault;

/// How a command that did its work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A metric was recommended, or there was nothing to decide.
    Done,
    /// No metric will do.
    NoneSuitable,
    /// The test does not tell.
    NotEnoughData,
}

/// Why a command did not.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// What a file holds cannot be used.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// A file.
    #[error("{file}: {cause}")]
    File {
        /// Its name.
        file: String,
        /// What happened.
        cause: io::Error,
    },
    /// A call to AWS.
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
            // As clap ends where the command line is bad.
            Failure::Input(_) | Failure::Fault(_) => Self::from(2),
            Failure::File { .. } | Failure::Call(_) => Self::from(4),
        }
    }
}

impl Failure {
    /// A file that failed.
    pub fn file(file: impl ToString) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::File { file: file.to_string(), cause }
    }
}
