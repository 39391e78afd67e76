//! The product's own stack, read from its template: what is rehearsed is what is
//! deployed.

use std::collections::BTreeMap;

use region::delivery::Wiring;
use region::template::{self, TemplateError};

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// The cluster that is rehearsed with.
pub const CLUSTER: &str = "demo";

/// The group that is rehearsed with.
pub const GROUP: &str = "demo-group";

/// The functions' ids in the template.
pub const AUTO_DRAIN: &str = "AutoDrain";
/// See [`AUTO_DRAIN`].
pub const REINVOKE: &str = "Reinvoke";

/// The functions and their binaries.
pub const BINARIES: [(&str, &str); 2] = [(AUTO_DRAIN, "auto-drain"), (REINVOKE, "reinvoke")];

/// The stack as it is deployed for [`CLUSTER`] and [`GROUP`], other parameters as given.
///
/// # Errors
/// A parameter that the template has not, or not with that value.
pub fn wiring(parameters: &[(&str, &str)]) -> Result<Wiring, TemplateError> {
    let given = [("Cluster", CLUSTER), ("Group", GROUP)];
    let parameters: BTreeMap<String, String> = given
        .iter()
        .chain(parameters)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    template::read(TEMPLATE, &parameters)
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
        let wiring = wiring(&[]).unwrap();
        assert!(template::check_permissions(&wiring).is_ok());
        assert!(template::check_visibility(&wiring).is_ok());
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
