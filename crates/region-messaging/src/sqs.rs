//! One SQS queue: delay, visibility, receive count, redrive, retention; for FIFO also
//! deduplication and the lock on a message group.

use std::collections::BTreeMap;

use time::Duration;

use region_core::Time;
use region_core::agenda::Agenda;

use super::deduplication::Deduplication;
use super::digest::deduplication_id;
use super::message::{Message, Outgoing, QueueTruth};
use super::visible::Visible;
use region_wiring::QueueSpec;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Delayed,
    Visible,
    InFlight,
}

/// One receive of one message; stale once the message is received again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    sequence: u64,
    receive_count: u32,
}

/// The result of a receive.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// The messages, now in flight.
    pub(super) messages: Vec<(Receipt, Message)>,
    /// Messages that were received too often, now out of this queue.
    pub(super) dead: Vec<Message>,
}

#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub(super) spec: QueueSpec,
    messages: BTreeMap<u64, (State, Message)>,
    visible: Visible,
    /// Groups with messages in flight, and how many.
    locked: BTreeMap<String, u32>,
    /// When a delayed or received message becomes visible.
    reappear: Agenda<Receipt>,
    expire: Agenda<u64>,
    /// The ids of the first messages.
    seen: Deduplication<String>,
    last_sequence: u64,
    truth: QueueTruth,
}

impl Queue {
    pub(super) fn new(spec: QueueSpec) -> Self {
        Self {
            spec,
            messages: BTreeMap::new(),
            visible: Visible::default(),
            locked: BTreeMap::new(),
            reappear: Agenda::default(),
            expire: Agenda::default(),
            seen: Deduplication::default(),
            last_sequence: 0,
            truth: QueueTruth::default(),
        }
    }

    pub(super) fn visibility_timeout(&self) -> Duration {
        Duration::seconds(self.spec.visibility_timeout_seconds.into())
    }

    /// The id of the message that this one duplicates, if it does (FIFO).
    pub(super) fn duplicates(&mut self, now: Time, content: &Outgoing) -> Option<String> {
        let key = self.spec.fifo.then_some(content.deduplication_id.as_deref())??;
        let first = self.seen.first(now, key)?.clone();
        self.truth.deduplicated += 1;
        Some(first)
    }

    /// Add the deduplication id that the queue derives from the content, if it does.
    pub(super) fn complete(&self, content: &mut Outgoing) {
        if self.spec.fifo && content.deduplication_id.is_none() {
            content.deduplication_id = Some(deduplication_id(&content.body));
        }
    }

    /// Add a message that becomes visible after its delay plus `later` (for a copy). Returns
    /// when that is.
    pub(super) fn send(&mut self, now: Time, id: &str, content: Outgoing, later: Duration) -> Time {
        if let Some(key) = content.deduplication_id.clone() {
            self.seen.remember(now, key, id.to_owned());
        }
        let delay = content.delay_seconds.unwrap_or(self.spec.delay_seconds);
        let at = now + Duration::seconds(delay.into()) + later;
        self.put(now, at, Message::new(id, content, now));
        at
    }

    /// Add a message that was received too often in the queue `source`. It keeps its id and its
    /// receive count. Its retention counts from the original send in a standard queue, and starts
    /// again in a FIFO queue.
    pub(super) fn bury(&mut self, now: Time, message: Message, source: String) {
        let sent = if self.spec.fifo { now } else { message.sent };
        self.put(now, now, Message { sent, source_queue: Some(source), ..message });
    }

    fn put(&mut self, now: Time, at: Time, message: Message) {
        self.last_sequence += 1;
        let sequence = self.last_sequence;
        self.reappear.at(at, Receipt { sequence, receive_count: message.receive_count });
        let retention = Duration::seconds(self.spec.retention_seconds.into());
        self.expire.at(message.sent + retention, sequence);
        self.messages.insert(sequence, (State::Delayed, Message { sequence, ..message }));
        self.truth.sent += 1;
        self.settle(now);
    }

