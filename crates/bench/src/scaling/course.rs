//! Measures how a service or a group follows a load.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use region::Time;
use region::client::Interceptor;
use region::faults::CallFaults;
use region::services::{
    Control, CreateGroup, CreateService, ScalingOutcome, UpdateService, Workload,
};
use serde_json::Value;
use time::Duration;

use super::curve::Curve;
use scenarios::Error;
use scenarios::rehearsal::{EPOCH, Rehearsal};
use scenarios::runs::Run;
use scenarios::scaling::{By, SERVICE, ScaledCluster, set_load};
use scenarios::stack::{ALARM_SCALING, CLUSTER, GROUP};

/// The time between two samples.
const SAMPLED: Pause = Pause::from_secs(10);

/// The dimension that is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The tasks of a service follow its load.
    Service,
    /// The instances of a cluster follow the tasks, four of which fill an instance. The benchmark
    /// sets the desired count of the service.
    Cluster,
}

impl Dimension {
    /// Both dimensions.
    pub const ALL: [Self; 2] = [Self::Service, Self::Cluster];

    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Cluster => "cluster",
        }
    }
}

/// A change of a desired capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// The time since the beginning.
    pub after: Duration,
    /// The capacity before.
    pub from: usize,
    /// The capacity after.
    pub to: usize,
    /// The metric value that determined the step, if one was needed.
    pub value: Option<f64>,
}

impl Scaling {
    /// Whether both change the same capacity to the same.
    pub fn same(&self, other: &Self) -> bool {
        (self.from, self.to) == (other.from, other.to)
    }
}

/// The course of a dimension under a load.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// The changes, in order.
    pub scalings: Vec<Scaling>,
    /// The desired count or capacity at the end of each minute.
    pub desired: Vec<usize>,
    /// Running tasks, or instances in the group, times minutes.
    pub used_minutes: f64,
    /// Minutes in which the load exceeded the running tasks, or in which tasks were unplaced.
    pub short_minutes: f64,
    /// The finished runs of the functions.
    pub runs: Vec<Run>,
}

/// Scales a dimension with `by` under a load.
///
/// # Errors
/// See [`Error`].
pub async fn follow(
    dimension: Dimension,
    by: By,
    curve: Curve,
    seed: u64,
) -> Result<Course, Error> {
    let cluster = cluster(dimension, by, curve);
    let rehearsal = cluster.rehearse(seed, CallFaults::none(), Interceptor::none()).await?;
    let mut course = Course::default();
    for minute in 0..curve.minutes() {
        put(&rehearsal, dimension, curve.at(minute))?;
        for _ in 0..6 {
            tokio::time::sleep(SAMPLED).await;
            course.sample(&rehearsal, dimension, curve.at(minute));
        }
        course.desired.push(seen(&rehearsal, dimension).0);
    }
    course.runs = rehearsal.runs();
    course.scalings = match by {
        By::Native => by_native(&rehearsal),
        By::AlarmScaling => by_alarm_scaling(&course.runs),
        By::Nobody => Vec::new(),
    };
    Ok(course)
}

fn cluster(dimension: Dimension, by: By, curve: Curve) -> ScaledCluster {
    let begins_with = usize::try_from(curve.begins_with()).unwrap_or_default();
    let parameters = [("TasksMin", "2"), ("TasksMax", "30")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let (service_by, cluster_by, instances, tasks) = match dimension {
        Dimension::Service => (by, By::Nobody, 10, begins_with),
        Dimension::Cluster => (By::Nobody, by, begins_with, tasks_of(curve.at(0))),
    };
    ScaledCluster {
        service_by,
        cluster_by,
        parameters: BTreeMap::from(parameters),
        group: CreateGroup {
            desired: instances,
            min: 2,
            max: 30,
            cpu: 1024,
            memory: 2048,
            ..CreateGroup::default()
        },
        service: CreateService {
            desired: tasks,
            workload: Workload { cpu: 256, memory: 512, ..Workload::default() },
            ..CreateService::default()
        },
        ..ScaledCluster::default()
    }
}

/// The number of tasks that fill this many instances.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "dozens of tasks")]
fn tasks_of(instances: f64) -> usize {
    (4.0 * instances).round() as usize
}

fn put(rehearsal: &Rehearsal, dimension: Dimension, load: f64) -> Result<(), Error> {
    match dimension {
        Dimension::Service => set_load(rehearsal, load, load)?,
        Dimension::Cluster => {
            let order = UpdateService {
                cluster: CLUSTER.to_owned(),
                desired: Some(tasks_of(load)),
                ..UpdateService::default()
            };
            rehearsal.control(Control::UpdateService(order))?;
        }
    }
    Ok(())
}

/// The desired count or capacity, and the running tasks.
fn seen(rehearsal: &Rehearsal, dimension: Dimension) -> (usize, usize) {
    rehearsal.live.observe(|region, _| {
        let truth = region.services().truth();
        let service = truth.service(CLUSTER, SERVICE);
        let running = service.as_ref().map_or(0, |service| service.running);
        let desired = match dimension {
            Dimension::Service => service.map_or(0, |service| service.desired),
            Dimension::Cluster => truth.group(GROUP).map_or(0, |group| group.desired),
        };
        (desired, running)
    })
}

impl Course {
    #[expect(clippy::cast_precision_loss, reason = "dozens of anything")]
    fn sample(&mut self, rehearsal: &Rehearsal, dimension: Dimension, load: f64) {
        let (desired, running) = seen(rehearsal, dimension);
        let (used, short) = match dimension {
            Dimension::Service => (running, load > running as f64),
            Dimension::Cluster => (desired, running < tasks_of(load)),
        };
        let span = SAMPLED.as_secs_f64() / 60.0;
        self.used_minutes += used as f64 * span;
        self.short_minutes += if short { span } else { 0.0 };
    }
}

/// The scalings by native policies.
fn by_native(rehearsal: &Rehearsal) -> Vec<Scaling> {
    rehearsal.live.observe(|region, _| {
        let activities = region.services().scaling_activities().iter();
        let scaled = activities.filter_map(|activity| match activity.outcome {
            ScalingOutcome::Scaled(to) => Some(Scaling {
                after: activity.at - EPOCH,
                from: activity.from,
                to,
                value: activity.value,
            }),
            ScalingOutcome::NotScaled(_) => None,
        });
        scaled.collect()
    })
}

/// The scalings by alarm-scaling, from its answers.
fn by_alarm_scaling(runs: &[Run]) -> Vec<Scaling> {
    let runs = runs.iter().filter(|run| run.function == ALARM_SCALING);
    let reconciles = runs.filter_map(|run| run.answer.get("reconciles")?.as_array());
    reconciles.flatten().filter_map(carried_out).collect()
}

fn carried_out(reconcile: &Value) -> Option<Scaling> {
    let done =
        reconcile.get("applied").and_then(Value::as_bool)? && reconcile.get("error").is_none();
    let decision = reconcile.get("decision").filter(|_| done)?;
    let decision = decision.get("raise").unwrap_or(decision);
    let capacity = |name: &str| {
        let capacity = decision.pointer("/outcome/scale")?.get(name)?.as_u64()?;
        usize::try_from(capacity).ok()
    };
    let at = decision.get("at").and_then(Value::as_str)?;
    let at = Time::parse(at, &time::format_description::well_known::Rfc3339).ok()?;
    Some(Scaling {
        after: at - EPOCH,
        from: capacity("from")?,
        to: capacity("to")?,
        value: decision.pointer("/breach/metric").and_then(Value::as_f64),
    })
}
