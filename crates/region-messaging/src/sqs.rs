//! One SQS queue: delay, visibility, receive count, redrive, retention; for FIFO also
//! deduplication and the lock on a message group.

use std::collections::{BTreeMap, BTreeSet};

use time::Duration;

use region_core::Time;
use region_core::agenda::Agenda;

use super::deduplication::{Deduplication, id_of_content};
use region_wiring::QueueSpec;

/// What a sender hands to a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    pub body: String,
    /// Message attributes, all of type `String`.
    pub attributes: BTreeMap<String, String>,
    /// FIFO: the message group.
    pub group_id: Option<String>,
    /// FIFO: the deduplication id.
    pub deduplication_id: Option<String>,
    /// Standard: this message's own delay in seconds, instead of the queue's.
    pub delay_seconds: Option<u32>,
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id that SQS gave it; a copy has the same.
    pub id: String,
    /// What was sent.
    pub content: Outgoing,
    /// When it was sent.
    pub sent: Time,
    /// When it was first received, if it was.
    pub first_received: Option<Time>,
    /// How often it was received.
    pub receive_count: u32,
    /// FIFO: its place in the order of the queue.
    pub sequence: u64,
}

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

/// Counters of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueTruth {
    /// Messages that could be received now, those of locked groups included.
    pub visible: u64,
    /// Messages received and neither deleted nor visible again.
    pub in_flight: u64,
    /// Messages whose delay is not over.
    pub delayed: u64,
    /// Messages accepted so far, copies included.
    pub sent: u64,
    /// Receives so far; a message received twice counts twice.
    pub received: u64,
    /// Messages deleted so far.
    pub deleted: u64,
    /// Messages refused as duplicates so far (FIFO).
    pub deduplicated: u64,
    /// Messages moved to the dead-letter queue so far.
    pub redriven: u64,
    /// Messages dropped at the end of their retention.
    pub expired: u64,
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
    visible: BTreeSet<u64>,
    /// Groups with messages in flight, and how many.
    locked: BTreeMap<String, u32>,
    /// When a delayed or received message becomes visible.
    reappear: Agenda<Receipt>,
    expire: Agenda<u64>,
    seen: Deduplication,
    last_sequence: u64,
    truth: QueueTruth,
}

impl Queue {
    pub(super) fn new(spec: QueueSpec) -> Self {
        Self {
            spec,
            messages: BTreeMap::new(),
            visible: BTreeSet::new(),
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

    /// Add a message that becomes visible after its delay plus `later` (for a copy). Returns
    /// when that is, or `None` if the message is a duplicate.
    pub(super) fn send(
        &mut self,
        now: Time,
        id: &str,
        content: Outgoing,
        later: Duration,
    ) -> Option<Time> {
        if self.spec.fifo {
            let key =
                content.deduplication_id.clone().unwrap_or_else(|| id_of_content(&content.body));
            if !self.seen.admit(now, &key) {
                self.truth.deduplicated += 1;
                return None;
            }
        }
        let own = content.delay_seconds.filter(|_| !self.spec.fifo);
        let delay = Duration::seconds(own.unwrap_or(self.spec.delay_seconds).into());
        Some(self.put(now, now + delay + later, id.to_owned(), content, now))
    }

    /// Add a message from another queue that has this as its dead-letter queue. Its retention
    /// counts from the original send in a standard queue, and starts again in a FIFO queue.
    pub(super) fn bury(&mut self, now: Time, message: Message) {
        let sent = if self.spec.fifo { now } else { message.sent };
        self.put(now, now, message.id, message.content, sent);
    }

    fn put(&mut self, now: Time, at: Time, id: String, content: Outgoing, sent: Time) -> Time {
        self.last_sequence += 1;
        let sequence = self.last_sequence;
        let message =
            Message { id, content, sent, first_received: None, receive_count: 0, sequence };
        self.messages.insert(sequence, (State::Delayed, message));
        self.truth.sent += 1;
        self.reappear.at(at, Receipt { sequence, receive_count: 0 });
        let retention = Duration::seconds(self.spec.retention_seconds.into());
        self.expire.at(sent + retention, sequence);
        self.settle(now);
        at
    }

    /// Advance in time: end delays and visibility timeouts, drop expired messages.
    pub(super) fn settle(&mut self, now: Time) {
        while let Some((_, receipt)) = self.reappear.pop_due(now) {
            let Some((state, message)) = self.messages.get_mut(&receipt.sequence) else { continue };
            if message.receive_count != receipt.receive_count {
                continue;
            }
            let was = std::mem::replace(state, State::Visible);
            self.visible.insert(receipt.sequence);
            if was == State::InFlight {
                let group = message.content.group_id.clone();
                self.unlock(group.as_deref());
            }
        }
        while let Some((_, sequence)) = self.expire.pop_due(now) {
            if self.remove(sequence).is_some() {
                self.truth.expired += 1;
            }
        }
    }

    fn unlock(&mut self, group: Option<&str>) {
        let Some(group) = group else { return };
        if let Some(count) = self.locked.get_mut(group) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.locked.remove(group);
            }
        }
    }

    fn remove(&mut self, sequence: u64) -> Option<Message> {
        let (state, message) = self.messages.remove(&sequence)?;
        self.visible.remove(&sequence);
        if state == State::InFlight {
            self.unlock(message.content.group_id.as_deref());
        }
        Some(message)
    }

    fn is_free(&self, sequence: u64) -> bool {
        let group = self.messages.get(&sequence).and_then(|(_, m)| m.content.group_id.as_ref());
        !self.spec.fifo || group.is_none_or(|group| !self.locked.contains_key(group))
    }

    /// Whether a receive would return messages or move any to the dead-letter queue.
    pub(super) fn has_work(&mut self, now: Time) -> bool {
        self.settle(now);
        self.visible.iter().any(|sequence| self.is_free(*sequence))
    }

    /// Receive up to `most` messages, in the order of the queue. A group that was free when the
    /// receive began may give several; one with messages in flight gives none.
    pub(super) fn receive(&mut self, now: Time, most: usize) -> Received {
        self.settle(now);
        let mut received = Received::default();
        let limit = self.spec.redrive.as_ref().map(|redrive| redrive.max_receive_count);
        let mut taken = Vec::new();
        for sequence in &self.visible {
            if taken.len() >= most {
                break;
            }
            if self.is_free(*sequence) {
                let count = self.messages.get(sequence).map_or(0, |(_, m)| m.receive_count);
                let worn_out = limit.is_some_and(|limit| count >= limit);
                taken.push((*sequence, worn_out));
            }
        }
        let visible_again = now + self.visibility_timeout();
        for (sequence, worn_out) in taken {
            if worn_out {
                received.dead.extend(self.remove(sequence));
                self.truth.redriven += 1;
                continue;
            }
            let Some((state, message)) = self.messages.get_mut(&sequence) else { continue };
            *state = State::InFlight;
            self.visible.remove(&sequence);
            message.receive_count += 1;
            message.first_received.get_or_insert(now);
            if let Some(group) = &message.content.group_id {
                *self.locked.entry(group.clone()).or_default() += 1;
            }
            let receipt = Receipt { sequence, receive_count: message.receive_count };
            self.reappear.at(visible_again, receipt);
            self.truth.received += 1;
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
