//! A simulated AWS Region: the parts of ECS, Auto Scaling, CloudWatch, SNS, SQS,
//! EventBridge and Lambda that draining and scaling depend on.
//!
//! The simulated region is a deterministic state machine. The caller passes the time in,
//! random choices come from a seed, and future events are queued in an [`agenda::Agenda`].
//!
//! - [`services`] models what AWS runs: instances, tasks, lifecycle hooks, alarms and scaling.
//! - [`messaging`] carries messages to functions.
//! - [`template`] reads the topics, queues, rules and functions from the SAM template.
//! - [`region::Region`] combines them.
//! - [`oracle::Oracle`] checks the guarantees against the true state after every event.
//! - [`journal::Journal`] records what happened; [`faults`] defines the faults to inject.
//! - [`live::Live`] runs a region against a clock.
//! - [`client::Client`] is an HTTP client for the AWS SDK that calls the region in process.
//! - [`http`] serves the region on a socket; [`wire`] implements the protocols of both.

pub mod client;
pub mod faults;
pub mod http;
pub mod journal;
pub mod ledger;
pub mod live;
pub mod observer;
pub mod region;
pub mod wire;

pub use region_core::{Time, api, names};
pub use region_messaging as messaging;
pub use region_services as services;
pub use region_wiring as wiring;
