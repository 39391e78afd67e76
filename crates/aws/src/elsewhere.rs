//! Searches the account's other clusters for instances that are not registered in ours.

use std::collections::BTreeMap;

use drain::seen::Elsewhere;
use futures_util::future::BoxFuture;

use crate::container_instances::among;
use crate::{Aws, Error, FILTERED};

impl Aws {
    /// Where the EC2 instances `ids` are registered, outside `cluster`.
    ///
    /// # Errors
    /// If a call fails: unless every cluster was searched, an instance must not count as
    /// registered nowhere.
    pub fn elsewhere<'a>(
        &'a self,
        cluster: &'a str,
        ids: &'a [String],
    ) -> BoxFuture<'a, Result<BTreeMap<String, Elsewhere>, Error>> {
        Box::pin(async move {
            let pages = self.ecs.list_clusters().into_paginator().items().send();
            let clusters: Vec<String> =
                pages.try_collect().await.map_err(Error::of("ListClusters"))?;
            let is_ours = |arn: &String| {
                arn.rsplit_once('/').map_or(arn.as_str(), |(_, name)| name) == cluster
            };
            let nowhere = if clusters.iter().any(is_ours) {
                Elsewhere::Nowhere
            } else {
                Elsewhere::NoSuchCluster
            };
            let mut places: BTreeMap<String, Elsewhere> =
                ids.iter().map(|id| (id.clone(), nowhere.clone())).collect();
            for other in clusters.iter().filter(|arn| !is_ours(arn)) {
                for ids in ids.chunks(FILTERED) {
                    // One call rules out a cluster that has none of them, as most do.
                    if self.list_container_instances(other, Some(&among(ids))).await?.is_empty() {
                        continue;
                    }
                    for id in ids {
                        let only = among(std::slice::from_ref(id));
                        if !self.list_container_instances(other, Some(&only)).await?.is_empty() {
                            places.insert(id.clone(), Elsewhere::Cluster(other.clone()));
                        }
                    }
                }
            }
            Ok(places)
        })
    }
}
