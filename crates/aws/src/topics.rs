//! Publishing: work items and requeue messages to the FIFO topic, and due requeue messages back to
//! their function.

use aws_names::{FifoTopicArn, TopicArn};
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use requeue::work_item::NOW;
use requeue::{Requeue, SerializationKey, Subject, WorkItem};

use crate::{Aws, BATCH, Call, Error, ErrorKind};

const OPERATION: &str = "Publish";

/// A message for the FIFO topic.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    body: String,
    delay_class: &'static str,
    group: String,
    id: String,
}

impl Entry {
    fn requeue(requeue: &Requeue) -> Self {
        let id = requeue.id();
        Self {
            body: requeue.body(),
            delay_class: requeue.delay_class.name(),
            group: id.clone(),
            id,
        }
    }

    fn work_item(work_item: &WorkItem) -> Self {
        let (body, id) = (work_item.body(), work_item.id());
        Self { body, delay_class: NOW, group: WorkItem::group(&work_item.of.serialization_key), id }
    }

    /// A due requeue message, delivered in the message group of its serialization key.
    fn due(requeue: &Requeue, serialization_key: &SerializationKey) -> Self {
        let id = WorkItem::id_of(requeue);
        Self {
            body: requeue.body(),
            delay_class: NOW,
            group: WorkItem::group(serialization_key),
            id,
        }
    }
}

impl Aws {
    /// Publishes `requeue` to the FIFO topic. Duplicates within its time bucket are accepted and
    /// delivered once.
    pub fn ask<'a>(&'a self, topic: &'a FifoTopicArn, requeue: &'a Requeue) -> Call<'a, ()> {
        Box::pin(async move { self.publish(topic, Entry::requeue(requeue)).await })
    }

    /// Publishes `work_items` and `requeues` to the FIFO topic, ten per call. Duplicates are
    /// accepted and delivered once, so after a failure all of them may be published again.
    ///
    /// # Errors
    /// If a call fails or refuses an entry; of several the first refused one.
    pub fn ask_all<'a>(
        &'a self,
        topic: &'a FifoTopicArn,
        work_items: &'a [WorkItem],
        requeues: &'a [Requeue],
    ) -> Call<'a, ()> {
        Box::pin(async move {
            let operation = "PublishBatch";
            let entries: Vec<Entry> = work_items
                .iter()
                .map(Entry::work_item)
                .chain(requeues.iter().map(Entry::requeue))
                .collect();
            for entries in entries.chunks(BATCH) {
                let mut call = self.sns.publish_batch().topic_arn(topic);
                for (number, entry) in entries.iter().enumerate() {
                    let request = PublishBatchRequestEntry::builder()
                        .id(number.to_string())
                        .message(&entry.body)
                        .message_attributes("delay_class", attribute(entry.delay_class)?)
                        .message_group_id(&entry.group)
                        .message_deduplication_id(&entry.id)
                        .build()
                        .map_err(Error::unbuilt(operation))?;
                    call = call.publish_batch_request_entries(request);
                }
                let published = call.send().await.map_err(Error::of(operation))?;
                if let Some(failed) = published.failed().first() {
                    let code = failed.code().to_owned();
                    let message = failed.message().unwrap_or_default().to_owned();
                    return Err(Error { operation, kind: ErrorKind::Refused { code, message } });
                }
            }
            Ok(())
        })
    }

    /// Delivers a due `requeue`: that of a cluster to the standard topic `lifecycle`, that of a
    /// target to the FIFO topic `reinvoke`, in the message group of its serialization key.
    pub fn hand_back<'a>(
        &'a self,
        lifecycle: &'a TopicArn,
        reinvoke: &'a FifoTopicArn,
        requeue: &'a Requeue,
    ) -> Call<'a, ()> {
        Box::pin(async move {
            match &requeue.of {
                Subject::Target(of) => {
                    self.publish(reinvoke, Entry::due(requeue, &of.serialization_key)).await
                }
                Subject::Cluster(_) => {
                    let call = self.sns.publish().topic_arn(lifecycle).message(requeue.body());
                    call.send().await.map(|_| ()).map_err(Error::of(OPERATION))
                }
            }
        })
    }

    async fn publish(&self, topic: &FifoTopicArn, entry: Entry) -> Result<(), Error> {
        self.sns
            .publish()
            .topic_arn(topic)
            .message(entry.body)
            .message_attributes("delay_class", attribute(entry.delay_class)?)
            .message_group_id(entry.group)
            .message_deduplication_id(entry.id)
            .send()
            .await
            .map(|_| ())
            .map_err(Error::of(OPERATION))
    }
}

fn attribute(delay_class: &str) -> Result<MessageAttributeValue, Error> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(delay_class);
    value.build().map_err(Error::unbuilt(OPERATION))
}
