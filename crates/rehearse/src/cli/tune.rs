//! The arguments of the command `tune`.

use clap::Args;
use load_model::share;
use load_rehearsal::{Event, Policy};

use super::load::{Described, Traffic, event, policy};

/// A load, a service and a cluster, and the policy whose settings are searched.
#[derive(Debug, Args)]
pub(crate) struct Tune {
    #[command(flatten)]
    pub(crate) traffic: Traffic,
    /// Policy with which the search begins: native, alarm-scaling, target-tracking:target=N or
    /// fixed:tasks=N, with parameters
    #[arg(long, value_name = "POLICY", value_parser = policy)]
    pub(crate) policy: Policy,
    /// What happens in every rehearsal, as for `load`
    #[arg(long = "event", value_name = "EVENT", value_parser = event)]
    pub(crate) events: Vec<Event>,
    /// Share of the time in which the objective need not be kept
    #[arg(long, value_name = "SHARE", default_value = "1%", value_parser = share)]
    pub(crate) max_violation: f64,
    /// Most settings to rehearse
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) budget: u32,
    /// Random seeds with which each setting is rehearsed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) seeds: u32,
    /// Share of the load, at its end, that the search does not see. The start and the result are
    /// rehearsed with it
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) hold_out: Option<f64>,
    /// First random seed
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) output: super::Output,
    #[command(flatten)]
    pub(crate) described: Described,
}
