//! One configuration for every client.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use futures_util::future::BoxFuture;

use crate::http::Https;

/// One attempt. Every call here returns in tens of milliseconds, so one that takes this long is
/// lost and worth retrying.
const ATTEMPT: Duration = Duration::from_secs(5);

/// One call with all its attempts and the waits between them. A reconcile makes dozens of calls
/// in a minute, so the next requeue is the better retry.
const OPERATION: Duration = Duration::from_secs(12);

/// Connecting within a Region takes milliseconds.
const CONNECT: Duration = Duration::from_secs(2);

/// Attempts per call. More would delay the other instances of the reconcile and add load to an
/// API that already throttles.
const ATTEMPTS: u32 = 3;

/// The configuration of every function: Region, credentials and endpoint from the environment,
/// timeouts and attempts from here.
///
/// The behavior version is pinned, so behavior changes only when this line does. An older version
/// selects an HTTP client that is not built in.
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

/// Loads the configuration of a process.
pub fn load() -> BoxFuture<'static, SdkConfig> {
    Box::pin(defaults().load())
}
