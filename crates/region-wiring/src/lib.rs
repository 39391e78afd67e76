//! How messages reach functions, read from a SAM template: topics, subscriptions, queues, rules,
//! event source mappings and functions.

pub mod glob;
pub mod pattern;
pub mod template;
mod wiring;

pub use self::wiring::*;
