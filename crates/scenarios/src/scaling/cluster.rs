//! A cluster with a service and a group that are scaled: the alarms and policies of the stacks,
//! with native step scaling or alarm-scaling.

use std::collections::{BTreeMap, BTreeSet};

use region::api::ApiError;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::live::Live;
use region::names::{ACCOUNT, REGION};
use region::region::Settings;
use region::services::{
    Control, CreateGroup, CreateService, LoadMetric, PutCapacityProvider, SetLoad,
};

use super::{Names, stacks};
use crate::error::Error;
use crate::random::Parameters;
use crate::rehearsal::Rehearsal;
use crate::stack::{self, opted_in};

/// The name of the service that is scaled.
pub const SERVICE: &str = "web";

/// Who scales a dimension: the values of the parameter `Scaling` of its stack.
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
    /// `None` if the dimension has no stack.
    fn value(self) -> Option<&'static str> {
        match self {
            Self::Native => Some("native"),
            Self::AlarmScaling => Some("alarm-scaling"),
            Self::Nobody => None,
        }
    }
}

/// A cluster with one service, and what scales both.
#[derive(Debug, Clone)]
pub struct ScaledCluster {
    /// Its names.
    pub names: Names,
    /// Who scales the tasks.
    pub service_by: By,
    /// Who scales the instances.
    pub cluster_by: By,
    /// Parameters of the three stacks that differ from the defaults of their templates.
    pub parameters: Parameters,
    /// The capacity provider of the group and the service, if there is one.
    pub provider: Option<PutCapacityProvider>,
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
            names: Names::default(),
            service_by: By::AlarmScaling,
            cluster_by: By::AlarmScaling,
            parameters: BTreeMap::new(),
            provider: None,
            group: CreateGroup::default(),
            service: CreateService::default(),
            settings: Settings::default(),
        }
    }
}

impl ScaledCluster {
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
        let wiring = stack::wired(&stack::declared(&self.parameters)?)?;
        let settings = self.settings.clone();
        let rehearsal = Rehearsal::with_faults(wiring, settings, seed, faults, interceptor).await?;
        self.create(&rehearsal)?;
        rehearsal.keep_hooks().await?;
        Ok(rehearsal)
    }

    /// Creates the group and the service, and the stacks that scale them.
    pub(super) fn create(&self, rehearsal: &Rehearsal) -> Result<(), Error> {
        let group = CreateGroup {
            name: self.names.group.clone(),
            cluster: self.names.cluster.clone(),
            tags: opted_in(&self.names.cluster)
                .into_iter()
                .chain(self.group.tags.clone())
                .collect(),
            ..self.group.clone()
        };
        let provider = self.provider.clone();
        let service = CreateService {
            name: self.names.service.clone(),
            cluster: self.names.cluster.clone(),
            capacity_provider: provider.as_ref().map(|provider| provider.name.clone()),
            ..self.service.clone()
        };
        rehearsal.control(Control::CreateGroup(group))?;
        if let Some(provider) = provider {
            let group = self.names.group.clone();
            let provider = PutCapacityProvider { group, ..provider };
            rehearsal.control(Control::PutCapacityProvider(provider))?;
        }
        rehearsal.control(Control::CreateService(service))?;
        let dimensions = [(self.service_by, stacks::SERVICE), (self.cluster_by, stacks::CLUSTER)];
        for (by, stack) in dimensions {
            if let Some(scaling) = by.value() {
                stack.deploy(&rehearsal.live, &self.names, &self.parameters, scaling)?;
            }
        }
        Ok(())
    }

    /// The documents of the targets that alarm-scaling scales, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn documents(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut documents = BTreeMap::new();
        let dimensions = [(self.service_by, stacks::SERVICE), (self.cluster_by, stacks::CLUSTER)];
        for (by, stack) in dimensions {
            if by == By::AlarmScaling {
                documents.extend(stack.documents(&self.names, &self.parameters)?);
            }
        }
        Ok(documents)
    }
}

/// The names of the parameters of the stacks that scale services and groups, without those that
/// name what they scale.
///
/// # Errors
/// A template cannot be read.
pub fn parameters() -> Result<BTreeSet<String>, Error> {
    let of_group = stacks::CLUSTER.parameters()?;
    Ok(stacks::SERVICE.parameters()?.into_iter().chain(of_group).collect())
}

/// The ARN of the topic that alarms notify.
pub fn alarm_topic() -> String {
    format!("arn:aws:sns:{REGION}:{ACCOUNT}:ecs-tide-alarms")
}

/// Lets alarm-scaling scale the group, with the defaults of its stack.
///
/// # Errors
/// See [`Error`].
pub fn scale_group(live: &Live) -> Result<(), Error> {
    stacks::CLUSTER.deploy(live, &Names::default(), &BTreeMap::new(), "alarm-scaling")
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
    set_load_of(rehearsal, &Names::default(), cpu, memory, metrics)
}

/// Like [`set_load_shown`], for the service with these names.
///
/// # Errors
/// The cluster does not exist.
pub(super) fn set_load_of(
    rehearsal: &Rehearsal,
    names: &Names,
    cpu: f64,
    memory: f64,
    metrics: Vec<LoadMetric>,
) -> Result<(), ApiError> {
    let (cluster, service) = (names.cluster.clone(), names.service.clone());
    let load = SetLoad { cluster, service, cpu, memory, metrics };
    rehearsal.control(Control::SetLoad(load)).map(|_| ())
}
