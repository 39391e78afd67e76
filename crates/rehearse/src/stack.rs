//! The product's own stack, read from its template: what is rehearsed is what is
//! deployed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use region::delivery::Wiring;
use region::template::{self, Statement, TemplateError};

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The cluster that is rehearsed with.
pub const CLUSTER: &str = "demo";

/// The group that is rehearsed with.
pub const GROUP: &str = "demo-group";

/// The functions' ids in the template.
pub const AUTO_DRAIN: &str = "AutoDrain";
/// See [`AUTO_DRAIN`].
pub const REINVOKE: &str = "Reinvoke";
/// See [`AUTO_DRAIN`]; it is there with [`ADAPTER`] alone.
pub const ALARM_SCALING: &str = "AlarmScaling";

/// Parameters with which the adapter scales both dimensions, and every resource for it is
/// there.
pub const ADAPTER: [(&str, &str); 3] =
    [("Service", "web"), ("ServiceScaling", "adapter"), ("ClusterScaling", "adapter")];

/// Parameters of what `serve` serves: the adapter scales the group as it is deployed, and
/// the service by the alarm that `events/` tells of.
pub const SERVED: [(&str, &str); 2] = [
    ("ClusterScaling", "adapter"),
    (
        "MorePolicies",
        r#"{"Policies":[{"Alarm":"demo-web-cpu-high","ResourceId":"service/demo/web","MinCapacity":2,"MaxCapacity":20,"AdjustmentType":"PercentChangeInCapacity","StepAdjustments":[{"MetricIntervalLowerBound":0,"MetricIntervalUpperBound":20,"ScalingAdjustment":10},{"MetricIntervalLowerBound":20,"ScalingAdjustment":50}],"ScaleOutCooldown":120}]}"#,
    ),
];

/// The functions and their binaries.
pub const BINARIES: [(&str, &str); 3] =
    [(AUTO_DRAIN, "auto-drain"), (REINVOKE, "reinvoke"), (ALARM_SCALING, "alarm-scaling")];

/// The stack as it is deployed for [`CLUSTER`] and [`GROUP`], other parameters as given.
///
/// # Errors
/// A parameter that the template has not, or not with that value.
pub fn wiring(parameters: &[(&str, &str)]) -> Result<Wiring, TemplateError> {
    template::read(TEMPLATE, &values(parameters))
}

/// The same, read once for each set of parameters.
pub(crate) fn wired(parameters: &BTreeMap<String, String>) -> Result<Wiring, TemplateError> {
    static READ: Mutex<BTreeMap<BTreeMap<String, String>, Wiring>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(wiring) = read.get(parameters) {
        return Ok(wiring.clone());
    }
    let given: Vec<(&str, &str)> =
        parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let wiring = wiring(&given)?;
    read.insert(parameters.clone(), wiring.clone());
    Ok(wiring)
}

/// What each of the stack's roles allows, by the role's id in the template.
///
/// # Errors
/// A policy that cannot be read; else as for [`wiring`].
pub fn roles(
    parameters: &[(&str, &str)],
) -> Result<BTreeMap<String, Vec<Statement>>, TemplateError> {
    template::roles(TEMPLATE, &values(parameters))
}

fn values(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    let given = [("Cluster", CLUSTER), ("Group", GROUP)];
    given
        .iter()
        .chain(parameters)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The environment that the template gives a function.
pub fn environment(wiring: &Wiring, function: &str) -> BTreeMap<String, String> {
    let of_function = wiring.functions.iter().find(|spec| spec.logical_id == function);
    of_function.map(|spec| spec.environment.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auto_drain::config::Config;

    #[test]
    fn every_wire_of_the_template_is_permitted_and_every_queue_waits_for_its_function() {
        let wiring = wiring(&ADAPTER).unwrap();
        assert!(template::check_permissions(&wiring).is_ok());
        assert!(template::check_visibility(&wiring).is_ok());
    }

    #[test]
    fn a_wire_whose_permission_is_cut_is_told() {
        let template = template::load(TEMPLATE).unwrap();
        let resources = template["Resources"].as_object().unwrap();
        let policies = resources.iter().filter(|(_, body)| body["Type"] == "AWS::SQS::QueuePolicy");
        let mut cuts = 0;
        for (id, body) in policies {
            let path = "/Properties/PolicyDocument/Statement";
            for number in 0..body.pointer(path).unwrap().as_array().unwrap().len() {
                let mut cut = template.clone();
                let left = cut["Resources"][id].pointer_mut(path).unwrap().as_array_mut().unwrap();
                left.remove(number);
                let wiring = template::read(&cut.to_string(), &values(&ADAPTER)).unwrap();
                let told = template::check_permissions(&wiring);
                assert!(told.is_err(), "{id} without statement {number}");
                cuts += 1;
            }
        }
        assert_eq!(cuts, 7);
    }

    #[test]
    fn the_functions_start_with_the_environment_that_the_template_gives_them() {
        let wiring = wiring(&[]).unwrap();
        let config = Config::read(&environment(&wiring, AUTO_DRAIN)).unwrap();
        assert_eq!(config.settings.cluster, CLUSTER);
        assert_eq!(config.hook, wiring.hooks[0].name);
        reinvoke::Config::read(&environment(&wiring, REINVOKE)).unwrap();
    }
}
