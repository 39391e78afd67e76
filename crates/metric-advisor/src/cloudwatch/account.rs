//! The credentials and the Region of a person.

use std::borrow::Cow;
use std::error::Error;
use std::time::Duration;

use aws_config::profile::{self, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_cloudwatch::Client;
use aws_types::os_shim_internal::{Env, Fs};

use crate::exit::Failure;

/// Whose CloudWatch is read.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "AWS, for --from-cloudwatch")]
pub struct Account {
    /// The Region, such as eu-west-1. Default: AWS_REGION, else the profile's
    #[arg(long, requires = "from_cloudwatch")]
    pub region: Option<String>,
    /// A profile of ~/.aws/config: keys, SSO, a role or a credential process. Default:
    /// credentials in the environment, else AWS_PROFILE, else the profile "default"
    #[arg(long, requires = "from_cloudwatch")]
    pub profile: Option<String>,
}

/// As of this date the SDK's defaults hold. An older version selects an HTTP client that is not
/// built in.
fn version() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// A laptop may be behind a VPN or far from the Region.
const CONNECT: Duration = Duration::from_secs(10);

/// One attempt. A page of 15 days takes seconds.
const ATTEMPT: Duration = Duration::from_secs(30);

/// All attempts at one page, after which a person would have given up.
const OPERATION: Duration = Duration::from_secs(120);

/// GetMetricData is throttled by the account's quota, which other tools use too.
const ATTEMPTS: u32 = 5;

/// A credential process may ask for a code or open a browser.
const CREDENTIALS: Duration = Duration::from_secs(300);

/// More profiles than one takes its credentials from the next in turn.
const MOST_SOURCES: usize = 10;

/// The SDK's configuration, with the patience of a person.
pub fn defaults() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    aws_config::defaults(version())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts)
}

impl Account {
    /// A client with credentials.
    ///
    /// # Errors
    /// When there is no Region, or there are no credentials.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        let config = self.config().await;
        if config.region().is_none() {
            let what = "no Region: give --region, set AWS_REGION, or set one in the profile";
            return Err(Failure::Call(what.to_owned()));
        }
        // Once, and not again by the client: a credential process may ask for a code each time.
        let credentials = self.credentials(&config).await?;
        let config = aws_sdk_cloudwatch::config::Builder::from(&config)
            .credentials_provider(credentials)
            .build();
        Ok(Client::from_conf(config))
    }

    async fn config(&self) -> SdkConfig {
        let mut loader = defaults();
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        loader.load().await
    }

    async fn credentials(&self, config: &SdkConfig) -> Result<Credentials, Failure> {
        let provider = match &self.profile {
            // The SDK's chain would prefer keys in the environment, and so another account. The
            // AWS CLI does as this does.
            Some(name) => {
                let region = config.region().cloned();
                let about = ProviderConfig::without_region()
                    .with_region(region)
                    .with_behavior_version(Some(version()));
                let of_profile = ProfileFileCredentialsProvider::builder();
                let of_profile = of_profile.configure(&about).profile_name(name).build();
                Some(SharedCredentialsProvider::new(of_profile))
            }
            None => config.credentials_provider(),
        };
        let Some(provider) = provider else { return Err(Failure::Call(none())) };
        match tokio::time::timeout(CREDENTIALS, provider.provide_credentials()).await {
            Ok(Ok(credentials)) => Ok(credentials),
            Ok(Err(error)) => Err(self.failure(&error).await),
            Err(_) => {
                let what = format!("no credentials within {} s", CREDENTIALS.as_secs());
                Err(Failure::Call(what))
            }
        }
    }

    async fn failure(&self, error: &CredentialsError) -> Failure {
        let cause = chain(error);
        let of_sso = ["SSO token", "sso/cache", "UnauthorizedException", "InvalidGrantException"];
        if of_sso.iter().any(|words| cause.contains(words))
            && let Some(profile) = self.sso_profile().await
        {
            return Failure::Call(format!(
                "the SSO session of profile {profile} has expired or does not exist, run \
                 `aws sso login --profile {profile}`: {cause}"
            ));
        }
        Failure::Call(match (&self.profile, error) {
            (None, CredentialsError::CredentialsNotLoaded(_)) => none(),
            (None, _) => format!("no credentials: {cause}; {WHERE}"),
            (Some(profile), _) => format!("no credentials from profile {profile}: {cause}"),
        })
    }

    /// The profile whose SSO session gives the credentials: the selected one, or that from which
    /// it takes its role.
    async fn sso_profile(&self) -> Option<String> {
        let selected = self.profile.clone().map(Cow::Owned);
        let (files, env) = (Fs::real(), Env::real());
        let profiles = profile::load(&files, &env, &Default::default(), selected).await.ok()?;
        let mut name = profiles.selected_profile().to_owned();
        for _ in 0..MOST_SOURCES {
            let profile = profiles.get_profile(&name)?;
            if profile.get("sso_session").or_else(|| profile.get("sso_start_url")).is_some() {
                return Some(name);
            }
            name = profile.get("source_profile")?.to_owned();
        }
        None
    }
}

const WHERE: &str = "choose a profile by --profile or AWS_PROFILE, set AWS_ACCESS_KEY_ID and \
                     AWS_SECRET_ACCESS_KEY, or run `aws configure`";

fn none() -> String {
    format!("no credentials: {WHERE}")
}

/// An error and its causes, in one line.
fn chain(error: &CredentialsError) -> String {
    let mut words = Vec::new();
    let mut next: Option<&dyn Error> = error.source();
    while let Some(error) = next {
        let said = error.to_string();
        if !words.contains(&said) {
            words.push(said);
        }
        next = error.source();
    }
    if words.is_empty() {
        words.push(error.to_string());
    }
    words.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
}
