//! A service under a load.

use std::collections::{BTreeMap, BTreeSet};

use region::api::Api;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::names::{ACCOUNT, REGION};
use region::region::Settings;
use region::services::{Control, CreateGroup, CreateService, Tag, UpdateService, Workload};
use scenarios::rehearsal::Rehearsal;
use scenarios::scaling::{By, Names, SERVICE, ScaledCluster, set_load, set_load_shown, shown};
use scenarios::stack::{CLUSTER, GROUP};
use serde_json::{Value, json};

/// The tag in which alarm-scaling records its last scaling.
const TAG: &str = "ecs-tide:last-scaling";

/// A cluster with instant starts of tasks and ample capacity.
pub fn cluster() -> ScaledCluster {
    ScaledCluster {
        names: Names::default(),
        service_by: By::AlarmScaling,
        cluster_by: By::Nobody,
        provider: None,
        group: CreateGroup { desired: 8, min: 2, max: 20, ..CreateGroup::default() },
        service: CreateService {
            desired: 4,
            workload: Workload { stop_min_seconds: 1, stop_max_seconds: 3, ..Workload::default() },
            ..CreateService::default()
        },
        settings: Settings::default(),
        parameters: BTreeMap::from([
            ("TasksMin".to_owned(), "2".to_owned()),
            ("TasksMax".to_owned(), "20".to_owned()),
        ]),
    }
}

/// The cluster with these parameters of the stack added.
pub fn with(mut cluster: ScaledCluster, parameters: &[(&str, &str)]) -> ScaledCluster {
    let given = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    cluster.parameters.extend(given);
    cluster
}

/// The tags of an alarm that scales this target.
pub fn tagged(target: &str) -> Vec<Tag> {
    vec![Tag { key: "ecs-tide:target".to_owned(), value: target.to_owned() }]
}

/// A rehearsal of a cluster.
pub struct Rehearsed(pub Rehearsal);

impl Rehearsed {
    pub async fn of(cluster: &ScaledCluster) -> Self {
        Self::with_faults(cluster, CallFaults::none(), Interceptor::none()).await
    }

    pub async fn with_faults(
        cluster: &ScaledCluster,
        faults: CallFaults,
        interceptor: Interceptor,
    ) -> Self {
        Self(cluster.rehearse(7, faults, interceptor).await.unwrap())
    }

    /// Sets a load that keeps this many tasks busy, by CPU and by memory.
    pub fn load(&self, tasks: f64) {
        set_load(&self.0, tasks, tasks).unwrap();
    }

    /// Like [`Self::load`], for a load that the `ServiceMetric` of `parameters` shows too.
    pub fn load_shown(&self, parameters: &BTreeMap<String, String>, tasks: f64) {
        set_load_shown(&self.0, tasks, tasks, shown::by(parameters, tasks)).unwrap();
    }

    pub fn load_of(&self, cpu: f64, memory: f64) {
        set_load(&self.0, cpu, memory).unwrap();
    }

    pub async fn minutes(&self, minutes: u64) {
        self.0.pass(minutes * 60).await;
    }

    pub fn control(&self, control: Control) {
        self.0.control(control).unwrap();
    }

    /// An operator sets the desired count.
    pub fn set_tasks(&self, desired: usize) {
        self.control(Control::UpdateService(UpdateService {
            cluster: CLUSTER.to_owned(),
            name: SERVICE.to_owned(),
            desired: Some(desired),
            ..UpdateService::default()
        }));
    }

    /// Our tag on the service.
    pub fn tag(&self) -> Option<String> {
        self.0.live.observe(|region, _| {
            let service = region.services().truth().service(CLUSTER, SERVICE).unwrap();
            service.tags.get(TAG).cloned()
        })
    }

    pub fn tag_by_hand(&self, value: &str) {
        let arn = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:service/{CLUSTER}/{SERVICE}");
        let input = json!({"resourceArn": arn, "tags": [{"key": TAG, "value": value}]});
        self.0.live.with(|region, now| region.call(now, Api::Ecs, "TagResource", &input)).unwrap();
    }

    /// The group's instances, by EC2 id.
    pub fn instance_ids(&self) -> Vec<String> {
        self.0.live.observe(|region, _| {
            region.services().truth().instances().map(|instance| instance.id.to_owned()).collect()
        })
    }

    /// The names of the outcomes of all decisions.
    pub fn outcomes(&self) -> BTreeSet<String> {
        let outcomes = self.records().into_iter().filter_map(|record| {
            let names = record["outcomes"].as_object()?.keys().cloned();
            Some(names.collect::<Vec<_>>())
        });
        outcomes.flatten().collect()
    }

    /// The service's desired count.
    pub fn tasks(&self) -> usize {
        self.0.live.observe(|region, _| {
            region.services().truth().service(CLUSTER, SERVICE).unwrap().desired
        })
    }

    /// The service's running tasks.
    pub fn running(&self) -> usize {
        self.0.live.observe(|region, _| {
            region.services().truth().service(CLUSTER, SERVICE).unwrap().running
        })
    }

    /// The group's desired capacity.
    pub fn instances(&self) -> usize {
        self.0.live.observe(|region, _| region.services().truth().group(GROUP).unwrap().desired)
    }

    /// How often an operation was called.
    pub fn calls(&self, operation: &str) -> u64 {
        self.0.live.observe(|region, _| region.calls().get(operation).copied().unwrap_or_default())
    }

    /// The decisions that alarm-scaling recorded.
    pub fn decisions(&self) -> Vec<Value> {
        self.records().into_iter().filter(|record| record.get("decision").is_some()).collect()
    }

    /// Every record of alarm-scaling.
    pub fn records(&self) -> Vec<Value> {
        let lines = self.0.records();
        let records = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        records.filter(|record| record["function"] == "alarm-scaling").collect()
    }
}
