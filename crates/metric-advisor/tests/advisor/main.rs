//! The command metric-advisor: what it reads, answers and shows.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod cloudwatch;
mod command;
#[path = "../../../rehearse/tests/interface/help/mod.rs"]
mod help;
mod laptop;
mod model;
#[path = "../../../rehearse/tests/interface/page/mod.rs"]
mod page;
mod plan;
mod readme;
mod reference;
mod schema;
mod shown;
#[path = "../../../rehearse/tests/interface/words/mod.rs"]
mod words;
