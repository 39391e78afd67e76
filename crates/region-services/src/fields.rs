//! The fields of calls that the simulated region reads.

/// How a field that is not read is refused.
pub(crate) fn not_modeled(operation: &str, field: &str) -> String {
    format!("the simulated region does not model {field} of {operation}")
}
