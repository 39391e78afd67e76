//! Start of the process of a function.

use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

use crate::environment::{BadEnvironment, Environment, Strings as _};

/// sysexits.h `EX_CONFIG`.
const BAD_CONFIGURATION: u8 = 78;

/// Sets up the log of the libraries below the function, with the level and the format that
/// `ApplicationLogLevel` and `LogFormat` of the function set.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>
pub fn log() {
    let variable = |name: &str| Environment.get(name).unwrap_or_default();
    let level = variable("AWS_LAMBDA_LOG_LEVEL").parse().unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt().with_target(false).without_time().with_max_level(level);
    if variable("AWS_LAMBDA_LOG_FORMAT").eq_ignore_ascii_case("json") {
        lines.json().init();
    } else {
        lines.init();
    }
}

/// Logs what is wrong with the configuration and returns the exit code. Lambda shows the line as
/// the reason why the function does not start.
pub fn refuse(error: &BadEnvironment) -> ExitCode {
    tracing::error!(%error, "not starting");
    ExitCode::from(BAD_CONFIGURATION)
}
