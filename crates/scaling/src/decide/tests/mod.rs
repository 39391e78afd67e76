//! Decisions: AWS's worked examples, properties of every decision, and a literal model.

mod applied;
mod examples;
mod guards;
mod histories;
mod model;
mod properties;

use time::Duration;

use super::*;
use crate::capacity::Bounds;
use crate::memory::Transition;
use crate::policy::{AdjustmentType, MissingData, Policy, StepAdjustment};
use crate::state::{Cluster, Group, Service, State};
use crate::step::Operator;

const ALARM: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high";

/// Seconds after some moment.
fn at(seconds: i64) -> Time {
    Time::from_unix_timestamp(1_764_064_800).unwrap() + Duration::seconds(seconds)
}

/// A step by its bounds, offsets from the threshold.
fn step(
    lower: impl Into<Option<f64>>,
    upper: impl Into<Option<f64>>,
    scaling_adjustment: i32,
) -> StepAdjustment {
    StepAdjustment {
        metric_interval_lower_bound: lower.into(),
        metric_interval_upper_bound: upper.into(),
        scaling_adjustment,
    }
}

/// A policy for the service `web`, of 0 to 1,000.
fn policy(adjustment_type: AdjustmentType, steps: &[StepAdjustment]) -> Policy {
    Policy {
        alarm: "high".parse().unwrap(),
        resource_id: "service/tide/web".parse().unwrap(),
        min_capacity: 0,
        max_capacity: 1_000,
        adjustment_type,
        step_adjustments: steps.to_vec(),
        min_adjustment_magnitude: None,
        scale_out_cooldown: 300,
        scale_in_cooldown: 300,
        missing_data: MissingData::Hold,
        max_draining_percent: None,
        enabled: true,
    }
}

/// Change by this, wherever the metric is beyond the threshold.
fn by(adjustment: i32) -> Policy {
    policy(AdjustmentType::ChangeInCapacity, &beyond(adjustment))
}

fn percent(adjustment: i32) -> Policy {
    policy(AdjustmentType::PercentChangeInCapacity, &beyond(adjustment))
}

fn beyond(adjustment: i32) -> [StepAdjustment; 2] {
    [step(0.0, None, adjustment), step(None, 0.0, adjustment)]
}

/// An alarm with threshold 50, in ALARM for a minute.
fn breach(metric: impl Into<Option<f64>>) -> Breach {
    Breach {
        alarm: ALARM.parse().unwrap(),
        since: at(-60),
        event: None,
        threshold: Some(50.0),
        operator: None,
        metric: metric.into(),
        muted: false,
    }
}

/// A service at rest.
fn service(desired: u32, running: u32) -> State {
    State::Service(Service {
        desired,
        running,
        pending: 0,
        deployments: 1,
        rolling_out: false,
        scalable: true,
    })
}

/// A service that is being deployed.
fn deploying(desired: u32, running: u32) -> State {
    State::Service(Service {
        desired,
        running,
        pending: 0,
        deployments: 2,
        rolling_out: true,
        scalable: true,
    })
}

fn a_group(desired: u32, warm: u32) -> Group {
    Group {
        desired,
        warm,
        warming: desired.saturating_sub(warm),
        unregistered: 0,
        terminating: 0,
        min_size: 0,
        max_size: 1_000,
        managed: false,
        cluster: Cluster { instances: desired, draining: 0 },
        spare: None,
    }
}

/// A group whose instances that are not warm warm up.
fn group(desired: u32, warm: u32) -> State {
    State::Group(a_group(desired, warm))
}

fn made(
    policy: &Policy,
    breach: &Breach,
    state: &State,
    last: Option<LastScaling>,
    now: Time,
) -> Decision {
    decide(inputs(policy, breach, state, last), now)
}

fn inputs(policy: &Policy, breach: &Breach, state: &State, last: Option<LastScaling>) -> Inputs {
    Inputs { policy: policy.clone(), breach: breach.clone(), state: state.clone(), last }
}

/// The desired capacity after a decision without a past, the metric well beyond 50.
fn result(policy: &Policy, metric: f64, state: &State) -> u32 {
    capacity(&made(policy, &breach(metric), state, None, at(0)))
}

fn capacity(decision: &Decision) -> u32 {
    match decision.outcome {
        Outcome::Scale { to, .. } => to,
        Outcome::NotScaled(_) => decision.inputs.state.desired(),
    }
}

/// The working, where a change is asked for.
fn working(decision: &Decision) -> Working {
    decision.working.unwrap()
}

fn reason(decision: &Decision) -> Option<&'static str> {
    match &decision.outcome {
        Outcome::Scale { .. } => None,
        Outcome::NotScaled(reason) => Some(reason.code()),
    }
}
