//! What hey writes: a row for each request, or a summary.

pub(super) mod csv;
pub(super) mod text;
