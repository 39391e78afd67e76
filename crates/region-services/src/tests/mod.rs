//! Each behaviour of AWS that the rest relies on, as one sentence.

mod apis;
mod capacity_providers;
mod clusters;
mod deletion;
mod draining;
mod group_scaling;
mod group_tracking;
mod groups;
mod hook_calls;
mod hooks;
mod instances;
mod launching;
mod metrics;
mod parameters;
mod phases;
mod requests;
mod scaling;
mod scheduling;
mod services;
mod shutdown;
mod size;
mod stopping;
mod tracking;
mod tracking_orders;
