//! What oha writes: a summary, as JSON or as text.

pub(super) mod json;
pub(super) mod text;
