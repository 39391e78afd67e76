//! The log record of a run.

use std::collections::BTreeMap;

use aws::{Error, ErrorKind, advised};
use aws_names::GroupName;
use function::record::Record;
use serde_json::{Map, Value, json};

use crate::decide::{Change, Decision};

/// The most groups that a field of the record names. Its counts are of all.
const NAMED: usize = 100;

/// What a run found and did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The number of groups that were read, without those that are being deleted.
    pub groups: usize,
    /// Groups whose deletion has begun, and named ones that do not exist.
    pub gone: Vec<GroupName>,
    /// The number of groups whose hooks were read.
    checked: usize,
    put: Vec<GroupName>,
    removed: Vec<GroupName>,
    marked: Vec<GroupName>,
    left_alone: Vec<GroupName>,
    postponed: ByName,
    /// Hooks of the user that auto-drain cannot use, with what is wrong.
    wrong: ByName,
    errors: ByName,
    invalid_tags: ByName,
    invalid_tag_count: usize,
    /// The number of groups for which there was no time.
    pub left: usize,
}

type ByName = BTreeMap<String, Value>;

impl Outcome {
    /// Adds what is wrong with each invalid tag of a group.
    pub fn add_invalid(&mut self, group: &GroupName, tags: &BTreeMap<&'static str, String>) {
        if !tags.is_empty() {
            self.invalid_tag_count += tags.len();
            self.invalid_tags.insert(group.to_string(), json!(tags));
        }
    }

    /// Adds what was decided, and done unless this is a dry run, about a group.
    pub fn add(&mut self, group: &GroupName, decided: Result<Decision<'_>, Error>) {
        let name = group.clone();
        match decided {
            Ok(Decision::Do(Change::Put(_))) => self.put.push(name),
            Ok(Decision::Do(Change::Remove)) => self.removed.push(name),
            Ok(Decision::Do(Change::Mark(_) | Change::MarkRemoved | Change::Unmark)) => {
                self.marked.push(name)
            }
            Ok(Decision::LeaveAlone) => self.left_alone.push(name),
            Ok(Decision::Postpone(change)) => {
                let what = if change == Change::Remove { "remove" } else { "put" };
                self.postponed.insert(name.into(), json!(what));
            }
            Ok(Decision::Nothing | Decision::ReadInstances) => {}
            Err(Error { kind: ErrorKind::NoSuchGroup, .. }) => {
                self.gone.push(name);
                return;
            }
            Err(error) => {
                self.errors.insert(name.into(), json!(advised(&error)));
            }
        }
        self.checked += 1;
    }

    /// Adds what is wrong with the hook that the user made for a group.
    pub fn add_own(&mut self, group: &GroupName, faults: Result<Vec<String>, Error>) {
        match faults {
            Ok(faults) if faults.is_empty() => self.add(group, Ok(Decision::Nothing)),
            Ok(faults) => {
                self.wrong.insert(group.to_string(), json!(faults));
                self.checked += 1;
            }
            Err(error) => self.add(group, Err(error)),
        }
    }

    /// Writes the record. In a dry run nothing was put or removed, so it has no such metrics.
    pub fn record(&self, record: &mut Record, dry_run: bool) {
        let done = |groups: &[GroupName]| if dry_run { 0 } else { groups.len() };
        record.field("groups", self.groups);
        record.field("checked", self.checked);
        record.count("HooksPut", done(&self.put));
        record.count("HooksRemoved", done(&self.removed));
        record.count("HooksPostponed", self.postponed.len());
        record.count("HooksWrong", self.wrong.len());
        record.count("HookErrors", self.errors.len());
        record.count("InvalidTags", self.invalid_tag_count);
        record.field_if_any("put", names(&self.put));
        record.field_if_any("removed", names(&self.removed));
        record.field_if_any("marked", names(&self.marked));
        record.field_if_any("left_alone", names(&self.left_alone));
        record.field_if_any("gone", names(&self.gone));
        record.field_if_any("postponed", first(&self.postponed));
        record.field_if_any("wrong_hooks", first(&self.wrong));
        record.field_if_any("invalid_tags", first(&self.invalid_tags));
        record.field_if_any("errors", first(&self.errors));
        if self.left > 0 {
            record.field("left", self.left);
        }
    }
}

fn names(groups: &[GroupName]) -> Value {
    groups.iter().take(NAMED).map(GroupName::as_str).collect()
}

fn first(groups: &ByName) -> Value {
    let named = groups.iter().take(NAMED);
    named.map(|(group, what)| (group.clone(), what.clone())).collect::<Map<_, _>>().into()
}
