//! The visible messages of a queue, in the order in which a receive takes them.

use std::collections::BTreeMap;

use region_core::Time;

/// Visible messages by message group, each by its place in the queue, with the time at which it
/// became visible. A standard queue keeps all of them in the group `""`.
#[derive(Debug, Clone, Default)]
pub(super) struct Visible(BTreeMap<String, BTreeMap<u64, Time>>);

impl Visible {
    pub(super) fn insert(&mut self, group: &str, sequence: u64, since: Time) {
        self.0.entry(group.to_owned()).or_default().insert(sequence, since);
    }

    pub(super) fn remove(&mut self, group: &str, sequence: u64) {
        let Some(messages) = self.0.get_mut(group) else { return };
        messages.remove(&sequence);
        if messages.is_empty() {
            self.0.remove(group);
        }
    }

    /// Whether a free group has messages.
    pub(super) fn any(&self, is_free: impl Fn(&str) -> bool) -> bool {
        self.0.keys().any(|group| is_free(group))
    }

    /// The first messages of the free groups. A receive takes all it can of one group before it
    /// goes on to the next, and the group whose first message became visible first comes first.
    pub(super) fn first(&self, most: usize, is_free: impl Fn(&str) -> bool) -> Vec<u64> {
        let free = self.0.iter().filter(|(group, _)| is_free(group));
        let mut groups: Vec<_> = free
            .filter_map(|(_, messages)| {
                let (sequence, since) = messages.first_key_value()?;
                Some(((*since, *sequence), messages))
            })
            .collect();
        groups.sort_unstable_by_key(|(first, _)| *first);
        groups.into_iter().flat_map(|(_, messages)| messages.keys().copied()).take(most).collect()
    }
}
