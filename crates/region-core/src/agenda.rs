//! A queue of future events, in order of time.

use std::collections::BTreeMap;

use crate::Time;

/// Scheduled events. Events of the same instant keep their order of insertion.
#[derive(Debug, Clone)]
pub struct Agenda<E> {
    waiting: BTreeMap<(Time, u64), E>,
    sequence: u64,
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self { waiting: BTreeMap::new(), sequence: 0 }
    }
}

impl<E> Agenda<E> {
    /// Schedule `event` for `when`; a past time is due immediately.
    pub fn at(&mut self, when: Time, event: E) {
        self.sequence += 1;
        self.waiting.insert((when, self.sequence), event);
    }

    /// When the next event is due, if there is one.
    pub fn next_due(&self) -> Option<Time> {
        self.waiting.first_key_value().map(|((when, _), _)| *when)
    }

    /// Take the earliest event that is due at or before `now`, with its own time.
    pub fn pop_due(&mut self, now: Time) -> Option<(Time, E)> {
        if self.next_due()? > now {
            return None;
        }
        self.waiting.pop_first().map(|((when, _), event)| (when, event))
    }
}
