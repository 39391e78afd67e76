//! Capacity providers with managed scaling, after
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.

mod order;
mod put;
mod reservation;

pub use self::order::PutCapacityProvider;
pub use self::put::reservation_metric;
pub use self::reservation::{Provided, Size};
