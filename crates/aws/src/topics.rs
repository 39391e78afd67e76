//! Publishing: a tick to the FIFO topic that delays it, and a due one back.

use aws_sdk_sns::types::MessageAttributeValue;
use tick::Tick;

use crate::{Aws, Error};

const OPERATION: &str = "Publish";

impl Aws {
    /// Ask for `tick` on the FIFO topic; a request that its bucket already holds is
    /// accepted and delivered once.
    ///
    /// # Errors
    /// Whatever call fails.
    pub async fn ask(&self, topic: &str, tick: &Tick) -> Result<(), Error> {
        let pace = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(tick.pace.name())
            .build()
            .map_err(|error| Error::Unreachable {
                operation: OPERATION,
                cause: error.to_string(),
            })?;
        let id = tick.id();
        self.sns
            .publish()
            .topic_arn(topic)
            .message(tick.body())
            .message_attributes("pace", pace)
            .message_group_id(&id)
            .message_deduplication_id(&id)
            .send()
            .await
            .map(|_| ())
            .map_err(Error::of(OPERATION))
    }

    /// Hand a due `tick` back to its standard topic.
    ///
    /// # Errors
    /// Whatever call fails.
    pub async fn hand_back(&self, topic: &str, tick: &Tick) -> Result<(), Error> {
        let call = self.sns.publish().topic_arn(topic).message(tick.body());
        call.send().await.map(|_| ()).map_err(Error::of(OPERATION))
    }
}
