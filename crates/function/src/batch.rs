//! Partial batch responses of an SQS event source mapping (Lambda developer guide,
//! "Implementing partial batch responses").

use aws_lambda_events::sqs::BatchItemFailure;

/// A message, by its id, that the queue must deliver again.
pub fn failed_item(id: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id;
    failure
}
