//! Capacity providers: what they measure of their groups and of the tasks that wait.

use std::collections::BTreeMap;

use region_cloudwatch::Measured;
use region_core::api::ApiError;
use region_scaling::{Provided, PutCapacityProvider, Scaling, Size, reservation_metric};

use crate::Services;
use crate::autoscaling::{AutoScaling, UpdateGroup};
use crate::ecs::{CreateService, Ecs};
use crate::monitoring::scaled;

/// CapacityProviderReservation of each capacity provider.
pub(crate) fn measure(scaling: &Scaling, ecs: &Ecs, auto_scaling: &AutoScaling) -> Vec<Measured> {
    let measured = scaling.providers().filter_map(|provider| {
        let key = auto_scaling.group_named(&provider.group).ok()?;
        let group = auto_scaling.group(key);
        let machines = || auto_scaling.serving(key);
        let provided = Provided {
            instances: machines().count(),
            empty: machines().filter(|machine| ecs.is_empty(*machine)).count(),
            size: Size { cpu: group.cpu, memory: group.memory },
            provisioning: ecs
                .provisioning(&group.cluster, &provider.name)
                .map(|(cpu, memory, count)| (Size { cpu, memory }, count))
                .collect(),
        };
        let metric = reservation_metric(&provider.name, &group.cluster);
        let value = provided.reservation(provider);
        Some(Measured { metric, unit: "Percent", value, count: 1.0 })
    });
    measured.collect()
}

impl Services {
    /// Make or change a capacity provider, its policy and the two alarms of that: the policy's ARN
    /// and the names of the alarms. Its group gets the tag of ECS.
    ///
    /// # Errors
    /// A field is invalid, or the group does not exist or has another provider.
    pub(crate) fn put_capacity_provider(
        &mut self,
        order: PutCapacityProvider,
    ) -> Result<(String, Vec<String>), ApiError> {
        let account = scaled(&self.context, &self.ecs, &self.auto_scaling, &self.cloudwatch);
        let rng = &mut self.context.alarm_rng;
        let tag = UpdateGroup {
            name: order.group.clone(),
            tags: BTreeMap::from([("AmazonECSManaged".to_owned(), String::new())]),
            ..UpdateGroup::default()
        };
        let tracking = self.scaling.put_capacity_provider(&account, rng, order)?;
        self.auto_scaling.update_group(&mut self.context, &mut self.ecs, tag)?;
        self.keep_tracking(tracking)
    }

    /// Check that the capacity provider of a service exists, if it has one.
    ///
    /// # Errors
    /// `InvalidParameterException`.
    pub(crate) fn check_provider(&self, service: &CreateService) -> Result<(), ApiError> {
        match &service.capacity_provider {
            Some(name) if self.scaling.provider(name).is_none() => {
                let text = format!("The specified capacity provider '{name}' was not found.");
                Err(ApiError::client("InvalidParameterException", text))
            }
            _ => Ok(()),
        }
    }
}
