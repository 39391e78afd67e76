//! Histories of scaling in which things go wrong, and an oracle that judges each: thousands
//! of seeds with the product as it is, and a few with a rule of it broken, to see that the
//! oracle would tell.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod broken;
#[path = "../forging/mod.rs"]
mod forging;
mod seeds;
