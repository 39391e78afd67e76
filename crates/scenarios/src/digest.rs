//! A digest of the calls of a run, to see whether two versions of the code make the same calls at
//! the same times.

use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use region::Time;
use region::api::{ApiError, Call};
use region::observer::Observer;

/// The digest of every call so far: its time, its input and its answer.
#[derive(Debug, Clone, Default)]
pub struct Digest(Sha256);

impl Observer for Digest {
    fn after_call(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        let answer = match answer {
            Ok(answer) => answer.to_string(),
            Err(error) => error.to_string(),
        };
        let nanoseconds = now.unix_timestamp_nanos();
        let line = format!("{nanoseconds} {} {} {answer}\n", call.operation, call.input);
        self.0.update(line);
    }
}

impl fmt::Display for Digest {
    /// The first eight bytes, in hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.0.clone().finalize();
        digest.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
