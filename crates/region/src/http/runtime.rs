//! Lambda's Runtime API (Lambda developer guide, "Using the Lambda runtime API"), one
//! for each function: its process is given the address
//! `AWS_LAMBDA_RUNTIME_API=http://127.0.0.1:4599/AutoDrain`.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use super::Server;
use region_messaging::{FunctionError, Invocation};
use region_wiring::FunctionSpec;

/// What a run ended with.
type Outcome = Result<Value, FunctionError>;

/// The functions of the region, and the invocations that wait for their processes.
#[derive(Debug, Clone)]
pub(super) struct Runtimes(Arc<BTreeMap<String, Function>>);

#[derive(Debug)]
struct Function {
    arn: String,
    desk: Mutex<Desk>,
    arrived: Notify,
}

/// The receiver of an outcome is dropped when the run times out.
#[derive(Debug, Default)]
struct Desk {
    waiting: VecDeque<(Invocation, oneshot::Sender<Outcome>)>,
    running: BTreeMap<String, oneshot::Sender<Outcome>>,
}

impl Runtimes {
    pub(super) fn of(functions: &[FunctionSpec]) -> Self {
        let of_function = |spec: &FunctionSpec| Function {
            arn: spec.arn.clone(),
            desk: Mutex::default(),
            arrived: Notify::new(),
        };
        let functions = functions.iter().map(|spec| (spec.logical_id.clone(), of_function(spec)));
        Self(Arc::new(functions.collect()))
    }

    /// Have `invocation` run by the next process that asks.
    pub(super) fn run(
        &self,
        invocation: Invocation,
    ) -> impl Future<Output = Outcome> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        if let Some(function) = self.0.get(&invocation.function) {
            function.desk().put_down(invocation, answer);
            function.arrived.notify_one();
        }
        async move { answered.await.unwrap_or_else(|_| Err("no process took the run".into())) }
    }
}

impl Function {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next(&self) -> Invocation {
        loop {
            if let Some(invocation) = self.desk().take_up() {
                return invocation;
            }
            self.arrived.notified().await;
        }
    }
}

impl Desk {
    /// What is past its time goes first, so that a function without process gathers
    /// nothing.
    fn put_down(&mut self, invocation: Invocation, answer: oneshot::Sender<Outcome>) {
        self.waiting.retain(|(_, answer)| !answer.is_closed());
        self.running.retain(|_, answer| !answer.is_closed());
        self.waiting.push_back((invocation, answer));
    }

    fn take_up(&mut self) -> Option<Invocation> {
        while let Some((invocation, answer)) = self.waiting.pop_front() {
            if !answer.is_closed() {
                self.running.insert(invocation.request_id.clone(), answer);
                return Some(invocation);
            }
        }
        None
    }
}

pub(super) fn routes() -> Router<Server> {
    Router::new()
        .route("/{function}/2018-06-01/runtime/invocation/next", get(next))
        .route("/{function}/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/{function}/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/{function}/2018-06-01/runtime/init/error", post(init_error))
}

/// A request that the Runtime API does not take.
struct Refusal {
    status: StatusCode,
    kind: &'static str,
    text: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let error = json!({"errorType": self.kind, "errorMessage": self.text});
        (self.status, Json(error)).into_response()
    }
}

impl Server {
    fn function(&self, id: &str) -> Result<&Function, Refusal> {
        self.runtimes.0.get(id).ok_or_else(|| {
            let known = self.runtimes.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let text = format!("no function `{id}` in the template, use one of {known}");
            Refusal { status: StatusCode::NOT_FOUND, kind: "InvalidFunction", text }
        })
    }

    fn settle(&self, function: &str, id: &str, outcome: Outcome) -> Result<Response, Refusal> {
        let answer = self.function(function)?.desk().running.remove(id);
        match answer.map(|answer| answer.send(outcome)) {
            Some(Ok(())) => Ok(accepted()),
            Some(Err(_)) | None => Err(Refusal {
                status: StatusCode::BAD_REQUEST,
                kind: "InvalidRequestID",
                text: format!("no run `{id}` under way, or its time is up"),
            }),
        }
    }
}

fn accepted() -> Response {
    (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response()
}

async fn next(
    State(server): State<Server>,
    Path(function): Path<String>,
) -> Result<Response, Refusal> {
    let function = server.function(&function)?;
    let invocation = function.next().await;
    let deadline = invocation.deadline.unix_timestamp_nanos() / 1_000_000;
    let headers = [
        ("lambda-runtime-aws-request-id", invocation.request_id.clone()),
        ("lambda-runtime-deadline-ms", deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", function.arn.clone()),
        ("lambda-runtime-trace-id", invocation.trace),
    ];
    Ok((headers, Json(invocation.payload)).into_response())
}

async fn response(
    State(server): State<Server>,
    Path((function, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let outcome = serde_json::from_slice(&body)
        .map_err(|error| format!("the function's answer is not JSON: {error}").into());
    server.settle(&function, &id, outcome)
}

async fn error(
    State(server): State<Server>,
    Path((function, id)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    server.settle(&function, &id, Err(error_object(&body)))
}

/// A process that cannot start fails everything that waits for it.
async fn init_error(
    State(server): State<Server>,
    Path(function): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let waiting = std::mem::take(&mut server.function(&function)?.desk().waiting);
    for (_, answer) in waiting {
        // A dropped receiver means that the run has timed out.
        let _ = answer.send(Err(error_object(&body)));
    }
    Ok(accepted())
}

/// The error object of a runtime, or its body as the error message.
fn error_object(body: &[u8]) -> FunctionError {
    match serde_json::from_slice::<Value>(body) {
        Ok(object) => object.into(),
        Err(_) => String::from_utf8_lossy(body).into_owned().into(),
    }
}
