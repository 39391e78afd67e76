//! AWS's own step scaling: of services by Application Auto Scaling, of groups by EC2 Auto
//! Scaling. Written from AWS's rules alone, as the other side of a comparison.

mod activity;
mod capacity;
mod group;
mod order;
mod put;
mod scale;
mod service;
mod step;

pub use self::activity::{NotScaledReason, ScalingActivity, ScalingOutcome};
pub(crate) use self::capacity::Account;
pub use self::order::{
    AdjustmentType, MetricAggregation, PutStepPolicy, RegisterScalableTarget, StepAdjustment,
    StepTarget,
};
pub(crate) use self::scale::{Change, StepScaling};
