//! AWS API calls as narrow functions. They page and batch internally, read `failures[]`, and
//! return the types of the crates `drain` and `scaling` and one error type.
//!
//! The Lambda functions use the AWS SDK only through this crate. metric-advisor, which runs on
//! laptops, has its own client.

mod advice;
mod alarms;
mod attributes;
mod config;
mod container_instances;
mod elsewhere;
mod error;
mod groups;
mod hooks;
mod http;
mod lifecycle;
mod members;
mod parameters;
mod query;
pub mod scalable;
mod services;
mod share;
mod tasks;
mod times;
mod topics;
mod values;

pub use advice::advised;
pub use alarms::{Alarm, CloudWatch};
pub use attributes::Attribute;
pub use aws_types::SdkConfig;
pub use config::{defaults, load};
pub use container_instances::Outcomes;
pub use error::{Error, ErrorKind};
pub use hooks::{TaggedGroup, Whereabouts};
pub use members::GroupMembers;
pub use parameters::Parameters;
pub use share::Shares;
pub use tasks::Which;
pub use values::Watched;

use futures_util::future::BoxFuture;

use self::share::Share;

/// What calls answer, or the error of the first that failed. It is boxed, so that the futures of the
/// SDK are compiled here, once.
pub type Call<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// The first TLS handshake dominates the cold start, and it is slow if aws-lc gathers jitter
/// entropy. That is decided when aws-lc is built.
const _: () = assert!(
    matches!(option_env!("AWS_LC_SYS_NO_JITTER_ENTROPY"), Some(value) if matches!(value.as_bytes(), b"1")),
    "AWS_LC_SYS_NO_JITTER_ENTROPY is not 1: build from within the workspace, whose .cargo/config.toml sets it"
);

/// The clients of all services but CloudWatch. They share one configuration and HTTP client.
#[derive(Debug, Clone)]
pub struct Aws {
    ecs: aws_sdk_ecs::Client,
    autoscaling: aws_sdk_autoscaling::Client,
    sns: aws_sdk_sns::Client,
    shares: Shares,
    hook_calls: Share,
}

impl Aws {
    /// Clients for `config`, which [`load`] returns.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            ecs: aws_sdk_ecs::Client::new(config),
            autoscaling: aws_sdk_autoscaling::Client::new(config),
            sns: aws_sdk_sns::Client::new(config),
            shares: Shares::default(),
            hook_calls: Share::new(HOOK_CALLS.0, HOOK_CALLS.1),
        }
    }

    /// The same clients with the shares of one cluster.
    #[must_use]
    pub fn with_shares(&self, shares: &Shares) -> Self {
        Self { shares: shares.clone(), ..self.clone() }
    }
}

/// AWS's limit of items in most ECS describe calls and on a page.
const PAGE: usize = 100;

/// EC2 ids in one filter of ListContainerInstances. An id has 19 characters, so these and
/// the condition on our attribute stay below 2,000 characters: the limit of a cluster
/// query expression in a placement constraint, and the filter has no documented limit.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html>
const FILTERED: usize = 80;

/// AWS's limit of container instances in UpdateContainerInstancesState, of attributes
/// in PutAttributes and DeleteAttributes, and of services in DescribeServices.
const BATCH: usize = 10;

/// Concurrent calls where each item needs one.
const AT_ONCE: usize = 8;

/// Everything that keeps hooks: the burst, and the rate per second. None of it is urgent, and drains
/// use the same limits.
const HOOK_CALLS: (u32, u32) = (1, 2);

fn owned<'a, T>(items: &'a [T]) -> Option<Vec<String>>
where
    String: From<&'a T>,
{
    Some(items.iter().map(String::from).collect())
}
