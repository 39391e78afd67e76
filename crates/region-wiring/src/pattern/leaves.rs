//! The leaves of an event: scalars and nulls, by the keys that lead to them, joined by dots. Lists
//! add nothing to a path, but a leaf keeps in which element of each it stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A leaf at one of the paths of a pattern.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) value: &'a Value,
    pub(super) place: Place,
}

/// Elements of lists: the index by the number of the list, which is the same for all leaves of
/// one event.
///
/// A scalar that is itself an element has no place in that list: values of one list may meet
/// conditions on several paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(BTreeMap<usize, usize>);

impl Place {
    /// Both places, unless they are different elements of one list.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        let mut joined = self.clone();
        for (list, index) in &other.0 {
            if joined.0.insert(*list, *index).is_some_and(|before| before != *index) {
                return None;
            }
        }
        Some(joined)
    }

    pub(super) fn lists(&self) -> impl Iterator<Item = usize> {
        self.0.keys().copied()
    }

    /// The place in these lists only.
    pub(super) fn within(&self, lists: &BTreeSet<usize>) -> Self {
        let kept = self.0.iter().filter(|(list, _)| lists.contains(list));
        Self(kept.map(|(list, index)| (*list, *index)).collect())
    }
}

/// What is left of a path, below the value at hand. None at its end.
type Rest<'p> = Option<&'p str>;

struct Walk<'a> {
    found: Vec<Vec<Leaf<'a>>>,
    lists: usize,
    place: Place,
}

/// The leaves of `event` at each of `paths`.
pub(super) fn find<'a, 'p>(
    event: &'a Value,
    paths: impl Iterator<Item = &'p str>,
) -> Vec<Vec<Leaf<'a>>> {
    let open: Vec<(usize, Rest<'_>)> = paths.map(Some).enumerate().collect();
    let found = open.iter().map(|_| Vec::new()).collect();
    let mut walk = Walk { found, lists: 0, place: Place::default() };
    walk.descend(event, &open);
    walk.found
}

impl<'a> Walk<'a> {
    fn descend(&mut self, value: &'a Value, open: &[(usize, Rest<'_>)]) {
        match value {
            Value::Object(fields) => {
                for (key, nested) in fields {
                    let below = open.iter().filter_map(|(path, rest)| {
                        let rest = after(key, (*rest)?)?;
                        Some((*path, rest))
                    });
                    let below: Vec<_> = below.collect();
                    if !below.is_empty() {
                        self.descend(nested, &below);
                    }
                }
            }
            Value::Array(elements) => {
                let list = self.lists;
                self.lists += 1;
                for (index, element) in elements.iter().enumerate() {
                    if element.is_object() || element.is_array() {
                        self.place.0.insert(list, index);
                    }
                    self.descend(element, open);
                    self.place.0.remove(&list);
                }
            }
            leaf => {
                for (path, _) in open.iter().filter(|(_, rest)| rest.is_none()) {
                    if let Some(found) = self.found.get_mut(*path) {
                        found.push(Leaf { value: leaf, place: self.place.clone() });
                    }
                }
            }
        }
    }
}

/// What is left of a path after a key, which may have dots itself.
fn after<'p>(key: &str, rest: &'p str) -> Option<Rest<'p>> {
    let below = rest.strip_prefix(key)?;
    if below.is_empty() { Some(None) } else { below.strip_prefix('.').map(Some) }
}
