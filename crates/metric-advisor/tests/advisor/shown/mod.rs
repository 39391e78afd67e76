//! What a reader is shown of an answer.

mod json;
mod report;
#[path = "../../../examples/sample/mod.rs"]
mod sample;
mod terminal;
