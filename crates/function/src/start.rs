//! How a function's process begins.

use std::process::ExitCode;

use lambda_runtime::tracing;

use crate::environment::BadEnvironment;

/// sysexits.h `EX_CONFIG`.
const BAD_CONFIGURATION: u8 = 78;

/// Say what is wrong with the configuration, and with which code to exit. Lambda
/// shows the line as the reason why the function does not start.
pub fn refuse(error: &BadEnvironment) -> ExitCode {
    tracing::error!(%error, "not starting");
    ExitCode::from(BAD_CONFIGURATION)
}
