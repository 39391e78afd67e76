//! UpdateService, as clients of the API ask for it.

use serde_json::{Value, json};

use super::Ecs;
use super::error::invalid;
use super::ids::{Kind, full_arn};
use super::services::Change;
use crate::context::Context;
use region_core::api::ApiError;
use region_core::input::{flag, number, text};

/// A count or percentage that is not negative.
fn count(input: &Value, name: &str) -> Result<Option<usize>, ApiError> {
    let Some(number) = number(input, name) else { return Ok(None) };
    let count = usize::try_from(number);
    count.map(Some).map_err(|_| invalid(format!("{name} cannot be negative.")))
}

impl Ecs {
    /// A count alone begins no deployment
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>).
    pub(super) fn update_service_call(
        &mut self,
        context: &mut Context,
        input: &Value,
    ) -> Result<Value, ApiError> {
        let cluster = self.cluster_of(input)?.to_owned();
        let name = text(input, "service").unwrap_or_default();
        let key = self.service(&cluster, &full_arn(Kind::Service, &cluster, name)?)?;
        let service = &self.services[key];
        let desired = count(input, "desiredCount")?;
        if desired.is_some() && service.daemon {
            let strategy = "The daemon scheduling strategy does not support a desired count.";
            return Err(invalid(format!(
                "{strategy} Remove the desired count value and try again."
            )));
        }
        let revision = match text(input, "taskDefinition") {
            None => None,
            Some(definition) => {
                let (family, revision, _) = self.definition(definition)?;
                if family != service.name {
                    return Err(invalid(format!(
                        "the simulated region knows a service's own family only, not {family}"
                    )));
                }
                Some(revision)
            }
        };
        let none = Value::Null;
        let percent = input.get("deploymentConfiguration").unwrap_or(&none);
        let change = Change {
            desired,
            minimum_healthy_percent: count(percent, "minimumHealthyPercent")?,
            maximum_percent: count(percent, "maximumPercent")?,
            revision,
            high_resolution: None,
            deploy: flag(input, "forceNewDeployment"),
        };
        self.change_service(context, key, &change)?;
        Ok(json!({ "service": self.show_service(key, &self.service_state(key), true) }))
    }
}
