//! AWS's own scaling, by steps and by target tracking: of services by Application Auto Scaling, of
//! groups by EC2 Auto Scaling and by the capacity providers of ECS. Written from AWS's rules alone,
//! as the other side of a comparison.

mod account;
mod activity;
mod group;
mod managed;
mod order;
mod policy;
mod provider;
mod put;
mod scale;
mod service;
mod step;
mod tracking;

pub use self::account::{Account, GroupCapacity, Member, ServiceCapacity};
pub use self::activity::{NotScaledReason, ScalingActivity, ScalingOutcome};
pub use self::order::{
    AdjustmentType, MetricAggregation, PutStepPolicy, RegisterScalableTarget, ScalingTarget,
    StepAdjustment,
};
pub use self::provider::{Provided, PutCapacityProvider, Size, reservation_metric};
pub use self::scale::{Change, Scaling};
pub use self::tracking::{
    CustomizedMetric, PredefinedMetric, PutTargetTrackingPolicy, TrackedMetric, Tracking,
};
