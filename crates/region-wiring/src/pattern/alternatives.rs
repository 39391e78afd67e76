//! A pattern as alternatives, one for each combination of the branches of its `$or`. Each maps
//! paths to conditions, all of which must be met.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::complexity::is_too_complex;
use super::condition::{self, Condition};
use super::leaves::{self, Place};
use super::service::Service;

const OR: &str = "$or";

const MOST_ALTERNATIVES: usize = 1000;

/// A branch with one of these keys is not one of `$or`: then `$or` is a key like any other.
const RESERVED: [&str; 24] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// The conditions by path.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Alternative {
    fields: BTreeMap<String, Vec<Condition>>,
}

/// Read a pattern.
///
/// # Errors
/// The reason why `service` refuses it, in AWS's words.
pub(super) fn read(service: Service, pattern: &Value) -> Result<Vec<Alternative>, String> {
    let Value::Object(fields) = pattern else { return Err("Filter is not an object".to_owned()) };
    let alternatives = object(service, vec![Alternative::default()], "", fields)?;
    check_complexity(&alternatives)?;
    Ok(alternatives)
}

/// Add the fields of an object, whose own path is `prefix` and a dot.
fn object(
    service: Service,
    mut alternatives: Vec<Alternative>,
    prefix: &str,
    fields: &Map<String, Value>,
) -> Result<Vec<Alternative>, String> {
    if fields.is_empty() {
        return Err("Empty objects are not allowed".to_owned());
    }
    for (key, value) in fields {
        let path = format!("{prefix}{key}");
        alternatives = match value {
            Value::Array(branches) if key == OR && are_branches(branches) => {
                or(service, &alternatives, prefix, branches)?
            }
            Value::Array(values) => add(alternatives, &path, &condition::list(service, values)?)?,
            Value::Object(nested) => object(service, alternatives, &format!("{path}."), nested)?,
            _ => return Err(format!("\"{key}\" must be an object or an array")),
        };
    }
    Ok(alternatives)
}

fn add(
    mut alternatives: Vec<Alternative>,
    path: &str,
    conditions: &[Condition],
) -> Result<Vec<Alternative>, String> {
    for alternative in &mut alternatives {
        // Which of the two holds depends on the order of keys, which is lost here.
        if alternative.fields.insert(path.to_owned(), conditions.to_vec()).is_some() {
            return Err(format!("Path `{path}` cannot be allowed multiple times"));
        }
    }
    Ok(alternatives)
}

fn or(
    service: Service,
    alternatives: &[Alternative],
    prefix: &str,
    branches: &[Value],
) -> Result<Vec<Alternative>, String> {
    let mut all = Vec::new();
    for branch in branches.iter().filter_map(Value::as_object) {
        all.extend(object(service, alternatives.to_vec(), prefix, branch)?);
        if all.len() > MOST_ALTERNATIVES {
            let most = MOST_ALTERNATIVES;
            return Err(format!("Event pattern contains more than {most} rule combinations"));
        }
    }
    Ok(all)
}

fn are_branches(values: &[Value]) -> bool {
    values.len() > 1 && values.iter().all(|value| value.is_object() && !has_reserved_key(value))
}

fn has_reserved_key(branch: &Value) -> bool {
    branch.as_object().into_iter().flatten().any(|(key, value)| match value {
        _ if RESERVED.contains(&key.as_str()) => true,
        Value::Array(branches) => key == OR && branches.iter().any(has_reserved_key),
        nested => has_reserved_key(nested),
    })
}

fn check_complexity(alternatives: &[Alternative]) -> Result<(), String> {
    let mut wildcards: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for (path, conditions) in alternatives.iter().flat_map(|one| &one.fields) {
        let found = conditions.iter().flat_map(Condition::wildcards);
        wildcards.entry(path).or_default().extend(found);
    }
    if wildcards.into_values().any(|of_path| is_too_complex(&of_path)) {
        let advice = "try using fewer wildcard characters or fewer repeating character sequences \
                      after a wildcard character";
        return Err(format!("Rule is too complex - {advice}"));
    }
    Ok(())
}

impl Alternative {
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// Whether leaves of `event` meet all conditions together: two that stand below one list stand
    /// in the same element of it.
    ///
    /// As in Event Ruler, paths are tested in their order, and a leaf is absent if it is in no
    /// element that agrees with the paths before.
    pub(super) fn matches(&self, event: &Value) -> bool {
        let leaves = leaves::find(event, self.paths());
        let mut places = BTreeSet::from([Place::default()]);
        for (index, (conditions, found)) in self.fields.values().zip(&leaves).enumerate() {
            let later = leaves.get(index + 1..).unwrap_or_default().iter().flatten();
            let later: BTreeSet<usize> = later.flat_map(|leaf| leaf.place.lists()).collect();
            let mut next = BTreeSet::new();
            for place in &places {
                let mut is_absent = true;
                for leaf in found {
                    let Some(joined) = place.join(&leaf.place) else { continue };
                    is_absent = false;
                    if conditions.iter().any(|condition| condition.accepts(leaf.value)) {
                        next.insert(joined.within(&later));
                    }
                }
                if is_absent && conditions.contains(&Condition::Absent) {
                    next.insert(place.within(&later));
                }
            }
            places = next;
        }
        !places.is_empty()
    }
}
