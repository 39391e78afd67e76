//! Event source mappings: gather the messages of a queue in batches for a function.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use time::Duration;

use region_core::Time;

use super::envelope::sqs_record;
use super::message::Message;
use super::run::{Item, Source};
use super::{Event, Messaging};
use region_wiring::MappingSpec;

#[derive(Debug, Clone, Default)]
struct Gathering {
    items: Vec<Item>,
    records: Vec<Value>,
}

/// The pollers of one mapping. Lambda runs several, each with a batch of its own. Here one batch
/// is gathered at a time, which is Lambda's best case for folding messages.
#[derive(Debug, Clone)]
pub(super) struct Poller {
    pub(super) spec: MappingSpec,
    gathering: Option<Gathering>,
    /// Counts batches. The close event of a batch that filled up early must not close the next.
    generation: u64,
    running: u32,
}

impl Poller {
    pub(super) fn new(spec: MappingSpec) -> Self {
        Self { spec, gathering: None, generation: 0, running: 0 }
    }
}

impl Messaging {
    /// Poll a queue by every mapping on it.
    pub(super) fn poll_queue(&mut self, now: Time, queue_arn: &str) {
        for index in 0..self.pollers.len() {
            if self.pollers.get(index).is_some_and(|p| p.spec.queue_arn == queue_arn) {
                self.poll(now, index);
            }
        }
    }

    fn poll(&mut self, now: Time, index: usize) {
        loop {
            let Some(poller) = self.pollers.get_mut(index) else { return };
            let limit =
                poller.spec.maximum_concurrency.unwrap_or(self.settings.mapping_concurrency);
            let opens = poller.gathering.is_none();
            if !poller.spec.enabled || (opens && poller.running >= limit) {
                return;
            }
            let queue = self.queues.get_mut(&poller.spec.queue_arn);
            if !queue.is_some_and(|queue| queue.has_work(now)) {
                return;
            }
            let windowless = poller.spec.window_seconds == 0;
            if opens {
                poller.gathering = Some(Gathering::default());
                poller.generation += 1;
                let wait = if windowless {
                    self.chance.delay(&self.settings.poll_delay)
                } else {
                    Duration::seconds(poller.spec.window_seconds.into())
                };
                let generation = poller.generation;
                self.agenda.at(now + wait, Event::Close { poller: index, generation });
            }
            // Without a window everything is received at the close, as by one long poll.
            if windowless || !self.gather(now, index) {
                return;
            }
            self.launch(now, index);
        }
    }

    /// Receive into the open batch. Returns whether it is full.
    fn gather(&mut self, now: Time, index: usize) -> bool {
        let Some(poller) = self.pollers.get_mut(index) else { return false };
        let Some(gathering) = poller.gathering.as_mut() else { return false };
        let Some(queue) = self.queues.get_mut(&poller.spec.queue_arn) else { return false };
        let size = usize::try_from(poller.spec.batch_size).unwrap_or(usize::MAX);
        let received = queue.receive(now, size.saturating_sub(gathering.items.len()));
        let mut taken = !received.messages.is_empty();
        for (receipt, message) in received.messages {
            if !wanted(&poller.spec, &message) {
                queue.delete(now, receipt);
                continue;
            }
            let handle = format!("AQEB{}", self.chance.uuid());
            gathering.records.push(sqs_record(&queue.spec, &message, &handle));
            let trace = message.content.trace;
            gathering.items.push(Item { id: message.id, receipt, trace });
        }
        let full = gathering.items.len() >= size;
        let again = now + queue.visibility_timeout();
        let redrive = queue.spec.redrive.as_ref().map(|redrive| redrive.queue_arn.clone());
        let source = poller.spec.queue_arn.clone();
        if let Some(dead_letters) = redrive {
            for message in received.dead {
                taken = true;
                self.bury(now, &dead_letters, message, &source);
            }
        }
        if taken {
            self.agenda.at(again, Event::Visible(source));
        }
        full
    }

    /// Close a batch whose window has ended.
    pub(super) fn close(&mut self, now: Time, index: usize, generation: u64) {
        if self.pollers.get(index).is_none_or(|poller| poller.generation != generation) {
            return;
        }
        self.gather(now, index);
        self.launch(now, index);
        self.poll(now, index);
    }

    fn launch(&mut self, now: Time, index: usize) {
        let Some(poller) = self.pollers.get_mut(index) else { return };
        let Some(gathering) = poller.gathering.take() else { return };
        if gathering.items.is_empty() {
            return;
        }
        let function = poller.spec.function_arn.clone();
        let payload = json!({"Records": gathering.records});
        let traces = gathering.items.iter().filter_map(|item| item.trace.as_deref());
        // A refused batch stays hidden until its visibility timeout ends, and its receive counts.
        // This is how recursive loops and too little reserved concurrency fill dead-letter queues.
        let Ok(lineage) = self.admit(&function, traces) else { return };
        if let Some(poller) = self.pollers.get_mut(index) {
            poller.running += 1;
        }
        let source = Source::Batch { poller: index, items: gathering.items };
        self.begin(now, &function, &lineage, payload, source);
    }

    /// Delete the messages of a batch that succeeded, by the function's answer; none is a function
    /// error. The others stay hidden until their visibility timeout ends.
    pub(super) fn settle_batch(
        &mut self,
        now: Time,
        index: usize,
        items: Vec<Item>,
        answer: Option<&Value>,
    ) {
        let Some(poller) = self.pollers.get_mut(index) else { return };
        poller.running = poller.running.saturating_sub(1);
        let kept = match answer {
            None => None,
            Some(_) if !poller.spec.report_batch_item_failures => Some(BTreeSet::new()),
            Some(answer) => failures(answer, &items),
        };
        let arn = poller.spec.queue_arn.clone();
        if let (Some(kept), Some(queue)) = (kept, self.queues.get_mut(&arn)) {
            for item in items.iter().filter(|item| !kept.contains(item.id.as_str())) {
                queue.delete(now, item.receipt);
            }
        }
        self.poll_queue(now, &arn);
    }
}

fn wanted(spec: &MappingSpec, message: &Message) -> bool {
    if spec.filters.is_empty() {
        return true;
    }
    let text = &message.content.body;
    let body = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
    let record = json!({"body": body});
    spec.filters.iter().any(|filter| filter.matches(&record))
}

/// The ids that a function reports as failed; none if the whole batch failed.
///
/// A missing or empty report is success; an item without id, with an empty one, or with one that
/// is not in the batch fails everything.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
fn failures<'a>(answer: &'a Value, items: &[Item]) -> Option<BTreeSet<&'a str>> {
    let list = match answer {
        Value::Null => return Some(BTreeSet::new()),
        Value::Object(fields) => fields.get("batchItemFailures"),
        _ => return None,
    };
    match list {
        None | Some(Value::Null) => Some(BTreeSet::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|failure| {
                let id = failure.get("itemIdentifier").and_then(Value::as_str)?;
                items.iter().any(|item| item.id == id).then_some(id)
            })
            .collect(),
        Some(_) => None,
    }
}
