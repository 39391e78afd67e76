//! Why a load cannot be rehearsed.

use std::io;

use load_model::BadInput;
use region::api::ApiError;

/// Why a load cannot be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Input(#[from] BadInput),
    /// The stack of a policy cannot be deployed.
    #[error("policy `{policy}`: {error}")]
    Policy { policy: String, error: scenarios::Error },
    /// The simulated region refuses a load.
    #[error("cannot set the load: {0}")]
    Region(#[from] ApiError),
    #[error("cannot start the paused clock: {0}")]
    Clock(io::Error),
}
