//! Delays and throttling of the simulated region.

use serde::Deserialize;

/// Delays of the simulated region in whole seconds, and its limits on calls.
///
/// The defaults have the usual order of magnitude; AWS guarantees none of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Refuse calls above AWS's token buckets. Off by default.
    pub throttling: bool,
    /// How far behind the truth the reads of ECS and Auto Scaling are, at most a minute:
    /// they are eventually consistent. Events, and the answers to changes, are not late.
    pub read_lag_seconds: u64,
    /// The lag of each read is random, from 0 to [`Settings::read_lag_seconds`], so that a
    /// later one may show what is older.
    pub read_lag_varies: bool,
    /// From a change in a service until its scheduler acts on it.
    pub scheduler_seconds: u64,
    /// From the agent's call to register until the container instance is ACTIVE.
    pub activation_seconds: u64,
    /// From the containers' end until the task is STOPPED.
    pub deprovisioning_seconds: u64,
    /// How long a released machine shuts down. What runs on it runs until the end of that, when
    /// `Terminating:Proceed` becomes `Terminated`, or `Warmed:Pending:Proceed` `Warmed:Stopped`.
    pub shutdown_seconds: u64,
    /// From the loss of an instance on the EC2 side until its group sees that it is unhealthy.
    pub health_check_seconds: u64,
    /// Wait after the first failed placement of a service; doubled by each further one.
    pub placement_retry_seconds: u64,
    /// The longest wait between two attempts at placement (AWS: 15 minutes).
    pub placement_retry_most_seconds: u64,
    pub cloudwatch: region_cloudwatch::Settings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            throttling: false,
            read_lag_seconds: 0,
            read_lag_varies: false,
            scheduler_seconds: 1,
            activation_seconds: 2,
            deprovisioning_seconds: 1,
            shutdown_seconds: 10,
            health_check_seconds: 60,
            placement_retry_seconds: 15,
            placement_retry_most_seconds: 900,
            cloudwatch: region_cloudwatch::Settings::default(),
        }
    }
}
