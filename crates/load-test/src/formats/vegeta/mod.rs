//! What vegeta writes: each request, or a report.

pub(super) mod csv;
pub(super) mod json;
pub(super) mod report;
