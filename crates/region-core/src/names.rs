//! The account and the Region of every resource.

/// The simulated account.
pub const ACCOUNT: &str = "123456789012";
/// The simulated Region.
pub const REGION: &str = "us-east-1";
