//! The functions in this process: warm until they die or are deployed anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use auto_drain::config::Config;
use auto_drain::handler::AutoDrain;
use aws::Aws;
use function::clock::{Clock, Remaining};
use region::delivery::Invocation;
use region::faults::{self, Death};
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
    deployment: Mutex<Deployment>,
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
    pub fn new(deployment: Deployment) -> Self {
        let records = Arc::default();
        let warm = Mutex::new(Arc::new(Processes::start(&deployment, &records)));
        Self { deployment: Mutex::new(deployment), records, warm }
    }

    /// Deploy auto-drain with another configuration; runs under way end as they began.
    pub fn deploy(&self, auto_drain: Config) {
        lock(&self.deployment).auto_drain = auto_drain;
        self.start_anew();
    }

    fn start_anew(&self) {
        let started = Processes::start(&lock(&self.deployment), &self.records);
        *lock(&self.warm) = Arc::new(started);
    }

    /// The processes that run now.
    pub fn warm(&self) -> Arc<Processes> {
        Arc::clone(&lock(&self.warm))
    }

    /// Every record so far, a line each.
    pub fn records(&self) -> Vec<String> {
        lock(&self.records).clone()
    }

    /// Run an invocation to its answer or its death, after which new processes know
    /// nothing of what the old ones did.
    pub async fn run(&self, invocation: Invocation) -> Result<Value, String> {
        let deadline = invocation.deadline.unix_timestamp_nanos() / 1_000_000;
        let deadline = u64::try_from(deadline).unwrap_or_default();
        let remaining = Remaining::until(deadline, lock(&self.deployment).clock.now());
        let processes = self.warm();
        let handling = processes.handle(&invocation.function, &invocation.payload, remaining);
        match faults::live(handling).await {
            Ok(answer) => answer,
            Err(death) => {
                self.start_anew();
                if death == Death::Stall {
                    std::future::pending::<()>().await;
                }
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
