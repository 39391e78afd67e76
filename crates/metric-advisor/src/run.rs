//! The command line and the time of a run of the command.

use std::ffi::OsString;

use time::OffsetDateTime;

/// One run of the command.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The command line, as a shell reads it.
    pub command: String,
    /// When it began.
    pub at: OffsetDateTime,
}

impl Run {
    /// A run with these arguments, the first of which is the path of the command. If
    /// SOURCE_DATE_EPOCH is set, it is the time, so that equal runs write equal reports:
    /// <https://reproducible-builds.org/specs/source-date-epoch/>.
    pub fn of(arguments: &[OsString]) -> Self {
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
        let words: Vec<_> = std::iter::once("metric-advisor".into()).chain(words).collect();
        // No argument of a process has the null character that cannot be quoted.
        let command = shlex::try_join(words.iter().map(AsRef::as_ref)).unwrap_or_default();
        let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
        let set = set.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        Self { command, at: set.unwrap_or_else(OffsetDateTime::now_utc) }
    }
}
