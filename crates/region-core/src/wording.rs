//! Identifiers, ARNs and times, worded as AWS words them, and the EventBridge envelope.

use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use time::Duration;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::Time;
use crate::names::{ACCOUNT, REGION};

const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLISECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The ARN of an ECS resource: `kind` and the path below it.
pub fn ecs_arn(kind: &str, path: &str) -> String {
    format!("arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{path}")
}

/// RFC 3339 in whole seconds, as EventBridge writes it.
pub fn rfc3339_seconds(time: Time) -> String {
    time.format(SECONDS).unwrap_or_default()
}

/// RFC 3339 with milliseconds, as in messages, events and the query protocol.
pub fn rfc3339(time: Time) -> String {
    time.format(MILLISECONDS).unwrap_or_default()
}

/// Seconds since 1970 with milliseconds, as in ECS's JSON.
pub fn epoch(time: Time) -> Value {
    let milliseconds = time.unix_timestamp_nanos() / 1_000_000;
    json!(milliseconds as f64 / 1000.0)
}

/// Ten years: short enough that adding it to any time does not overflow.
const LONGEST: u64 = 10 * 365 * 86_400;

/// A span of whole seconds, ten years at most.
pub fn seconds(count: u64) -> Duration {
    Duration::seconds(i64::try_from(count.min(LONGEST)).unwrap_or_default())
}

/// Add a field. Unlike `json!`, which copies its values, this moves them: events are
/// most of the cost of the simulation.
pub fn put(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
}

/// A version 4 UUID of `rng`.
pub fn uuid(rng: &mut StdRng) -> String {
    let (a, b, c) = (rng.random::<u32>(), rng.random::<u16>(), rng.random::<u16>());
    let (d, e) = (rng.random::<u16>(), rng.random::<u64>());
    let (c, d, e) = (c & 0x0fff | 0x4000, d & 0x3fff | 0x8000, e & 0xffff_ffff_ffff);
    format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}
