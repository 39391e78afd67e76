//! The documents of targets: parameters of Systems Manager, one for each target.

use aws_names::ClusterName;

use super::{Fault, Faults, Policies, Target, target};

/// What the names of all documents begin with. The rest is the target.
pub const PATH: &str = "/ecs-tide/targets/";

/// The tag of an alarm that names its target.
pub const TARGET_TAG: &str = "ecs-tide:target";

impl Target {
    /// The name of the parameter with the policies of this target.
    pub fn document(&self) -> String {
        format!("{PATH}{self}")
    }
}

/// The name of the parameter that names the group whose instances a cluster has, if its services
/// and the group are decided together.
pub fn document_of_cluster(cluster: &ClusterName) -> String {
    format!("{PATH}cluster/{cluster}")
}

/// The group that the parameter of a cluster names.
///
/// # Errors
/// The text names something else.
pub fn group_of_cluster(text: &str) -> Result<Target, Faults> {
    match text.trim().parse() {
        Ok(group @ Target::Group(_)) => Ok(group),
        _ => Err(fault("the text", format!("is {text:?}; give autoScalingGroup/<name>"))),
    }
}

impl Policies {
    /// Read the document of `target`: policies of this target alone, and for a group the cluster
    /// that it belongs to.
    ///
    /// # Errors
    /// Every fault.
    pub fn of_target(text: &str, target: &Target) -> Result<Self, Faults> {
        let document = Self::read(text)?;
        let policies = document.policies.iter().map(|policy| &policy.resource_id);
        let policies = (0..).zip(policies).map(|(number, id)| (format!("Policies[{number}]"), id));
        let clusters = document.clusters.iter().map(|cluster| &cluster.resource_id);
        let clusters = (0..).zip(clusters).map(|(number, id)| (format!("Clusters[{number}]"), id));
        let foreign = policies.chain(clusters).filter(|(_, id)| *id != target);
        let faults: Vec<Fault> = foreign
            .map(|(path, id)| Fault {
                path: format!("{path}.ResourceId"),
                what: format!("is {id}, in the document of {target}; give {target}"),
            })
            .collect();
        if faults.is_empty() { Ok(document) } else { Err(Faults(faults)) }
    }
}

fn fault(path: &str, what: String) -> Faults {
    Faults(vec![Fault { path: path.to_owned(), what }])
}

/// The target that an alarm's tag names.
///
/// # Errors
/// The value of the tag names no target.
pub fn target_of_tag(value: &str) -> Result<Target, String> {
    value.parse().map_err(|_| format!("is {value:?}; give {}", target::WANTED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPOSITE: &str = include_str!("../../policies/composite.yaml");

    #[test]
    fn a_document_is_found_by_its_target() {
        let target: Target = "service/tide/web".parse().unwrap();
        assert_eq!(target.document(), "/ecs-tide/targets/service/tide/web");
        let cluster: ClusterName = "tide".parse().unwrap();
        assert_eq!(document_of_cluster(&cluster), "/ecs-tide/targets/cluster/tide");
    }

    #[test]
    fn a_document_is_about_its_target_alone() {
        let target = Policies::read(COMPOSITE).unwrap().policies[0].resource_id.clone();
        assert!(Policies::of_target(COMPOSITE, &target).is_ok());
        let other: Target = "service/tide/other".parse().unwrap();
        let faults = Policies::of_target(COMPOSITE, &other).unwrap_err().to_string();
        let expected = format!("Policies[0].ResourceId: is {target}, in the document of {other}");
        assert!(faults.starts_with(&expected), "{faults}");
        assert!(Policies::of_target("{}", &target).is_err());
    }

    #[test]
    fn the_document_of_a_cluster_names_a_group() {
        let group: Target = "autoScalingGroup/tide-group".parse().unwrap();
        assert_eq!(group_of_cluster("autoScalingGroup/tide-group\n"), Ok(group));
        let fault = group_of_cluster("service/tide/web").unwrap_err().to_string();
        assert!(fault.contains("give autoScalingGroup/<name>"), "{fault}");
        let fault = target_of_tag("web").unwrap_err();
        assert!(fault.contains("give service/<cluster>/<service> or"), "{fault}");
    }
}
