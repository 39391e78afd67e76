//! Histories in which things go wrong, and a region's oracle that judges each: thousands
//! of seeds with the product as it is, and a few with a rule of it broken, to see that
//! the oracle would tell.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod broken;
#[path = "../forging/mod.rs"]
mod forging;
#[path = "../role/mod.rs"]
mod role;
mod roles;
mod seeds;
