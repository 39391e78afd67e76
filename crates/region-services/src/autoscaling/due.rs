//! What Auto Scaling and EC2 schedule.

use crate::arena::InstanceKey;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Due {
    /// The agent starts: it registers, or reconnects.
    Agent(InstanceKey),
    /// A boot completes.
    InService(InstanceKey),
    /// The shutdown of a warm pool instance completes.
    Warmed(InstanceKey),
    /// The shutdown of a terminating instance completes.
    Terminated(InstanceKey),
    /// EC2 ends the instance.
    Kill(InstanceKey),
    /// The group finds that the instance is gone.
    Unhealthy(InstanceKey),
    /// A lifecycle action may time out; the number is its index on the instance.
    HookTimeout(InstanceKey, usize),
}
