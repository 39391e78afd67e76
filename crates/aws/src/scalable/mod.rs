//! Services and Auto Scaling groups: reads them with the tag of their last scaling, writes the tag,
//! and sets the capacity.

mod group;
mod room;
mod service;

pub use group::Group;
pub use room::ContainerInstance;
pub use service::Service;

/// The tag that holds the last scaling of a service or group.
pub const TAG: &str = "ecs-tide:last-scaling";
