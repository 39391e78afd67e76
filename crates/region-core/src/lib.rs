//! What all parts of the simulated region share: time, identifiers, calls and their errors.

pub mod agenda;
pub mod api;
pub mod input;
pub mod names;
pub mod throttle;
pub mod trail;
pub mod uuids;
pub mod wording;

/// A point in simulated or real time, always UTC.
pub type Time = time::OffsetDateTime;
