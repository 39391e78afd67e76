//! The stack, read from template.yaml, so that rehearsals test what is deployed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use region::wiring::Wiring;
use region::wiring::template::{self, Nested, Statement};

use crate::Error;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The templates of the stacks that are nested in it.
const NESTED: [(&str, &str); 2] = [
    ("stacks/events.yaml", include_str!("../../../stacks/events.yaml")),
    ("stacks/monitoring.yaml", include_str!("../../../stacks/monitoring.yaml")),
];

/// The name of the cluster in rehearsals.
pub const CLUSTER: &str = "demo";

/// The name of the Auto Scaling group in rehearsals.
pub const GROUP: &str = "demo-group";

/// The name of the hook that hook-keeper puts on groups.
pub const HOOK: &str = drain::hook::HOOK;

/// The tag with which a group opts in.
pub fn opted_in(cluster: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(drain::opt_in::tags::CLUSTER.to_owned(), cluster.to_owned())])
}

/// The logical id of a function in the template.
pub const AUTO_DRAIN: &str = "AutoDrain";
/// See [`AUTO_DRAIN`].
pub const REINVOKE: &str = "Reinvoke";
/// See [`AUTO_DRAIN`].
pub const HOOK_KEEPER: &str = "HookKeeper";
/// See [`AUTO_DRAIN`].
pub const ALARM_SCALING: &str = "AlarmScaling";

/// The logical ids of the functions, and their binaries.
pub const BINARIES: [(&str, &str); 4] = [
    (AUTO_DRAIN, "auto-drain"),
    (REINVOKE, "reinvoke"),
    (HOOK_KEEPER, "hook-keeper"),
    (ALARM_SCALING, "alarm-scaling"),
];

/// The stack with these parameters.
///
/// # Errors
/// The template does not have a parameter, or does not allow its value.
pub fn wiring(parameters: &[(&str, &str)]) -> Result<Wiring, Error> {
    Ok(template::read(TEMPLATE, &Nested::from(NESTED), &values(parameters))?)
}

/// Like [`wiring`], cached by parameters.
pub(crate) fn wired(parameters: &BTreeMap<String, String>) -> Result<Wiring, Error> {
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

/// Those of these parameters that the main stack declares.
///
/// # Errors
/// The template cannot be read.
pub(crate) fn declared(
    parameters: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Error> {
    let declared = template::parameters(TEMPLATE)?;
    let is_declared = |name: &str| declared.iter().any(|parameter| parameter.name == name);
    let of_main = parameters.iter().filter(|(name, _)| is_declared(name));
    Ok(of_main.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The policy statements of each role, by the logical id of the role.
///
/// # Errors
/// A policy cannot be read, or an error of [`wiring`].
pub fn roles(parameters: &[(&str, &str)]) -> Result<BTreeMap<String, Vec<Statement>>, Error> {
    Ok(template::roles(TEMPLATE, &values(parameters))?)
}

fn values(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    let given = parameters.iter();
    given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The environment of a function in the template.
pub fn environment(wiring: &Wiring, function: &str) -> BTreeMap<String, String> {
    let of_function = wiring.functions.iter().find(|spec| spec.logical_id == function);
    of_function.map(|spec| spec.environment.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auto_drain::config::Config;

    #[test]
    fn template_permits_all_integrations_and_sizes_queue_timeouts() {
        let wiring = wiring(&[]).unwrap();
        assert!(template::check_permissions(&wiring).is_ok());
        assert!(template::check_visibility(&wiring).is_ok());
    }

    /// Each template without one statement of one of its queue policies.
    fn cut_permissions(text: &str) -> Vec<(String, String)> {
        let template = template::load(text).unwrap();
        let resources = template["Resources"].as_object().unwrap();
        let policies = resources.iter().filter(|(_, body)| body["Type"] == "AWS::SQS::QueuePolicy");
        let mut cuts = Vec::new();
        for (id, body) in policies {
            let path = "/Properties/PolicyDocument/Statement";
            for number in 0..body.pointer(path).unwrap().as_array().unwrap().len() {
                let mut cut = template.clone();
                let left = cut["Resources"][id].pointer_mut(path).unwrap().as_array_mut().unwrap();
                left.remove(number);
                cuts.push((format!("{id} without statement {number}"), cut.to_string()));
            }
        }
        cuts
    }

    #[test]
    fn a_removed_permission_is_reported() {
        let checked = |text: &str, nested: [(&str, &str); 2]| {
            let wiring = template::read(text, &Nested::from(nested), &values(&[])).unwrap();
            template::check_permissions(&wiring)
        };
        let of_main = cut_permissions(TEMPLATE);
        for (cut, text) in &of_main {
            assert!(checked(text, NESTED).is_err(), "{cut}");
        }
        let [(url, events), monitoring] = NESTED;
        let of_events = cut_permissions(events);
        for (cut, text) in &of_events {
            assert!(checked(TEMPLATE, [(url, text), monitoring]).is_err(), "{cut}");
        }
        assert_eq!((of_main.len(), of_events.len()), (4, 3));
    }

    #[test]
    fn a_sixth_pattern_of_clusters_is_refused_because_the_rules_have_five() {
        let with = |patterns: &str| wiring(&[("ClusterPatterns", patterns)]);
        with("web-*,shop,blue,green,a-b_c").unwrap();
        for refused in ["web-*,shop,blue,green,a-b_c,last", "web,", "", "web, shop"] {
            let error = with(refused).unwrap_err().to_string();
            assert!(error.contains("parameter `ClusterPatterns`"), "{error}");
        }
    }

    #[test]
    fn the_functions_start_with_the_environment_that_the_template_gives_them() {
        let wiring = wiring(&[]).unwrap();
        Config::read(&environment(&wiring, AUTO_DRAIN)).unwrap();
        reinvoke::Config::read(&environment(&wiring, REINVOKE)).unwrap();
        hook_keeper::config::Config::read(&environment(&wiring, HOOK_KEEPER)).unwrap();
    }
}
