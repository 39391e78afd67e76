//! Partial batch responses of an SQS event source mapping (Lambda developer guide,
//! "Implementing partial batch responses").

use aws_lambda_events::sqs::BatchItemFailure;

/// Reports a message, by its id, as failed, so that the queue delivers it again.
pub fn failed_item(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
