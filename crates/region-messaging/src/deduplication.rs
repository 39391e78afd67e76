//! The five-minute deduplication interval of FIFO topics and queues.

use std::collections::{BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use time::Duration;

use region_core::Time;

/// The interval. It starts at the first message with the id, in SNS and SQS.
const INTERVAL: Duration = Duration::minutes(5);

/// The deduplication ids of the last interval.
#[derive(Debug, Clone, Default)]
pub(super) struct Deduplication {
    seen: BTreeSet<String>,
    order: VecDeque<(Time, String)>,
}

impl Deduplication {
    /// Whether `id` is new; if so it is remembered from `now` on.
    pub(super) fn admit(&mut self, now: Time, id: &str) -> bool {
        while self.order.front().is_some_and(|(since, _)| *since + INTERVAL <= now) {
            if let Some((_, old)) = self.order.pop_front() {
                self.seen.remove(&old);
            }
        }
        let new = self.seen.insert(id.to_owned());
        if new {
            self.order.push_back((now, id.to_owned()));
        }
        new
    }
}

/// The id that content-based deduplication derives. AWS uses SHA-256 of the body; any function
/// of the body alone has the same effect.
pub(super) fn id_of_content(body: &str) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_again_five_minutes_after_it_was_first_seen() {
        let start = Time::UNIX_EPOCH;
        let mut seen = Deduplication::default();
        assert!(seen.admit(start, "a"));
        assert!(!seen.admit(start + Duration::seconds(299), "a"));
        assert!(seen.admit(start + Duration::seconds(300), "a"));
    }
}
