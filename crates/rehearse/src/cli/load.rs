//! The arguments of the command `load`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use load_model::{Load as Demand, share};
use load_rehearsal::{Event, Policy};

/// The load.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("demand").required(true))]
pub(crate) struct Traffic {
    /// Load by a shape, for example spike:base=50,peak=500,at=30m,for=5m. Shapes: step, ramp, spike,
    /// diurnal, flash-crowd, on-off and silence
    #[arg(long, value_name = "SHAPE", group = "demand", value_parser = shape)]
    pub(crate) shape: Option<Shape>,
    /// Load from a file: CSV with a column of times and one of requests, or what
    /// `aws cloudwatch get-metric-data` writes
    #[arg(long, value_name = "FILE", group = "demand")]
    pub(crate) csv: Option<PathBuf>,
    /// Role of a column of that file, for example demand=hits
    #[arg(long = "column", value_name = "ROLE=COLUMN", conflicts_with = "shape")]
    pub(crate) columns: Vec<String>,
    /// Unit of a column of that file, for example demand=minute
    #[arg(long = "unit", value_name = "COLUMN=UNIT", conflicts_with = "shape")]
    pub(crate) units: Vec<String>,
}

/// A load, a service and a cluster, and what scales them.
#[derive(Debug, Args)]
pub(crate) struct Load {
    #[command(flatten)]
    pub(crate) traffic: Traffic,
    /// What scales: native or alarm-scaling with parameters of the stacks, for example
    /// native:ServiceOutPercent=80, or target-tracking:target=60 or fixed:tasks=N. Default: native and
    /// alarm-scaling
    #[arg(long = "policy", value_name = "POLICY", value_parser = policy)]
    pub(crate) policies: Vec<Policy>,
    /// What happens during the load, for example lost:at=30m or late-metrics:by=2m. Events: lost, spot,
    /// deployment, refresh, late-metrics, missing-metrics and throttling
    #[arg(long = "event", value_name = "EVENT", value_parser = event)]
    pub(crate) events: Vec<Event>,
    /// Fail if the objective is not kept for more than this share of the time, for example 1%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) max_violation: Option<f64>,
    /// Write a report as a self-contained HTML page to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Random seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: super::Output,
    #[command(flatten)]
    pub(crate) described: Described,
}

/// The load of `--shape`, and its text.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) text: String,
    pub(crate) load: Demand,
}

fn shape(text: &str) -> Result<Shape, String> {
    let load = Demand::shape(text).map_err(|error| error.to_string())?;
    Ok(Shape { text: text.to_owned(), load })
}

pub(super) fn policy(text: &str) -> Result<Policy, String> {
    Policy::read(text).map_err(|error| error.to_string())
}

pub(super) fn event(text: &str) -> Result<Event, String> {
    Event::read(text).map_err(|error| error.to_string())
}

/// Declares the fields of a service and a cluster as options, and lists those that are given.
macro_rules! described {
    ($($(#[doc = $doc:literal])+ $field:ident = $name:literal, $value:literal;)+) => {
        /// The service and the cluster.
        #[derive(Debug, Args)]
        #[command(next_help_heading = "Service and cluster")]
        pub(crate) struct Described {
            /// JSON file with these options, by their names without dashes
            #[arg(long, value_name = "FILE")]
            pub(crate) service: Option<PathBuf>,
            $($(#[doc = $doc])+
            #[arg(long = $name, value_name = $value)]
            $field: Option<String>,)+
        }

        impl Described {
            /// The options that are given, by their names.
            pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, &String)> {
                let all = [$(($name, self.$field.as_ref())),+];
                all.into_iter().filter_map(|(name, value)| Some((name, value?)))
            }
        }
    };
}

described! {
    /// Requests per second with which a task has no time left
    sustains = "sustains", "RATE";
    /// Time that a request takes on an idle task, for example 50ms
    work = "work", "TIME";
    /// How these times vary: gamma:variation=1, log-normal:variation=2 or
    /// two-kinds:expensive=0.1,times=8. Default: gamma:variation=1
    work_times = "work-times", "TIMES";
    /// Objective of each second, for example p95<250ms,failed<1%
    objective = "objective", "OBJECTIVE";
    /// Requests that may wait at a task. Default: as many as the timeout allows
    backlog = "backlog", "N";
    /// Time after which a client gives up. Default: 30s
    timeout = "timeout", "TIME";
    /// CPU of a task in percent of its reservation, without requests and at what it sustains.
    /// Default: 0-100
    cpu = "cpu", "IDLE-FULL";
    /// Memory of a task likewise. Default: 20-50
    memory = "memory", "IDLE-FULL";
    /// Time in which the slowness of a new task falls to 37%. Default: 0s
    warm_up = "warm-up", "TIME";
    /// By what share a new task is slower at first. Default: 50%
    warm_up_extra = "warm-up-extra", "SHARE";
    /// Fewest and most tasks. Default: 2-20
    tasks = "tasks", "MIN-MAX";
    /// CPU units that a task reserves. Default: 256
    task_cpu = "task-cpu", "UNITS";
    /// Memory that a task reserves, in MiB. Default: 512
    task_memory = "task-memory", "MIB";
    /// Time from the placement of a task until it runs. Default: 30s
    start = "start", "TIME";
    /// Time from then until its health checks have passed. Default: 0s
    health = "health", "TIME";
    /// Deregistration delay of the target group. Default: 30s
    deregistration = "deregistration", "TIME";
    /// Shortest and longest time that containers take to stop. Default: 5s-30s
    stop = "stop", "LEAST-MOST";
    /// Fewest and most instances. Default: 1-20
    instances = "instances", "MIN-MAX";
    /// CPU units of an instance. Default: 2048
    instance_cpu = "instance-cpu", "UNITS";
    /// Memory of an instance for tasks, in MiB. Default: 7680
    instance_memory = "instance-memory", "MIB";
    /// Time from the launch of an instance until it is in service. Default: 60s
    boot = "boot", "TIME";
    /// Time from then until its agent has registered. Default: 20s
    registration = "registration", "TIME";
    /// Default instance warm-up of the group. Without it, 300s count
    instance_warm_up = "instance-warm-up", "TIME";
    /// Number of Availability Zones. Default: 2
    zones = "zones", "N";
    /// US dollars of an instance in an hour
    price = "price", "DOLLARS";
}
