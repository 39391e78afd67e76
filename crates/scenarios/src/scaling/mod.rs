//! Sets up scaling of a service and its group in the simulated region: the alarms and policies of
//! the stacks, with native step scaling or alarm-scaling.

pub mod busy;
pub mod history;
pub mod oracle;
pub mod shown;
mod stacks;

use std::collections::BTreeMap;

use function::environment::BadEnvironment;
use region::api::ApiError;
use region::client::Forger;
use region::faults::CallFaults;
use region::live::Live;
use region::region::Settings;
use region::services::{Control, CreateGroup, CreateService, LoadMetric, SetLoad};
use region::wiring::Wiring;
use region::wiring::template::TemplateError;

use crate::rehearsal::Rehearsal;
use crate::stack::{self, CLUSTER, GROUP};

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
pub struct Stage {
    /// Who scales the tasks.
    pub service_by: By,
    /// Who scales the instances.
    pub cluster_by: By,
    /// Other parameters of the stack that differ from the template's defaults.
    pub parameters: BTreeMap<String, String>,
    /// The group. Its name and cluster are replaced by those of all rehearsals.
    pub group: CreateGroup,
    /// The service. Its name and cluster are replaced too.
    pub service: CreateService,
    /// How the simulated region behaves.
    pub settings: Settings,
}

impl Default for Stage {
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

/// Why a stage could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A template cannot be interpreted.
    #[error("cannot read a template: {0}")]
    Template(#[from] TemplateError),
    /// The simulated region cannot create a resource of a stack.
    #[error("cannot create the resource `{0}` of a stack: {1}")]
    Resource(String, serde_json::Error),
    /// A function refuses its environment.
    #[error("{0}")]
    Environment(#[from] BadEnvironment),
    /// The cluster cannot be created in the simulated region.
    #[error("cannot create the cluster: {0}")]
    Region(#[from] ApiError),
}

impl Stage {
    /// The parameters of the main stack.
    pub fn given(&self) -> BTreeMap<String, String> {
        let own = [
            ("Service", SERVICE),
            ("ServiceScaling", self.service_by.value()),
            ("ClusterScaling", self.cluster_by.value()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        own.into_iter().chain(self.parameters.clone()).collect()
    }

    /// Sets up the stage in a simulated region with this seed, with `faults` in the calls of the
    /// functions, and with `forger` between the functions and the region.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn set(
        &self,
        seed: u64,
        faults: CallFaults,
        forger: Forger,
    ) -> Result<Rehearsal, Trouble> {
        let given = self.given();
        let wiring = stack::wired(&given)?;
        let topic = alarm_topic(&wiring);
        let rehearsal =
            Rehearsal::with_faults(wiring, self.settings.clone(), seed, faults, forger).await?;
        let group = CreateGroup {
            name: GROUP.to_owned(),
            cluster: CLUSTER.to_owned(),
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
                By::AlarmScaling => [topic.clone(), topic.clone()],
                By::Native => stacks.make_policies(&rehearsal, &given)?,
            };
            stacks.make_alarms(&rehearsal.live, &given, actions)?;
        }
        Ok(rehearsal)
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
/// See [`Trouble`].
pub fn make_cluster_alarms(live: &Live, wiring: &Wiring) -> Result<(), Trouble> {
    let topic = alarm_topic(wiring);
    stacks::CLUSTER.make_alarms(live, &BTreeMap::new(), [topic.clone(), topic])
}

/// Sets the load of the service, in tasks that it keeps busy by CPU and by memory.
///
/// # Errors
/// The stage is not set up.
pub fn set_load(rehearsal: &Rehearsal, cpu: f64, memory: f64) -> Result<(), ApiError> {
    set_load_shown(rehearsal, cpu, memory, Vec::new())
}

/// Like [`set_load`], for a load that other metrics show too.
///
/// # Errors
/// The stage is not set up.
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
