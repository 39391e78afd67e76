//! The five-minute deduplication interval of FIFO topics and queues.

use std::collections::{BTreeMap, VecDeque};

use time::Duration;

use region_core::Time;

/// The interval. It starts at the first message with the id, in SNS and SQS.
const INTERVAL: Duration = Duration::minutes(5);

/// The answers to the first message with each deduplication id of the last interval.
#[derive(Debug, Clone)]
pub(super) struct Deduplication<A> {
    answers: BTreeMap<String, A>,
    order: VecDeque<(Time, String)>,
}

impl<A> Default for Deduplication<A> {
    fn default() -> Self {
        Self { answers: BTreeMap::new(), order: VecDeque::new() }
    }
}

impl<A> Deduplication<A> {
    /// The answer to the first message with this id, if that was within the interval.
    pub(super) fn first(&mut self, now: Time, id: &str) -> Option<&A> {
        while self.order.front().is_some_and(|(since, _)| *since + INTERVAL <= now) {
            if let Some((_, old)) = self.order.pop_front() {
                self.answers.remove(&old);
            }
        }
        self.answers.get(id)
    }

    /// Remember the answer to a first message from `now` on.
    pub(super) fn remember(&mut self, now: Time, id: String, answer: A) {
        self.answers.insert(id.clone(), answer);
        self.order.push_back((now, id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_again_five_minutes_after_it_was_first_seen() {
        let start = Time::UNIX_EPOCH;
        let mut seen = Deduplication::default();
        assert_eq!(seen.first(start, "a"), None);
        seen.remember(start, "a".to_owned(), 1);
        assert_eq!(seen.first(start + Duration::seconds(299), "a"), Some(&1));
        assert_eq!(seen.first(start + Duration::seconds(300), "a"), None);
    }
}
