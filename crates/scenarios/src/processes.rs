//! Starts the compiled functions as processes, like Lambda does.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use region::wiring::{FunctionSpec, Wiring};

use crate::stack::BINARIES;

/// The number of last output lines that are kept for each process.
const KEPT: usize = 20;

/// Why the functions do not run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// A binary is missing.
    #[error("{0} is missing beside rehearse; run `cargo build --workspace --bins` first")]
    Missing(String),
    /// A binary cannot be started.
    #[error("cannot start {0}: {1}")]
    Start(String, io::Error),
    /// A process ended while it was needed.
    #[error("{name} ended unexpectedly with {status}; its last lines:\n{lines}")]
    Ended {
        /// The binary's name.
        name: &'static str,
        /// The exit status.
        status: ExitStatus,
        /// Its last lines of output.
        lines: String,
    },
}

/// The processes of the functions. Dropping this ends them. If it is not dropped, they end
/// because the socket that they poll closes.
#[derive(Debug, Default)]
pub struct Processes(Vec<Process>);

#[derive(Debug)]
struct Process {
    name: &'static str,
    child: Child,
    said: Lines,
}

type Lines = Arc<Mutex<VecDeque<String>>>;

impl Processes {
    /// Starts every function of `wiring` from the binaries in `directory`, against the simulated
    /// region at `address`. Starts as many of each as its event source may run concurrently.
    ///
    /// # Errors
    /// A binary is missing or does not start.
    pub fn start(
        directory: &Path,
        wiring: &Wiring,
        address: SocketAddr,
    ) -> Result<Self, ProcessError> {
        let mut processes = Self::default();
        for (function, name) in BINARIES {
            let path = directory.join(name);
            if !path.is_file() {
                return Err(ProcessError::Missing(path.display().to_string()));
            }
            let Some(spec) = wiring.functions.iter().find(|spec| spec.logical_id == function)
            else {
                continue;
            };
            for _ in 0..at_once(wiring, spec) {
                let process = Process::start(name, &path, spec, address);
                processes.0.push(
                    process
                        .map_err(|error| ProcessError::Start(path.display().to_string(), error))?,
                );
            }
        }
        Ok(processes)
    }

    /// The number of processes.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Checks that all processes still run.
    ///
    /// # Errors
    /// A process has ended.
    pub fn check(&mut self) -> Result<(), ProcessError> {
        for process in &mut self.0 {
            if let Ok(Some(status)) = process.child.try_wait() {
                let (name, lines) = (process.name, last(&process.said));
                return Err(ProcessError::Ended { name, status, lines });
            }
        }
        Ok(())
    }

    /// The last lines of output of each process, to debug a failed drain.
    pub fn last_lines(&self) -> String {
        let said =
            self.0.iter().map(|process| format!("{}:\n{}", process.name, last(&process.said)));
        said.collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for process in &mut self.0 {
            // An error means that the process has already ended.
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}

fn at_once(wiring: &Wiring, spec: &FunctionSpec) -> u32 {
    let mappings = wiring.mappings.iter().filter(|mapping| mapping.function_arn == spec.arn);
    mappings.filter_map(|mapping| mapping.maximum_concurrency).max().unwrap_or(1)
}

impl Process {
    fn start(
        name: &'static str,
        path: &Path,
        spec: &FunctionSpec,
        address: SocketAddr,
    ) -> io::Result<Self> {
        let runtime_api = format!("http://{address}/{}", spec.logical_id);
        let mut child = command(path, spec, &runtime_api, &format!("http://{address}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = Lines::default();
        if let Some(output) = child.stdout.take() {
            keep(output, Arc::clone(&said));
        }
        if let Some(errors) = child.stderr.take() {
            keep(errors, Arc::clone(&said));
        }
        Ok(Self { name, child, said })
    }
}

/// The command that starts a function like Lambda does: with the environment of the template, the
/// address of its Runtime API, and `endpoint` in place of AWS.
pub fn command(path: &Path, spec: &FunctionSpec, runtime_api: &str, endpoint: &str) -> Command {
    let mut command = Command::new(path);
    command
        .env_clear()
        .envs(&spec.environment)
        .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
        .env("AWS_LAMBDA_FUNCTION_NAME", &spec.name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", spec.memory_mb.to_string())
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .env("AWS_LAMBDA_LOG_LEVEL", "INFO")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", region::names::REGION)
        .env("AWS_ACCESS_KEY_ID", "rehearsal")
        .env("AWS_SECRET_ACCESS_KEY", "rehearsal")
        .stdin(Stdio::null());
    command
}

/// Keeps the last lines of `output` until the process closes it.
fn keep(output: impl Read + Send + 'static, said: Lines) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.push_back(line);
            if said.len() > KEPT {
                said.pop_front();
            }
        }
    });
}

fn last(said: &Lines) -> String {
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    said.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
