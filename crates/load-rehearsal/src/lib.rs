//! Rehearses a load: a service under it, in the simulated region, with the real handlers, alarms,
//! placement, instance starts and drains, in virtual time. Each policy plays the same load, and gets
//! a verdict.

mod change;
mod course;
mod description;
pub mod document;
mod drive;
mod error;
mod event;
mod policy;
mod prepared;
pub mod report;
mod setup;
mod table;
mod tracking;
mod verdict;

pub use self::change::{Change, Target};
pub use self::course::{Alarmed, Course, Minute};
pub use self::description::Description;
pub use self::error::Error;
pub use self::event::Event;
pub use self::policy::Policy;
pub use self::prepared::{Prepared, rehearse};
pub use self::setup::{Cluster, Setup, Tasks};
pub use self::table::Comparison;
pub use self::tracking::{Tracked, TrackedCluster, Tracking};
pub use self::verdict::{Adaptations, Cost, Requests, RiseTimes, Verdict};
