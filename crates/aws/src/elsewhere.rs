//! Searches several clusters for instances.

use std::collections::BTreeMap;

use aws_names::{ClusterArn, ClusterName, InstanceId};
use drain::seen::Elsewhere;

use crate::container_instances::among;
use crate::{Aws, Call, Error, ErrorKind, FILTERED};

impl Aws {
    /// Where the EC2 instances `ids` are registered, outside `cluster`.
    ///
    /// # Errors
    /// If a call fails: unless every cluster was searched, an instance must not count as
    /// registered nowhere.
    pub fn elsewhere<'a>(
        &'a self,
        cluster: &'a ClusterName,
        ids: &'a [InstanceId],
    ) -> Call<'a, BTreeMap<InstanceId, Elsewhere>> {
        Box::pin(async move {
            let pages = self.ecs.list_clusters().into_paginator().items().send();
            let clusters: Vec<String> =
                pages.try_collect().await.map_err(Error::of("ListClusters"))?;
            let is_ours = |arn: &String| ClusterArn::from_aws(arn).name() == *cluster;
            let nowhere = if clusters.iter().any(is_ours) {
                Elsewhere::Nowhere
            } else {
                Elsewhere::NoSuchCluster
            };
            let mut places: BTreeMap<InstanceId, Elsewhere> =
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
                            places.insert(id.clone(), Elsewhere::OtherCluster);
                        }
                    }
                }
            }
            Ok(places)
        })
    }

    /// The first of `clusters` in which the EC2 instance `id` is registered. A cluster that does not
    /// exist has none.
    ///
    /// # Errors
    /// If a call fails.
    pub fn registered_in<'a>(
        &'a self,
        clusters: &'a [ClusterName],
        id: &'a InstanceId,
    ) -> Call<'a, Option<ClusterName>> {
        Box::pin(async move {
            let only = among(std::slice::from_ref(id));
            for cluster in clusters {
                match self.list_container_instances(cluster.as_str(), Some(&only)).await {
                    Ok(found) if found.is_empty() => {}
                    Ok(_) => return Ok(Some(cluster.clone())),
                    Err(error) if error.kind == ErrorKind::NoSuchCluster => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        })
    }
}
