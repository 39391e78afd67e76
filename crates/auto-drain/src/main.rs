//! The binary of the auto-drain function.

use std::process::ExitCode;

use auto_drain::config::Config;
use auto_drain::handler::AutoDrain;
use function::clock::{Clock, Remaining};
use function::environment::Environment;
use function::start;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, lambda_runtime::Error> {
    start::log();
    let config = match Config::read(&Environment) {
        Ok(config) => config,
        Err(error) => return Ok(start::refuse(&error)),
    };
    let aws = aws::Aws::new(&aws::defaults().load().await);
    let clock = Clock::system();
    let auto_drain = AutoDrain::new(aws, config, clock.clone(), |line| println!("{line}"));
    let run = lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let remaining = Remaining::until(event.context.deadline, clock.now());
        auto_drain.handle(&event.payload, remaining).await
    }));
    run.await?;
    Ok(ExitCode::SUCCESS)
}
