//! What oha writes: a summary, as JSON or as text.

pub(super) mod json;
pub(super) mod text;

use super::outcomes::Outcomes;

/// What oha writes of requests that were under way when the time was over, since 1.2. They say
/// nothing of the service.
const CUT_OFF: &str = "aborted due to deadline";
