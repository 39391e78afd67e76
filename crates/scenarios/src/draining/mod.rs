//! Scale-ins of a cluster whose instances are drained.

pub mod history;
pub mod oracle;
pub mod scene;
