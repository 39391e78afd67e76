//! Writes and removes drain records and the settings of drains, which are attributes of container
//! instances.

use std::collections::BTreeMap;

use aws_names::{ClusterName, ContainerInstanceArn};
use aws_sdk_ecs::types::{self, TargetType};
use drain::drain_record::{ATTRIBUTE, DrainRecord};
use drain::settings::{self, SettingsRecord};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt, stream};

use crate::{AT_ONCE, Aws, BATCH, Error, ErrorKind, Outcomes};

/// A change of the attributes of a container instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// Write this drain record and, when the drain begins, its settings.
    Put(DrainRecord, Option<SettingsRecord>),
    /// Remove both.
    Delete,
}

impl Attribute {
    fn bare(&self) -> Self {
        match self {
            Self::Put(drain_record, _) => Self::Put(*drain_record, None),
            Self::Delete => Self::Delete,
        }
    }
}

impl Aws {
    /// Writes or removes the drain records of container instances, ten attributes per call. A call
    /// that AWS refuses because of one item is repeated for each item alone, without the settings:
    /// without its drain record, a drain costs more calls, and its agent is not watched.
    pub fn set_attributes<'a>(
        &'a self,
        cluster: &'a ClusterName,
        attributes: &'a BTreeMap<ContainerInstanceArn, Attribute>,
    ) -> BoxFuture<'a, Outcomes> {
        Box::pin(async move {
            let of = |kind: fn(&Attribute) -> bool| -> Vec<_> {
                let of_kind = attributes.iter().filter(|(_, attribute)| kind(attribute));
                of_kind.map(|(arn, attribute)| (arn.clone(), attribute.clone())).collect()
            };
            let put = of(|attribute| matches!(attribute, Attribute::Put(_, None)));
            let begun = of(|attribute| matches!(attribute, Attribute::Put(_, Some(_))));
            let deleted = of(|attribute| matches!(attribute, Attribute::Delete));
            let pairs = begun.chunks(BATCH / 2).chain(deleted.chunks(BATCH / 2));
            let mut outcomes = Outcomes::new();
            for batch in put.chunks(BATCH).chain(pairs) {
                let is_alone = matches!(batch, [(_, Attribute::Put(_, None) | Attribute::Delete)]);
                let shared = match self.set_attribute_batch(cluster, batch).await {
                    Err(Error {
                        kind: ErrorKind::Refused { .. } | ErrorKind::AttributesFull,
                        ..
                    }) if !is_alone => {
                        let bare =
                            batch.iter().map(|(arn, attribute)| (arn.clone(), attribute.bare()));
                        let bare: Vec<_> = bare.collect();
                        let each = stream::iter(bare).map(|one| async move {
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
        let (mut put, mut delete) = (Vec::new(), Vec::new());
        for (arn, attribute) in batch {
            let named = |name: &str| {
                let named = types::Attribute::builder().name(name).target_id(arn);
                named.target_type(TargetType::ContainerInstance)
            };
            let (list, items) = match attribute {
                Attribute::Put(drain_record, settings) => {
                    let record = named(ATTRIBUTE).value(drain_record.to_string());
                    let settings = settings.as_ref().map(ToString::to_string);
                    let settings = settings.map(|value| named(settings::ATTRIBUTE).value(value));
                    (&mut put, vec![Some(record), settings])
                }
                Attribute::Delete => {
                    (&mut delete, vec![Some(named(ATTRIBUTE)), Some(named(settings::ATTRIBUTE))])
                }
            };
            for item in items.into_iter().flatten() {
                list.push(item.build().map_err(Error::unbuilt("PutAttributes"))?);
            }
        }
        if !put.is_empty() {
            self.shares.changes.take().await;
            let call = self.ecs.put_attributes().cluster(cluster).set_attributes(Some(put));
            call.send().await.map_err(Error::of("PutAttributes"))?;
        }
        if !delete.is_empty() {
            self.shares.changes.take().await;
            let call = self.ecs.delete_attributes().cluster(cluster).set_attributes(Some(delete));
            call.send().await.map_err(Error::of("DeleteAttributes"))?;
        }
        Ok(())
    }
}
