//! How messages reach functions, read from a SAM template: topics, subscriptions, queues, rules,
//! event source mappings and functions.

mod filter_policy;
pub mod glob;
mod pattern;
pub mod template;
mod wiring;

pub use self::filter_policy::FilterPolicy;
pub use self::pattern::{Pattern, Refusal};
pub use self::wiring::*;
