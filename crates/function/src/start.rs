//! How a function's process begins.

use std::process::ExitCode;

use tracing_subscriber::filter::LevelFilter;

use crate::environment::{BadEnvironment, Environment, Strings as _};

/// sysexits.h `EX_CONFIG`.
const BAD_CONFIGURATION: u8 = 78;

/// Write what happens beneath the function to its log, from the level and in the format on
/// that Lambda is told by `ApplicationLogLevel` and `LogFormat`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>
pub fn log() {
    let told = |name: &str| Environment.get(name).unwrap_or_default();
    let level = told("AWS_LAMBDA_LOG_LEVEL").parse().unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt().with_target(false).without_time().with_max_level(level);
    if told("AWS_LAMBDA_LOG_FORMAT").eq_ignore_ascii_case("json") {
        lines.json().init();
    } else {
        lines.init();
    }
}

/// Say what is wrong with the configuration, and with which code to exit. Lambda
/// shows the line as the reason why the function does not start.
pub fn refuse(error: &BadEnvironment) -> ExitCode {
    tracing::error!(%error, "not starting");
    ExitCode::from(BAD_CONFIGURATION)
}
