//! Start of the process of a function.

use std::process::{ExitCode, Termination};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tracing_subscriber::filter::LevelFilter;

use crate::clock::{Clock, Remaining};
use crate::environment::{BadEnvironment, Environment, Strings as _};
use crate::process::{Function, Process};

/// sysexits.h `EX_CONFIG`.
const BAD_CONFIGURATION: u8 = 78;

/// Runs a function until Lambda ends the process. `load_sdk` is called only if the configuration is
/// valid.
pub fn run<F: Function>(load_sdk: fn() -> F::Sdk) -> impl Termination {
    serve(Box::new(move || {
        let config = F::configure(&Environment)?;
        Ok(Process::new::<F>(&load_sdk(), config, Clock::system(), |line| println!("{line}")))
    }))
}

/// Not generic, so that the Lambda runtime is compiled here and not with each function.
#[tokio::main(flavor = "current_thread")]
async fn serve(
    start: Box<dyn FnOnce() -> Result<Process, BadEnvironment>>,
) -> Result<ExitCode, Error> {
    log();
    let process = match start() {
        Ok(process) => process,
        Err(error) => return Ok(refuse(&error)),
    };
    let run = lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let remaining = Remaining::until(event.context.deadline, process.clock.now());
        process.handle(&event.payload, remaining).await
    }));
    run.await?;
    Ok(ExitCode::SUCCESS)
}

/// Sets up the log of the libraries below the function, with the level and the format that
/// `ApplicationLogLevel` and `LogFormat` of the function set.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>
fn log() {
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
fn refuse(error: &BadEnvironment) -> ExitCode {
    tracing::error!(%error, "not starting");
    ExitCode::from(BAD_CONFIGURATION)
}
