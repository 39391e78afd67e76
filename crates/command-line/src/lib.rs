//! What the command lines have in common.

pub mod color;
