//! One configuration for every client.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader};

use crate::http::Https;

/// One attempt: every call here answers in tens of milliseconds, so one that takes
/// this long is lost and worth trying elsewhere.
const ATTEMPT: Duration = Duration::from_secs(5);

/// One call with all its attempts: three of them and the waits between. A look makes
/// dozens of calls in a minute; the next tick is the better retry.
const OPERATION: Duration = Duration::from_secs(12);

/// Connecting within a Region takes milliseconds.
const CONNECT: Duration = Duration::from_secs(2);

/// Attempts at a call. More would hold up the other instances of the look, and ask a
/// throttled API for more of what it has not got.
const ATTEMPTS: u32 = 3;

/// The configuration of every function: region, credentials and endpoint from the
/// environment, timeouts and attempts from here.
///
/// The behaviour version is spelled out so that a change of behaviour arrives as a
/// change of this line; an older one selects an HTTP client that is not built in.
pub fn defaults() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(Https::new())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(OPERATION)
                .build(),
        )
}
