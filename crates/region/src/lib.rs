//! A simulated AWS Region: the parts of ECS, Auto Scaling, CloudWatch, SNS, SQS,
//! EventBridge and Lambda that draining and scaling depend on.
//!
//! The simulated region is a deterministic state machine. The caller passes the time in, and random
//! choices come from a seed.
//!
//! - [`region::Region`] joins the [`services`], the [`messaging`] between them and the functions,
//!   and the [`wiring`] that a template describes.
//! - An [`observer::Observer`] sees every event and every call, such as [`journal::Journal`].
//! - [`faults`] defines the faults to inject.
//! - [`live::Live`] runs a region against a clock.
//! - [`client::Client`] is an HTTP client for the AWS SDK that calls the region in process.
//! - [`http`] serves the region on a socket; [`protocol`] implements the protocols of both.

pub mod client;
pub mod faults;
pub mod http;
pub mod journal;
pub mod ledger;
pub mod live;
pub mod observer;
pub mod protocol;
pub mod region;
pub mod trace;

pub use region_core::{Time, api, names};
pub use region_messaging as messaging;
pub use region_services as services;
pub use region_wiring as wiring;
