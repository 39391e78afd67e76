//! The fields of calls that the simulated region reads. A client sends no field that AWS does not
//! know, so a field that is not read here would be ignored where AWS acts on it.

use serde_json::Value;

/// A field of `input` that is set and not `known`.
pub(crate) fn unread<'a>(input: &'a Value, known: &[&str]) -> Option<&'a str> {
    let fields = input.as_object().into_iter().flatten();
    let mut set = fields.filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str());
    set.find(|name| !known.contains(name))
}

/// How a field that is not read is refused.
pub(crate) fn not_modeled(operation: &str, field: &str) -> String {
    format!("the simulated region does not model {field} of {operation}")
}
