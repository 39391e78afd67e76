//! Messages that are understood.

use aws_names::AlarmArn;
use requeue::{Requeue, WorkItem};

use super::skip::Skip;
use crate::Time;

/// A message that is understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Notification {
    /// An alarm went into ALARM. Messages with the same ARN and time are duplicates.
    Alarm {
        /// Its account, Region and name are the ARN's. `Region` in an SNS message is a display
        /// name, and AWS's own example of a Lambda action has an `alarmName` that is not the one in
        /// its `alarmArn`.
        arn: AlarmArn,
        /// When the state was entered.
        at: Time,
    },
    /// A request to reconcile an alarm, without its state.
    Reconcile(AlarmArn),
    /// A requeue message of the re-invoke loop is due.
    Requeue(Requeue),
    /// A work item of a serialization key.
    WorkItem(WorkItem),
    /// A message that does not cause scaling.
    Skip(Skip),
}
