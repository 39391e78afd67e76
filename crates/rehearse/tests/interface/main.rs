//! What users see agrees: the command line, the documentation, the templates and the code.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod command;
mod comparison;
mod crates;
mod docs;
mod help;
mod load;
mod page;
mod plain;
mod reference;
mod simulated_region;
mod stacks;
mod tune;
mod watch;
mod words;
