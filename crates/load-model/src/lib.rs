//! A load, what a service does under it, and how well a supply of tasks follows it. Without I/O:
//! time, demand and the tasks that run are passed in.

mod curve;
mod elasticity;
mod error;
mod fleet;
mod grid;
mod interval;
mod load;
mod objective;
mod service;
mod shape;
mod station;
mod wait;
mod words;
mod work;

pub use self::curve::{Curve, Response};
pub use self::elasticity::{Elasticity, Rise, Rises, Sample};
pub use self::error::BadInput;
pub use self::fleet::{Fleet, Serving};
pub use self::interval::{Failed, Interval};
pub use self::load::Load;
pub use self::objective::{Objective, Statistic};
pub use self::service::{Service, Usage, WarmUp};
pub use self::shape::Shape;
pub use self::words::{Words, duration, share};
pub use self::work::{Times, Work};
