//! A simulated AWS region: ECS, Auto Scaling, CloudWatch, SNS, SQS, EventBridge and
//! Lambda delivery, as far as draining and scaling need them.
//!
//! The region is a state machine: time is always passed in, chance comes from a
//! seed, and what happens next waits in an [`agenda::Agenda`]. [`world`] holds what
//! AWS runs (instances, tasks, lifecycle hooks, alarms, its own scaling); [`delivery`] carries messages to
//! functions; [`template`] reads the wiring from the product's own template;
//! [`region::Region`] is all of them.
//!
//! [`oracle::Oracle`] holds the truth against what was promised, after every event;
//! [`journal::Journal`] tells what happened; [`faults`] says what goes wrong.
//!
//! [`live::Live`] gives a region time, [`client::Client`] makes it the SDK's HTTP
//! client, and [`http`] puts it on a socket; [`wire`] is what both speak.

pub mod agenda;
pub mod api;
pub mod client;
pub mod delivery;
pub mod faults;
pub mod http;
pub mod journal;
pub mod ledger;
pub mod live;
pub mod oracle;
pub mod region;
pub mod template;
pub mod wire;
pub mod world;

/// A point in simulated or real time, always UTC.
pub type Time = time::OffsetDateTime;
