//! Capacity providers: made and changed. ECS scales their groups by a target tracking policy.

use rand::rngs::StdRng;
use region_cloudwatch::{Dimension, Metric, Statistic};
use region_core::api::ApiError;
use region_core::wording::uuid;

use super::order::PutCapacityProvider;
use crate::account::Account;
use crate::order::ScalingTarget;
use crate::scale::Scaling;
use crate::tracking::{CustomizedMetric, PutTargetTrackingPolicy, TrackedMetric, Tracking};

fn refused(message: String) -> ApiError {
    ApiError::client("ClientException", message)
}

impl Scaling {
    /// Make a capacity provider, or change the one of its name, with the policy that scales its
    /// group: first the [alarms](Tracking::alarms) of that are made.
    ///
    /// # Errors
    /// A field is invalid, or the group does not exist or has another provider.
    pub fn put_capacity_provider(
        &mut self,
        account: &impl Account,
        rng: &mut StdRng,
        order: PutCapacityProvider,
    ) -> Result<Tracking, ApiError> {
        order.check().map_err(refused)?;
        let group = account.group(&order.group)?;
        let mut others = self.providers.values().filter(|other| other.name != order.name);
        if let Some(other) = others.find(|other| other.group == order.group) {
            return Err(refused(format!(
                "group {} is that of provider {}",
                order.group, other.name
            )));
        }
        let known = self.providers.get(&order.name);
        if known.is_some_and(|known| known.group != order.group) {
            return Err(refused(format!("group of provider {} cannot be changed", order.name)));
        }
        let metric = CustomizedMetric {
            metric: reservation_metric(&order.name, &group.cluster),
            statistic: Statistic::Average,
            unit: None,
        };
        let target = ScalingTarget::Group(order.group.clone());
        let metric = TrackedMetric::Customized(metric);
        let same = self
            .trackings()
            .find(|other| other.order.target == target && other.order.metric == metric);
        let name = match same {
            Some(policy) => policy.order.name.clone(),
            None => format!("ECSManagedAutoScalingPolicy-{}", uuid(rng)),
        };
        let value = order.target_capacity as f64;
        let policy = PutTargetTrackingPolicy {
            estimated_instance_warmup_seconds: Some(order.instance_warmup_period_seconds as u64),
            ..PutTargetTrackingPolicy::new(&name, target, metric, value)
        };
        let tracking = self.target_tracking_policy(account, rng, policy)?;
        self.providers.insert(order.name.clone(), order);
        Ok(tracking.managed())
    }

    /// The capacity providers, by name.
    pub fn providers(&self) -> impl Iterator<Item = &PutCapacityProvider> {
        self.providers.values()
    }

    /// The provider of this name, if there is one.
    pub fn provider(&self, name: &str) -> Option<&PutCapacityProvider> {
        self.providers.get(name)
    }
}

/// CapacityProviderReservation of a provider.
pub fn reservation_metric(provider: &str, cluster: &str) -> Metric {
    let dimension =
        |name: &str, value: &str| Dimension { name: name.to_owned(), value: value.to_owned() };
    Metric {
        namespace: "AWS/ECS/ManagedScaling".to_owned(),
        metric_name: "CapacityProviderReservation".to_owned(),
        dimensions: vec![
            dimension("CapacityProviderName", provider),
            dimension("ClusterName", cluster),
        ],
    }
}
