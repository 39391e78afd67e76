//! Converts times between the SDK's type and ours.

use aws_smithy_types::DateTime;
use scaling::Time;

/// A time of the SDK; `None` if it is out of range.
pub(crate) fn time_of(time: &DateTime) -> Option<Time> {
    Time::from_unix_timestamp_nanos(time.as_nanos()).ok()
}

/// A time for the SDK.
pub(crate) fn to_sdk(time: Time) -> DateTime {
    DateTime::from_secs_and_nanos(time.unix_timestamp(), time.nanosecond())
}
