//! What users configured over time: the documents of the targets, and the tags of the alarms.
//!
//! A process reads both at most a minute ago, and a change takes effect within 90 s. While reads
//! fail, what was read last holds, however long ago.

use std::collections::BTreeMap;

use region::Time;
use region::services::Control;
use serde_json::Value;
use time::Duration;

use super::series::Series;
use super::{Oracle, Target};

/// The latest time at which a change takes effect.
const IN_FORCE: Duration = Duration::seconds(90);

/// The documents and the tags.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// The greatest number of tasks that the document of the service allows; `None` if it is absent or
    /// invalid.
    service: Series<Option<i64>>,
    /// Whether the document of the group is there and valid.
    group: Series<bool>,
    /// Whether the tag of each alarm names its target.
    tags: BTreeMap<String, Series<bool>>,
    /// Whether Systems Manager throttles every call.
    throttles: Series<bool>,
    /// When a fault last hit a call.
    failed: Option<Time>,
}

impl Documents {
    pub(super) fn failed(&mut self, now: Time) {
        self.failed = Some(now);
    }

    /// The earliest time at which a run that began at `begun` may have read what it acts on.
    fn read_from(&self, begun: Time) -> Time {
        let then = begun - IN_FORCE;
        let failed = self.failed.is_some_and(|at| at >= then) || self.throttles.ever(then);
        if failed { Time::UNIX_EPOCH } else { then }
    }

    /// The greatest numbers of tasks by the documents that may have been read.
    pub(super) fn most_tasks(&self, begun: Time) -> impl Iterator<Item = i64> + '_ {
        self.service.since(self.read_from(begun)).flatten()
    }

    /// The greatest number of tasks now; `None` if the document is absent or invalid.
    pub(super) fn most_tasks_now(&self) -> Option<i64> {
        self.service.last().flatten()
    }

    /// Whether a valid document of the target may have been read.
    pub(super) fn has(&self, target: Target, begun: Time) -> bool {
        match target {
            Target::Tasks => self.most_tasks(begun).next().is_some(),
            Target::Instances => self.group.since(self.read_from(begun)).any(|is| is),
        }
    }

    pub(super) fn has_group_now(&self) -> bool {
        self.group.last() == Some(true)
    }

    /// Whether the tag of an alarm may have been read as naming its target.
    pub(super) fn is_tagged(&self, alarm: &str, begun: Time) -> bool {
        let tag = self.tags.get(alarm);
        tag.is_none_or(|tag| tag.since(self.read_from(begun)).any(|is| is))
    }

    pub(super) fn is_tagged_now(&self, alarm: &str) -> bool {
        self.tags.get(alarm).is_none_or(|tag| tag.last() == Some(true))
    }
}

/// The greatest capacity that a valid document gives.
fn most(text: &str) -> Option<i64> {
    let document: Value = serde_json::from_str(text).ok()?;
    document.get("Policies")?.get(0)?.get("MaxCapacity")?.as_i64()
}

impl Oracle {
    /// A user changes a document or a tag.
    pub(crate) fn configured(&mut self, now: Time, control: &Control) {
        let names = &self.rules.names;
        let documents = &mut self.documents;
        let mut set = |name: &str, text: Option<&str>| {
            if name == names.service_document() {
                documents.service.set(now, text.and_then(most));
            } else if name == names.group_document() {
                documents.group.set(now, text.and_then(most).is_some());
            }
        };
        match control {
            Control::PutParameter(order) => set(&order.name, Some(&order.value)),
            Control::DeleteParameter(name) => set(name, None),
            Control::ThrottleParameters(throttles) => documents.throttles.set(now, *throttles),
            Control::SetAlarmTags(order) if self.alarms.contains_key(&order.alarm_name) => {
                let tagged = order.tags.iter().any(|tag| tag.key == "ecs-tide:target");
                let tags = documents.tags.entry(order.alarm_name.clone()).or_default();
                // Until now it named its target.
                tags.set(Time::UNIX_EPOCH, true);
                tags.set(now, tagged);
            }
            _ => {}
        }
    }
}
