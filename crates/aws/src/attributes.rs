//! Writes and removes drain records, which are attributes of container instances.

use std::collections::BTreeMap;

use aws_names::{ClusterName, ContainerInstanceArn};
use aws_sdk_ecs::types::{self, TargetType};
use drain::drain_record::{ATTRIBUTE, DrainRecord};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use crate::{AT_ONCE, Aws, BATCH, Error, ErrorKind, Outcomes};

/// A change of the drain record of a container instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Write this one.
    Put(DrainRecord),
    /// Remove it.
    Delete,
}

impl Aws {
    /// Writes or removes the drain records of container instances, ten per call. A call that AWS
    /// refuses because of one item is repeated for each item alone.
    pub fn set_attributes<'a>(
        &'a self,
        cluster: &'a ClusterName,
        attributes: &'a BTreeMap<ContainerInstanceArn, Attribute>,
    ) -> BoxFuture<'a, Outcomes> {
        Box::pin(async move {
            let mut outcomes = Outcomes::new();
            let (put, delete): (Vec<_>, Vec<_>) = attributes
                .iter()
                .map(|(arn, attribute)| (arn.clone(), attribute.clone()))
                .partition(|(_, attribute)| matches!(attribute, Attribute::Put(_)));
            for batch in put.chunks(BATCH).chain(delete.chunks(BATCH)) {
                let shared = match self.set_attribute_batch(cluster, batch).await {
                    Err(Error {
                        kind: ErrorKind::Refused { .. } | ErrorKind::AttributesFull,
                        ..
                    }) if batch.len() > 1 => {
                        let each = stream::iter(batch.to_vec()).map(|one| async move {
                            let set = self.set_attribute_batch(cluster, std::slice::from_ref(&one));
                            let set = set.await;
                            (one.0, set)
                        });
                        outcomes.extend(each.buffered(AT_ONCE).collect::<Vec<_>>().await);
                        continue;
                    }
                    shared => shared,
                };
                outcomes.extend(batch.iter().map(|(arn, _)| (arn.clone(), shared.clone())));
            }
            outcomes
        })
    }

    async fn set_attribute_batch(
        &self,
        cluster: &ClusterName,
        batch: &[(ContainerInstanceArn, Attribute)],
    ) -> Result<(), Error> {
        let mut put = Vec::new();
        let mut delete = Vec::new();
        for (arn, attribute) in batch {
            let named = types::Attribute::builder()
                .name(ATTRIBUTE)
                .target_type(TargetType::ContainerInstance)
                .target_id(arn);
            let (built, list) = match attribute {
                Attribute::Put(drain_record) => {
                    (named.value(drain_record.to_string()).build(), &mut put)
                }
                Attribute::Delete => (named.build(), &mut delete),
            };
            list.push(built.map_err(Error::unbuilt("PutAttributes"))?);
        }
        if !put.is_empty() {
            let call = self.ecs.put_attributes().cluster(cluster).set_attributes(Some(put));
            call.send().await.map_err(Error::of("PutAttributes"))?;
        }
        if !delete.is_empty() {
            let call = self.ecs.delete_attributes().cluster(cluster).set_attributes(Some(delete));
            call.send().await.map_err(Error::of("DeleteAttributes"))?;
        }
        Ok(())
    }
}
