//! Runs the functions in this process, in sandboxes like those of Lambda. Each sandbox serves one
//! run at a time, and is reused unless it crashed or the function was updated.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alarm_scaling::handler::AlarmScaling;
use auto_drain::config::Config;
use auto_drain::handler::AutoDrain;
use aws_types::SdkConfig;
use function::clock::{Clock, Remaining};
use function::process::Process;
use hook_keeper::handler::HookKeeper;
use region::faults::{self, Death};
use region::messaging::Invocation;
use reinvoke::Reinvoke;
use serde_json::Value;

use crate::runs::{self, Run};
use crate::stack;

/// The configuration of a new sandbox.
#[derive(Debug, Clone)]
pub(crate) struct Deployment {
    /// The SDK configurations of auto-drain, reinvoke, hook-keeper and alarm-scaling, in this order.
    pub sdks: [SdkConfig; 4],
    pub auto_drain: Config,
    pub reinvoke: reinvoke::Config,
    pub hook_keeper: hook_keeper::config::Config,
    pub alarm_scaling: alarm_scaling::config::Config,
    pub clock: Clock,
    /// The number of updates. A sandbox of an older version is not reused.
    pub version: u64,
}

/// The functions, their log records and their finished runs.
#[derive(Debug)]
pub(crate) struct Functions {
    deployment: Mutex<Deployment>,
    records: Arc<Mutex<Vec<String>>>,
    runs: Mutex<Vec<Run>>,
    /// Idle sandboxes, the last used one last.
    idle: Mutex<Vec<Processes>>,
    /// The number of sandboxes that take turns.
    turns: AtomicUsize,
}

/// A sandbox with one process of each function.
#[derive(Debug)]
struct Processes {
    version: u64,
    auto_drain: Process,
    reinvoke: Process,
    hook_keeper: Process,
    alarm_scaling: Process,
}

impl Functions {
    pub fn new(deployment: Deployment) -> Self {
        let deployment = Mutex::new(deployment);
        let (records, runs, idle) = (Arc::default(), Mutex::default(), Mutex::default());
        Self { deployment, records, runs, idle, turns: AtomicUsize::new(1) }
    }

    /// Lets this number of sandboxes take turns, each with its own memory.
    pub fn take_turns(&self, sandboxes: usize) {
        self.turns.store(sandboxes, Ordering::Relaxed);
    }

    /// Updates the configurations of auto-drain, hook-keeper and alarm-scaling. Runs in progress keep
    /// the old ones.
    pub fn deploy(
        &self,
        auto_drain: Config,
        hook_keeper: hook_keeper::config::Config,
        alarm_scaling: alarm_scaling::config::Config,
    ) {
        let mut deployment = lock(&self.deployment);
        deployment.auto_drain = auto_drain;
        deployment.hook_keeper = hook_keeper;
        deployment.alarm_scaling = alarm_scaling;
        deployment.version += 1;
    }

    /// Runs a function directly, in a sandbox like any other.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let processes = self.take();
        let answer = processes.handle(function, event, Remaining::unknown()).await;
        lock(&self.idle).push(processes);
        answer
    }

    /// The idle sandbox of the current version whose turn it is, or a new one.
    fn take(&self) -> Processes {
        let deployment = lock(&self.deployment);
        let mut idle = lock(&self.idle);
        idle.retain(|processes| processes.version == deployment.version);
        match idle.len().checked_sub(self.turns.load(Ordering::Relaxed)) {
            Some(turn) => idle.remove(turn),
            None => Processes::start(&deployment, &self.records),
        }
    }

    /// All log records, one per line.
    pub fn records(&self) -> Vec<String> {
        lock(&self.records).clone()
    }

    /// The finished runs, in the order in which they ended.
    pub fn runs(&self) -> Vec<Run> {
        lock(&self.runs).clone()
    }

    /// Runs an invocation until it answers or crashes. A crashed sandbox is discarded.
    pub async fn run(&self, invocation: Invocation) -> Result<Value, String> {
        let deadline = invocation.deadline.unix_timestamp_nanos() / 1_000_000;
        let deadline = u64::try_from(deadline).unwrap_or_default();
        let remaining = Remaining::until(deadline, lock(&self.deployment).clock.now());
        let processes = self.take();
        let handling = processes.handle(&invocation.function, &invocation.payload, remaining);
        // Boxed, because the nested futures exceed the recursion limit of the compiler.
        let lived = faults::live(Box::pin(runs::recorded(handling))).await;
        match lived {
            Ok((answer, calls)) => {
                lock(&self.idle).push(processes);
                let function = invocation.function;
                let answered = answer.clone().unwrap_or_default();
                lock(&self.runs).push(Run { function, calls, answer: answered });
                answer
            }
            Err(Death::Crash) => Err("the process crashed".to_owned()),
            Err(Death::Stall) => std::future::pending().await,
        }
    }
}

impl Processes {
    fn start(deployment: &Deployment, records: &Arc<Mutex<Vec<String>>>) -> Self {
        let Deployment { sdks, auto_drain, reinvoke, hook_keeper, alarm_scaling, clock, version } =
            deployment.clone();
        let [of_auto_drain, of_reinvoke, of_hook_keeper, of_scaling] = &sdks;
        let write = || {
            let records = Arc::clone(records);
            move |line: &str| lock(&records).push(line.to_owned())
        };
        Self {
            version,
            auto_drain: Process::new::<AutoDrain>(
                of_auto_drain,
                auto_drain,
                clock.clone(),
                write(),
            ),
            reinvoke: Process::new::<Reinvoke>(of_reinvoke, reinvoke, clock.clone(), write()),
            hook_keeper: Process::new::<HookKeeper>(
                of_hook_keeper,
                hook_keeper,
                clock.clone(),
                write(),
            ),
            alarm_scaling: Process::new::<AlarmScaling>(of_scaling, alarm_scaling, clock, write()),
        }
    }

    async fn handle(
        &self,
        function: &str,
        event: &Value,
        remaining: Remaining,
    ) -> Result<Value, String> {
        let process = match function {
            stack::AUTO_DRAIN => &self.auto_drain,
            stack::REINVOKE => &self.reinvoke,
            stack::HOOK_KEEPER => &self.hook_keeper,
            stack::ALARM_SCALING => &self.alarm_scaling,
            other => return Err(format!("no function {other} in the stack")),
        };
        process.handle(event, remaining).await.map_err(|failure| failure.error_message)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
