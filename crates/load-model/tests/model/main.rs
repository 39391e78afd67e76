//! The model against models that serve request by request, and what no input may break.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod agreement;
mod anything;
