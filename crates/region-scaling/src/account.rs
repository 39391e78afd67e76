//! What scaling reads of the account around it.

use region_cloudwatch::StateValue;
use region_core::Time;
use region_core::api::ApiError;

/// The account, as scaling sees it.
pub trait Account {
    fn now(&self) -> Time;

    /// The name of a cluster given by name or ARN.
    ///
    /// # Errors
    /// `ClusterNotFoundException`.
    fn cluster<'a>(&self, cluster: &'a str) -> Result<&'a str, ApiError>;

    /// # Errors
    /// `ServiceNotFoundException`.
    fn service(&self, cluster: &str, name: &str) -> Result<ServiceCapacity, ApiError>;

    /// # Errors
    /// `ValidationError`, if the group does not exist.
    fn group(&self, name: &str) -> Result<GroupCapacity, ApiError>;

    /// The state of an alarm, if there is one of this name.
    fn alarm_state(&self, name: &str) -> Option<StateValue>;
}

/// The tasks of a service.
#[derive(Debug, Clone, Copy)]
pub struct ServiceCapacity {
    pub desired: usize,
    pub running: usize,
    pub deploying: bool,
    /// Its metrics have a resolution of 20 seconds.
    pub high_resolution: bool,
}

/// The instances of a group.
#[derive(Debug, Clone)]
pub struct GroupCapacity {
    /// The cluster that its instances register in.
    pub cluster: String,
    pub desired: usize,
    pub min: usize,
    pub max: usize,
    /// DefaultInstanceWarmup.
    pub warmup_seconds: Option<u64>,
    /// The CPU utilization of its instances is measured every minute.
    pub detailed_monitoring: bool,
    pub members: Vec<Member>,
    /// When the newest of its members was launched, apart from those there from the beginning.
    pub launched_at: Option<Time>,
}

/// An instance of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// It boots.
    Launching,
    /// In service, with the time from which it warms up.
    InService(Option<Time>),
    /// Ending, and not gone.
    Ending,
}
