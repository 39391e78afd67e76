//! From the documents of targets to what one reconcile decides about.

use std::collections::{BTreeMap, BTreeSet};

use aws::Error;
use requeue::{SerializationKey, TargetKey};
use scaling::policy::{Cluster, Policies, Target, document_of_cluster, group_of_cluster};
use scaling::serialization_key::Scope;

use crate::documents::Documents;

/// The documents of some targets.
#[derive(Debug, Default)]
pub struct Read {
    policies: BTreeMap<Target, Policies>,
    groups: BTreeMap<Target, Target>,
    /// What is wrong with each document that cannot be used, by its name.
    pub invalid: BTreeMap<String, String>,
}

/// Reads the documents of `targets` and of their clusters, and that of `group` too if some of them
/// share its key.
///
/// # Errors
/// If a document is not known and cannot be read.
pub async fn read(
    documents: &Documents,
    targets: &BTreeSet<Target>,
    group: Option<&Target>,
) -> Result<Read, Error> {
    let all: BTreeSet<&Target> = targets.iter().chain(group).collect();
    let clusters = all.iter().filter_map(|target| cluster_document(target));
    let names = all.iter().map(|target| target.document()).chain(clusters).collect();
    let texts = documents.read(&names).await?;
    let mut read = Read::default();
    for target in all {
        let name = target.document();
        if let Some(text) = texts.get(&name) {
            match Policies::of_target(text, target) {
                Ok(policies) => _ = read.policies.insert(target.clone(), policies),
                Err(faults) => _ = read.invalid.insert(name, faults.to_string()),
            }
        }
        let Some(name) = cluster_document(target) else { continue };
        match texts.get(&name).map(|text| group_of_cluster(text)) {
            Some(Ok(group)) => _ = read.groups.insert(target.clone(), group),
            Some(Err(faults)) => _ = read.invalid.insert(name, faults.to_string()),
            None => {}
        }
    }
    Ok(read)
}

fn cluster_document(target: &Target) -> Option<String> {
    match target {
        Target::Service { cluster, .. } => Some(document_of_cluster(cluster)),
        Target::Group(_) => None,
    }
}

impl Read {
    /// The target with its serialization key.
    pub fn keyed(&self, target: &Target) -> TargetKey {
        target.keyed(self.groups.get(target))
    }

    /// The policies of a target, if its document is there and can be used.
    pub fn policies(&self, target: &Target) -> Option<&Policies> {
        self.policies.get(target)
    }

    /// Whether the document of a target is there and cannot be used.
    pub fn is_invalid(&self, target: &Target) -> bool {
        self.invalid.contains_key(&target.document())
    }

    /// What a reconcile of these targets decides about. The group whose key they have is decided
    /// with them.
    pub fn scope(&self, targets: &BTreeSet<Target>, group: Option<&Target>) -> Scope {
        let all: BTreeSet<&Target> = targets.iter().chain(group).collect();
        let documents = || all.iter().filter_map(|target| self.policies.get(*target));
        let policies = documents().flat_map(|document| document.policies.clone()).collect();
        let is_theirs = |cluster: &&Cluster| {
            targets.iter().all(|target| match target {
                Target::Service { cluster: of, .. } => *of == cluster.cluster,
                Target::Group(_) => true,
            })
        };
        let clusters = || documents().flat_map(|document| &document.clusters);
        Scope { policies, cluster: clusters().find(is_theirs).cloned() }
    }
}

/// The group whose key this is; `None` if it is that of a service.
pub fn group_of(key: &SerializationKey) -> Option<Target> {
    key.as_str().parse().ok().filter(|target| matches!(target, Target::Group(_)))
}
