//! The functions in this process: warm until they crash, then cold again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auto_drain::config::Config;
use auto_drain::handler::AutoDrain;
use aws::Aws;
use function::clock::{Clock, Remaining};
use region::crash::Crash;
use region::delivery::Invocation;
use reinvoke::Reinvoke;
use serde_json::Value;

use crate::stack;

/// What a new process of a function starts with.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    pub aws: Aws,
    pub auto_drain: Config,
    pub reinvoke: reinvoke::Config,
    pub clock: Clock,
}

/// The functions, and every record that they wrote.
#[derive(Debug)]
pub(crate) struct Functions {
    deployment: Deployment,
    crash: Crash,
    records: Arc<Mutex<Vec<String>>>,
    warm: Mutex<Arc<Processes>>,
}

/// A process of each function.
#[derive(Debug)]
pub(crate) struct Processes {
    auto_drain: AutoDrain,
    reinvoke: Reinvoke,
}

impl Functions {
    pub fn new(deployment: Deployment, crash: Crash) -> Self {
        let records = Arc::default();
        let warm = Mutex::new(Arc::new(Processes::start(&deployment, &records)));
        Self { deployment, crash, records, warm }
    }

    /// The processes that run now.
    pub fn warm(&self) -> Arc<Processes> {
        Arc::clone(&lock(&self.warm))
    }

    /// Every record so far, a line each.
    pub fn records(&self) -> Vec<String> {
        lock(&self.records).clone()
    }

    /// Run an invocation to its answer or its crash, after which new processes know
    /// nothing of what the old ones did.
    pub async fn run(&self, invocation: Invocation) -> Result<Value, String> {
        let deadline = invocation.deadline.unix_timestamp_nanos() / 1_000_000;
        let deadline = u64::try_from(deadline).unwrap_or_default();
        let remaining = Remaining::until(deadline, self.deployment.clock.now());
        let processes = self.warm();
        tokio::select! {
            answer = processes.handle(&invocation.function, &invocation.payload, remaining) => answer,
            () = self.crash.happens() => {
                *lock(&self.warm) = Arc::new(Processes::start(&self.deployment, &self.records));
                Err("the process crashed".to_owned())
            }
        }
    }
}

impl Processes {
    fn start(deployment: &Deployment, records: &Arc<Mutex<Vec<String>>>) -> Self {
        let Deployment { aws, auto_drain, reinvoke, clock } = deployment.clone();
        let write = || {
            let records = Arc::clone(records);
            move |line: &str| lock(&records).push(line.to_owned())
        };
        Self {
            auto_drain: AutoDrain::new(aws.clone(), auto_drain, clock.clone(), write()),
            reinvoke: Reinvoke::new(aws, reinvoke, clock, write()),
        }
    }

    pub async fn handle(
        &self,
        function: &str,
        event: &Value,
        remaining: Remaining,
    ) -> Result<Value, String> {
        let answer = match function {
            stack::AUTO_DRAIN => {
                let answer = self.auto_drain.handle(event, remaining).await;
                serde_json::to_value(answer.map_err(|error| error.to_string())?)
            }
            stack::REINVOKE => serde_json::to_value(self.reinvoke.handle(event).await),
            other => return Err(format!("no function {other} in the stack")),
        };
        answer.map_err(|error| error.to_string())
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
