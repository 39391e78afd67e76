//! Why a rehearsal cannot begin.

use std::io;

use function::environment::BadEnvironment;
use region::api::ApiError;
use region::wiring::template::TemplateError;

/// Why a rehearsal cannot begin. Injected faults are not errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A template cannot be interpreted.
    #[error("cannot read a template: {0}")]
    Template(#[from] TemplateError),
    /// The simulated region cannot create a resource of a stack.
    #[error("cannot create the resource `{0}` of a stack: {1}")]
    Resource(String, serde_json::Error),
    /// A function refuses its environment.
    #[error("{0}")]
    Environment(#[from] BadEnvironment),
    /// hook-keeper did not put all hooks.
    #[error("hook-keeper did not put all hooks: {0}")]
    Hooks(String),
    /// The simulated region refuses a part of the setup.
    #[error("cannot create the cluster: {0}")]
    Region(#[from] ApiError),
    /// The runtime with the paused clock cannot be built.
    #[error("cannot start the paused clock: {0}")]
    Clock(io::Error),
}
