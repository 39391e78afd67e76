//! Publishing: ticks and turns to the FIFO topic, and a due tick back.

use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use futures_util::future::BoxFuture;
use tick::turn::NOW;
use tick::{Subject, Tick, Turn};

use crate::{Aws, BATCH, Error};

const OPERATION: &str = "Publish";

/// A message for the FIFO topic.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    body: String,
    pace: &'static str,
    group: String,
    id: String,
}

impl Entry {
    fn tick(tick: &Tick) -> Self {
        let id = tick.id();
        Self { body: tick.body(), pace: tick.pace.name(), group: id.clone(), id }
    }

    fn turn(turn: &Turn) -> Self {
        let (body, id) = (turn.body(), turn.id());
        Self { body, pace: NOW, group: Turn::group(&turn.lane), id }
    }

    /// A due tick takes its turn in its lane.
    fn due(tick: &Tick, lane: &str) -> Self {
        let id = Turn::id_of(tick);
        Self { body: tick.body(), pace: NOW, group: Turn::group(lane), id }
    }
}

impl Aws {
    /// Ask for `tick` on the FIFO topic; a request that its bucket already holds is
    /// accepted and delivered once.
    ///
    /// # Errors
    /// Whatever call fails.
    pub fn ask<'a>(&'a self, topic: &'a str, tick: &'a Tick) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.publish(topic, Entry::tick(tick)).await })
    }

    /// Ask for `turns` and `ticks` on the FIFO topic, in calls of ten. What it has already is
    /// accepted and delivered once, so all of it may be asked for again.
    ///
    /// # Errors
    /// Whatever call fails, and the first entry that is refused.
    pub fn ask_all<'a>(
        &'a self,
        topic: &'a str,
        turns: &'a [Turn],
        ticks: &'a [Tick],
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let operation = "PublishBatch";
            let entries: Vec<Entry> =
                turns.iter().map(Entry::turn).chain(ticks.iter().map(Entry::tick)).collect();
            for entries in entries.chunks(BATCH) {
                let mut call = self.sns.publish_batch().topic_arn(topic);
                for (number, entry) in entries.iter().enumerate() {
                    let request = PublishBatchRequestEntry::builder()
                        .id(number.to_string())
                        .message(&entry.body)
                        .message_attributes("pace", attribute(entry.pace)?)
                        .message_group_id(&entry.group)
                        .message_deduplication_id(&entry.id)
                        .build()
                        .map_err(unbuilt)?;
                    call = call.publish_batch_request_entries(request);
                }
                let published = call.send().await.map_err(Error::of(operation))?;
                if let Some(failed) = published.failed().first() {
                    let code = failed.code().to_owned();
                    let message = failed.message().unwrap_or_default().to_owned();
                    return Err(Error::Refused { operation, code, message });
                }
            }
            Ok(())
        })
    }

    /// Hand a due `tick` back: a cluster's to the standard topic `lifecycle`, a lane's to the
    /// FIFO topic `reinvoke`, where it takes its turn.
    ///
    /// # Errors
    /// Whatever call fails.
    pub fn hand_back<'a>(
        &'a self,
        lifecycle: &'a str,
        reinvoke: &'a str,
        tick: &'a Tick,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            match &tick.of {
                Subject::Lane(lane) => self.publish(reinvoke, Entry::due(tick, lane)).await,
                Subject::Cluster(_) => {
                    let call = self.sns.publish().topic_arn(lifecycle).message(tick.body());
                    call.send().await.map(|_| ()).map_err(Error::of(OPERATION))
                }
            }
        })
    }

    async fn publish(&self, topic: &str, entry: Entry) -> Result<(), Error> {
        self.sns
            .publish()
            .topic_arn(topic)
            .message(entry.body)
            .message_attributes("pace", attribute(entry.pace)?)
            .message_group_id(entry.group)
            .message_deduplication_id(entry.id)
            .send()
            .await
            .map(|_| ())
            .map_err(Error::of(OPERATION))
    }
}

fn attribute(pace: &str) -> Result<MessageAttributeValue, Error> {
    let value = MessageAttributeValue::builder().data_type("String").string_value(pace);
    value.build().map_err(unbuilt)
}

/// The SDK misses a field that is always set.
fn unbuilt(error: impl std::fmt::Display) -> Error {
    Error::Unreachable { operation: OPERATION, cause: error.to_string() }
}
