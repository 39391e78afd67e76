//! Searches for the cheapest setting of a scaling policy that keeps a service's objective.
//!
//! First every single change is tried and ranked. Then changes are combined, from the best settings
//! so far, until the budget is used up. The same seed gives the same settings on any number of cores.

mod document;
mod front;
mod knob;
mod score;
mod search;
mod table;

pub use self::document::{Change, Document, HeldOut, Tried};
pub use self::score::{Goal, Score, Unit};
pub use self::search::{Progress, Tuning};