    /// Advance in time: end delays and visibility timeouts, drop expired messages.
    pub(super) fn settle(&mut self, now: Time) {
        while let Some((when, receipt)) = self.reappear.pop_due(now) {
            let Some((state, message)) = self.messages.get_mut(&receipt.sequence) else { continue };
            if message.receive_count != receipt.receive_count {
                continue;
            }
            let was = std::mem::replace(state, State::Visible);
            let group = group_of(&self.spec, message).to_owned();
            self.visible.insert(&group, receipt.sequence, when);
            if was == State::InFlight {
                self.unlock(&group);
            }
        }
        while let Some((_, sequence)) = self.expire.pop_due(now) {
            if self.remove(sequence).is_some() {
                self.truth.expired += 1;
            }
        }
    }

    fn unlock(&mut self, group: &str) {
        if let Some(count) = self.locked.get_mut(group) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.locked.remove(group);
            }
        }
    }

    fn remove(&mut self, sequence: u64) -> Option<Message> {
        let (state, message) = self.messages.remove(&sequence)?;
        let group = group_of(&self.spec, &message);
        self.visible.remove(group, sequence);
        if state == State::InFlight {
            self.unlock(group);
        }
        Some(message)
    }

    /// Whether a receive would return messages or move any to the dead-letter queue.
    pub(super) fn has_work(&mut self, now: Time) -> bool {
        self.settle(now);
        self.visible.any(|group| !self.locked.contains_key(group))
    }

    /// Receive up to `most` messages. A group that was free when the receive began may give
    /// several; one with messages in flight gives none.
    pub(super) fn receive(&mut self, now: Time, most: usize) -> Received {
        self.settle(now);
        let mut received = Received::default();
        let limit = self.spec.redrive.as_ref().map(|redrive| redrive.max_receive_count);
        let visible_again = now + self.visibility_timeout();
        for sequence in self.visible.first(most, |group| !self.locked.contains_key(group)) {
            let Some((state, message)) = self.messages.get_mut(&sequence) else { continue };
            if limit.is_some_and(|limit| message.receive_count >= limit) {
                received.dead.extend(self.remove(sequence));
                self.truth.redriven += 1;
                continue;
            }
            *state = State::InFlight;
            message.receive_count += 1;
            message.first_received.get_or_insert(now);
            let receipt = Receipt { sequence, receive_count: message.receive_count };
            self.reappear.at(visible_again, receipt);
            self.truth.received += 1;
            let group = group_of(&self.spec, message);
            self.visible.remove(group, sequence);
            if self.spec.fifo {
                *self.locked.entry(group.to_owned()).or_default() += 1;
            }
            received.messages.push((receipt, message.clone()));
        }
        received
    }

    /// Delete a received message. A standard queue accepts a stale receipt; a FIFO queue does
    /// not once the visibility timeout has ended.
    pub(super) fn delete(&mut self, now: Time, receipt: Receipt) {
        self.settle(now);
        let current = self.messages.get(&receipt.sequence).is_some_and(|(state, message)| {
            *state == State::InFlight && message.receive_count == receipt.receive_count
        });
        if (current || !self.spec.fifo) && self.remove(receipt.sequence).is_some() {
            self.truth.deleted += 1;
        }
    }

    pub(super) fn truth(&self) -> QueueTruth {
        let mut truth = self.truth;
        for (state, _) in self.messages.values() {
            match state {
                State::Delayed => truth.delayed += 1,
                State::Visible => truth.visible += 1,
                State::InFlight => truth.in_flight += 1,
            }
        }
        truth
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().map(|(_, message)| message)
    }
}

/// The message group, which a standard queue ignores.
fn group_of<'a>(spec: &QueueSpec, message: &'a Message) -> &'a str {
    message.content.group_id.as_deref().filter(|_| spec.fifo).unwrap_or_default()
}
