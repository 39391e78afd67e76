//! What will happen next, in order of time.

use std::collections::BTreeMap;

use crate::Time;

/// Events waiting for their time; those of one instant keep the order they came in.
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
    /// Put `event` down for `when`; a time already past is due at once.
    pub fn at(&mut self, when: Time, event: E) {
        self.sequence += 1;
        self.waiting.insert((when, self.sequence), event);
    }

    /// When the next event is due, if any waits.
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
