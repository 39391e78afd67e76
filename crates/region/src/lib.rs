//! A simulated AWS region: ECS, Auto Scaling, SNS, SQS, EventBridge and Lambda
//! delivery, as far as draining needs them.
//!
//! The region is a state machine: time is always passed in, chance comes from a
//! seed, and what happens next waits in an [`agenda::Agenda`]. [`world`] holds what
//! AWS runs (instances, tasks, lifecycle hooks); [`delivery`] carries messages to
//! functions; [`template`] reads the wiring from the product's own template;
//! [`region::Region`] is all of them.
//!
//! [`live::Live`] gives a region time, [`client::Client`] makes it the SDK's HTTP
//! client, and [`http`] puts it on a socket; [`wire`] is what both speak.

pub mod agenda;
pub mod api;
pub mod client;
pub mod crash;
pub mod delivery;
pub mod http;
pub mod live;
pub mod region;
pub mod template;
pub mod wire;
pub mod world;

/// A point in simulated or real time, always UTC.
pub type Time = time::OffsetDateTime;
