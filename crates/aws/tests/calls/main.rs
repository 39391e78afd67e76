//! Calls to the simulated region: pages, batches, `failures[]` and errors.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod documents;
mod draining;
mod hooks;
mod scaling;

use std::fmt::Debug;
use std::str::FromStr;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

/// An id, a name or an ARN.
fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn credentials() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "tests"))
}
