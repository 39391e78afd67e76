//! What can be scaled: read with what an earlier look wrote on it, written on, and set.

mod group;
mod room;
mod service;

pub use group::Group;
pub use room::ContainerInstance;
pub use service::Service;

/// The tag that holds the last scaling of a service or group.
pub const TAG: &str = "ecs-tide:last-scaling";
