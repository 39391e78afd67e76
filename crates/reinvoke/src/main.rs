//! The binary of the reinvoke function.

use std::process::ExitCode;

use function::clock::Clock;
use function::environment::Environment;
use function::start;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reinvoke::{Config, Reinvoke};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    start::log();
    let config = match Config::read(&Environment) {
        Ok(config) => config,
        Err(error) => return Ok(start::refuse(&error)),
    };
    let aws = aws::Aws::new(&aws::defaults().load().await);
    let reinvoke = Reinvoke::new(aws, config, Clock::system(), |line| println!("{line}"));
    let run = lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Error>(reinvoke.handle(&event.payload).await)
    }));
    run.await?;
    Ok(ExitCode::SUCCESS)
}
