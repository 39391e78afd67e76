//! One configuration for every client.

use std::env;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use aws_types::sdk_config::Builder;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

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

/// The configuration of every function, without Region, credentials and endpoints: timeouts and
/// attempts are from here.
///
/// The behavior version is pinned, so behavior changes only when this line does. An older version
/// selects an HTTP client that is not built in.
pub fn defaults() -> Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(Https::new())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .identity_cache(IdentityCache::lazy().build())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(OPERATION)
                .build(),
        )
}

/// The configuration of a process in Lambda, which sets Region and credentials as environment
/// variables. The crate aws-config would search profiles and metadata services too, with the code
/// of a client of STS.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
pub fn load() -> SdkConfig {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    Environment(variable).configure(defaults()).build()
}

/// The environment variables of a process.
#[derive(Debug)]
struct Environment(fn(&str) -> Option<String>);

impl Environment {
    fn configure(self, mut config: Builder) -> Builder {
        let Self(variable) = self;
        let is_on = |name: &str| Some(variable(name)?.eq_ignore_ascii_case("true"));
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        config.set_region(region.map(Region::new));
        config.set_credentials_provider(self.credentials().map(SharedCredentialsProvider::new));
        config.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
        config.set_use_fips(is_on("AWS_USE_FIPS_ENDPOINT"));
        config.set_use_dual_stack(is_on("AWS_USE_DUALSTACK_ENDPOINT"));
        config.service_config(self)
    }

    fn credentials(&self) -> Option<Credentials> {
        let Self(variable) = self;
        let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
        Some(Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment"))
    }
}

/// `AWS_ENDPOINT_URL_ECS` for example, or else `AWS_ENDPOINT_URL`.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let Self(variable) = self;
        let service = key.service_id().to_uppercase().replace(' ', "_");
        variable(&format!("{}_{service}", key.env())).or_else(|| variable(key.env()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "AWS_REGION" => "eu-west-1",
            "AWS_ENDPOINT_URL" => "http://127.0.0.1:1",
            "AWS_ENDPOINT_URL_AUTO_SCALING" => "http://127.0.0.1:2",
            "AWS_USE_FIPS_ENDPOINT" => "true",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn credentials_are_those_of_the_environment() {
        let credentials = Environment(|name| Some(name.to_lowercase())).credentials().unwrap();
        assert_eq!(credentials.access_key_id(), "aws_access_key_id");
        assert_eq!(credentials.secret_access_key(), "aws_secret_access_key");
        assert_eq!(credentials.session_token(), Some("aws_session_token"));
        assert!(Environment(variable).credentials().is_none());
    }

    #[test]
    fn region_and_endpoints_are_those_of_the_environment() {
        let config = Environment(variable).configure(defaults()).build();
        assert_eq!(config.region().map(Region::as_ref), Some("eu-west-1"));
        assert_eq!(config.endpoint_url(), Some("http://127.0.0.1:1"));
        assert_eq!((config.use_fips(), config.use_dual_stack()), (Some(true), None));
        for (service, port) in [("Auto Scaling", 2), ("ECS", 1)] {
            let key = ServiceConfigKey::builder()
                .service_id(service)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url")
                .build()
                .unwrap();
            let url = config.service_config().and_then(|services| services.load_config(key));
            assert_eq!(url, Some(format!("http://127.0.0.1:{port}")), "{service}");
        }
    }
}
