//! A cluster with a service and a group that are scaled: the alarms and policies of the stacks,
//! with native step scaling or alarm-scaling.

use std::collections::BTreeMap;

use region::api::ApiError;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::live::Live;
use region::region::Settings;
use region::services::{Control, CreateGroup, CreateService, LoadMetric, SetLoad};
use region::wiring::Wiring;

use super::stacks;
use crate::error::Error;
use crate::random::Parameters;
use crate::rehearsal::Rehearsal;
use crate::stack::{self, CLUSTER, GROUP, opted_in};

/// The name of the service that is scaled.
pub const SERVICE: &str = "web";

/// Who scales a dimension: the values of `ServiceScaling` and `ClusterScaling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// AWS's own step scaling.
    Native,
    /// alarm-scaling.
    AlarmScaling,
    /// No scaling.
    Nobody,
}

impl By {
    fn value(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::AlarmScaling => "alarm-scaling",
            Self::Nobody => "off",
        }
    }
}

/// A cluster with one service, and what scales both.
#[derive(Debug, Clone)]
pub struct ScaledCluster {
    /// Who scales the tasks.
    pub service_by: By,
    /// Who scales the instances.
    pub cluster_by: By,
    /// Other parameters of the stack that differ from the template's defaults.
    pub parameters: Parameters,
    /// The group. Its name and cluster are replaced by those of all rehearsals.
    pub group: CreateGroup,
    /// The service. Its name and cluster are replaced too.
    pub service: CreateService,
    /// How the simulated region behaves.
    pub settings: Settings,
}

impl Default for ScaledCluster {
    fn default() -> Self {
        Self {
            service_by: By::AlarmScaling,
            cluster_by: By::AlarmScaling,
            parameters: BTreeMap::new(),
            group: CreateGroup::default(),
            service: CreateService::default(),
            settings: Settings::default(),
        }
    }
}

impl ScaledCluster {
    /// The parameters of the main stack.
    pub fn given(&self) -> Parameters {
        let own = [
            ("Service", SERVICE),
            ("ServiceScaling", self.service_by.value()),
            ("ClusterScaling", self.cluster_by.value()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.into_iter().chain(self.parameters.clone()).collect()
    }

    /// Rehearses with the cluster in a simulated region with this seed, with `faults` in the calls
    /// of the functions, and with `interceptor` between the functions and the region.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn rehearse(
        &self,
        seed: u64,
        faults: CallFaults,
        interceptor: Interceptor,
    ) -> Result<Rehearsal, Error> {
        let given = self.given();
        let wiring = stack::wired(&given)?;
        let (topic, settings) = (alarm_topic(&wiring), self.settings.clone());
        let rehearsal = Rehearsal::with_faults(wiring, settings, seed, faults, interceptor).await?;
        self.create(&rehearsal, &given, &topic)?;
        Ok(rehearsal)
    }

    /// Creates the group, the service, the alarms and the policies, in a stack with these parameters
    /// whose alarms notify `topic`.
    pub(super) fn create(
        &self,
        rehearsal: &Rehearsal,
        given: &Parameters,
        topic: &str,
    ) -> Result<(), Error> {
        let group = CreateGroup {
            name: GROUP.to_owned(),
            cluster: CLUSTER.to_owned(),
            tags: opted_in(CLUSTER).into_iter().chain(self.group.tags.clone()).collect(),
            ..self.group.clone()
        };
        let service = CreateService {
            name: SERVICE.to_owned(),
            cluster: CLUSTER.to_owned(),
            ..self.service.clone()
        };
        rehearsal.control(Control::CreateGroup(group))?;
        rehearsal.live.with(|region, now| region.put_hooks(now))?;
        rehearsal.control(Control::CreateService(service))?;
        let dimensions = [(self.service_by, stacks::SERVICE), (self.cluster_by, stacks::CLUSTER)];
        for (by, stacks) in dimensions {
            let actions = match by {
                By::Nobody => continue,
                By::AlarmScaling => [topic.to_owned(), topic.to_owned()],
                By::Native => stacks.make_policies(rehearsal, given)?,
            };
            stacks.make_alarms(&rehearsal.live, given, actions)?;
        }
        Ok(())
    }
}

/// The ARN of the topic that alarms notify, or an empty text if the stack has none.
pub fn alarm_topic(wiring: &Wiring) -> String {
    let topic = wiring.topics.iter().find(|topic| topic.logical_id == "AlarmTopic");
    topic.map(|topic| topic.arn.clone()).unwrap_or_default()
}

/// Creates the cluster's alarms, with the template's defaults.
///
/// # Errors
/// See [`Error`].
pub fn make_cluster_alarms(live: &Live, wiring: &Wiring) -> Result<(), Error> {
    let topic = alarm_topic(wiring);
    stacks::CLUSTER.make_alarms(live, &BTreeMap::new(), [topic.clone(), topic])
}

/// Sets the load of the service, in tasks that it keeps busy by CPU and by memory.
///
/// # Errors
/// The cluster does not exist.
pub fn set_load(rehearsal: &Rehearsal, cpu: f64, memory: f64) -> Result<(), ApiError> {
    set_load_shown(rehearsal, cpu, memory, Vec::new())
}

/// Like [`set_load`], for a load that other metrics show too.
///
/// # Errors
/// The cluster does not exist.
pub fn set_load_shown(
    rehearsal: &Rehearsal,
    cpu: f64,
    memory: f64,
    metrics: Vec<LoadMetric>,
) -> Result<(), ApiError> {
    let (cluster, service) = (CLUSTER.to_owned(), SERVICE.to_owned());
    let load = SetLoad { cluster, service, cpu, memory, metrics };
    rehearsal.control(Control::SetLoad(load)).map(|_| ())
}
