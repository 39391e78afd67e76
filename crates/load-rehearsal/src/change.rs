//! Each change of a capacity, with its reason.

use region::Time;
use region::messaging::Messaging;
use region::observer::Observer;
use region::services::{ScalingActivity, ScalingOutcome, ScalingTarget, Services};
use scenarios::scaling::SERVICE;
use scenarios::stack::{CLUSTER, GROUP};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// What was scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// The tasks of the service.
    Tasks,
    /// The instances of the group.
    Instances,
}

/// A change of the desired count of the service, or of the desired capacity of the group.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// Seconds from the start.
    pub second: f64,
    pub target: Target,
    pub from: usize,
    pub to: usize,
    /// What called for it.
    pub reason: String,
}

/// Watches both capacities.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    last: Option<(usize, usize)>,
    /// Time, target, from and to.
    pub(crate) changes: Vec<(Time, Target, usize, usize)>,
}

impl Observer for Watch {
    fn state(&mut self, now: Time, services: &Services, _: &Messaging) {
        let truth = services.truth();
        let (Some(service), Some(group)) = (truth.service(CLUSTER, SERVICE), truth.group(GROUP))
        else {
            return;
        };
        let desired = (service.desired, group.desired);
        let Some(last) = self.last.replace(desired) else { return };
        if last.0 != desired.0 {
            self.changes.push((now, Target::Tasks, last.0, desired.0));
        }
        if last.1 != desired.1 {
            self.changes.push((now, Target::Instances, last.1, desired.1));
        }
    }
}

/// Why capacities changed: AWS's own activities, or the records of alarm-scaling, in the order in
/// which they happened.
#[derive(Debug, Default)]
pub(crate) struct Reasons(Vec<(Target, usize, String)>);

impl Reasons {
    /// From the activities of AWS's own step scaling.
    pub(crate) fn of_activities(activities: &[ScalingActivity]) -> Self {
        let reason = |activity: &ScalingActivity| {
            let ScalingOutcome::Scaled(to) = activity.outcome else { return None };
            let target = match activity.target {
                ScalingTarget::Service { .. } => Target::Tasks,
                ScalingTarget::Group(_) => Target::Instances,
            };
            let value = activity.value.map(|value| format!(" at {value:.1}"));
            let (alarm, policy) = (&activity.alarm, &activity.policy);
            Some((target, to, format!("{alarm}{}, policy {policy}", value.unwrap_or_default())))
        };
        Self(activities.iter().filter_map(reason).collect())
    }

    /// From the log records of alarm-scaling.
    pub(crate) fn of_records(records: &[String]) -> Self {
        let reason = |line: &String| {
            let record: Value = serde_json::from_str(line).ok()?;
            record.get("applied")?.as_bool().filter(|applied| *applied)?;
            let decision = record.get("decision")?;
            let to = decision.pointer("/outcome/scale/to")?.as_u64()?;
            let target = match decision.get("target")?.as_str()?.starts_with("service/") {
                true => Target::Tasks,
                false => Target::Instances,
            };
            let arn = decision.pointer("/breach/alarm")?.as_str()?;
            let alarm = arn.rsplit_once(':').map_or(arn, |(_, name)| name);
            let value = decision.pointer("/breach/metric").and_then(Value::as_f64);
            let value = value.map(|value| format!(" at {value:.1}")).unwrap_or_default();
            Some((target, usize::try_from(to).ok()?, format!("{alarm}{value}")))
        };
        Self(records.iter().filter_map(reason).collect())
    }

    /// Takes the first that led to this capacity.
    pub(crate) fn take(&mut self, target: Target, to: usize) -> String {
        let place = self.0.iter().position(|reason| (reason.0, reason.1) == (target, to));
        match place {
            Some(place) => self.0.remove(place).2,
            None => "capacity for the tasks".to_owned(),
        }
    }
}
