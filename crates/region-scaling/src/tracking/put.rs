//! Target tracking policies: made and changed.

use rand::rngs::StdRng;
use region_core::api::ApiError;
use region_core::wording::uuid;

use super::Tracking;
use super::alarms::Windows;
use super::order::{PredefinedMetric, PutTargetTrackingPolicy, TrackedMetric};
use crate::account::Account;
use crate::order::ScalingTarget;
use crate::policy::Policy;
use crate::put::{another_kind, validation};
use crate::scale::Scaling;

impl Scaling {
    /// Make a policy, or change the one of its name, without keeping it yet: first its
    /// [alarms](Tracking::alarms) are made.
    ///
    /// # Errors
    /// A field is invalid, the target does not exist, its metric is tracked already, or a service
    /// has no metrics of the resolution.
    pub fn target_tracking_policy(
        &self,
        account: &impl Account,
        rng: &mut StdRng,
        order: PutTargetTrackingPolicy,
    ) -> Result<Tracking, ApiError> {
        order.check().map_err(validation)?;
        check_resolution(account, &order)?;
        let trackings = self.trackings().filter(|other| other.order.target == order.target);
        if let Some(other) = trackings
            .into_iter()
            .find(|other| other.order.name != order.name && other.order.metric == order.metric)
        {
            return Err(validation(format!("metric is that of policy {}", other.order.name)));
        }
        let windows = Windows::of(&order.target, &order.metric);
        match self.known(&order.name, &order.target) {
            Some((_, Policy::Tracking(known))) => Ok(Tracking { order, windows, ..known.clone() }),
            Some(_) => Err(another_kind(&order.name)),
            None => {
                let arn = self.policy_arn(account, rng, &order.name, &order.target)?;
                let resource = match &order.target {
                    ScalingTarget::Service { cluster, service } => {
                        format!("service/{cluster}/{service}")
                    }
                    ScalingTarget::Group(group) => group.clone(),
                };
                let mut name = |kind| format!("TargetTracking-{resource}-{kind}-{}", uuid(rng));
                let (high, low) = (name("AlarmHigh"), name("AlarmLow"));
                Ok(Tracking { arn, order, high, low, windows, managed: false })
            }
        }
    }

    /// Keep a policy whose alarms are made; its ARN.
    pub fn keep(&mut self, tracking: Tracking) -> String {
        let arn = tracking.arn.clone();
        self.policies.insert(arn.clone(), Policy::Tracking(tracking));
        arn
    }
}

/// Check that the metric is measured at the period of its alarms. "You must enable high-resolution
/// metrics in Amazon ECS before creating a scaling policy with this metric type"
/// (API_PredefinedMetricSpecification). The metrics of five minutes that EC2 has without detailed
/// monitoring are not simulated.
fn check_resolution(
    account: &impl Account,
    order: &PutTargetTrackingPolicy,
) -> Result<(), ApiError> {
    let TrackedMetric::Predefined(metric) = &order.metric else { return Ok(()) };
    let lacking = match &order.target {
        ScalingTarget::Service { cluster, service } if metric.is_high_resolution() => {
            (!account.service(cluster, service)?.high_resolution)
                .then_some("high resolution in the service")
        }
        ScalingTarget::Group(group) if *metric == PredefinedMetric::GroupCpu => {
            (!account.group(group)?.detailed_monitoring)
                .then_some("detailed monitoring of the group")
        }
        _ => None,
    };
    match lacking {
        None => Ok(()),
        Some(lacking) => Err(validation(format!("metric {} needs {lacking}", metric.as_str()))),
    }
}
