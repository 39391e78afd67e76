//! The alarm-scaling function: wiring only.

use std::process::ExitCode;

use alarm_scaling::config::Config;
use alarm_scaling::handler::AlarmScaling;
use aws::{Aws, CloudWatch};
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
    let sdk = aws::defaults().load().await;
    let clients = (Aws::new(&sdk), CloudWatch::new(&sdk));
    let clock = Clock::system();
    let scaling = AlarmScaling::new(clients, config, clock.clone(), |line| println!("{line}"));
    let run = lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let remaining = Remaining::until(event.context.deadline, clock.now());
        scaling.handle(&event.payload, remaining).await
    }));
    run.await?;
    Ok(ExitCode::SUCCESS)
}
