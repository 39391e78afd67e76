//! Lambda's Runtime API for one process, with one event at a time.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::Error;

/// A request of the process.
#[derive(Debug)]
pub(super) enum Word {
    /// It polls for an event.
    Next(oneshot::Sender<Value>),
    /// Its response to the last event.
    Answer(String),
    /// It reports an error.
    Failure(String),
}

/// The Runtime API of one process. Dropping this closes it.
#[derive(Debug)]
pub(super) struct Lambda {
    pub(super) address: SocketAddr,
    words: mpsc::Receiver<Word>,
    serving: JoinHandle<()>,
}

type Words = mpsc::Sender<Word>;

impl Lambda {
    pub(super) async fn open() -> Result<Self, Error> {
        let socket = |error| Error::System("cannot open the Runtime API", error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(socket)?;
        let address = listener.local_addr().map_err(socket)?;
        let (said, words) = mpsc::channel(1);
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failure))
            .route("/2018-06-01/runtime/init/error", post(failure))
            .with_state(said);
        let serving = tokio::spawn(async move {
            // The server is aborted after the process ends, so its result does not matter.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, words, serving })
    }

    /// The next request of the process, or `None` after the server stopped.
    pub(super) async fn word(&mut self) -> Option<Word> {
        self.words.recv().await
    }
}

impl Drop for Lambda {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn next(State(words): State<Words>) -> Response {
    let (hand, event) = oneshot::channel();
    let _closed = words.send(Word::Next(hand)).await;
    let Ok(event) = event.await else { return StatusCode::GONE.into_response() };
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:f"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
    ];
    (headers, axum::Json(event)).into_response()
}

async fn answer(State(words): State<Words>, body: Bytes) -> StatusCode {
    let _closed = words.send(Word::Answer(text(&body))).await;
    StatusCode::ACCEPTED
}

async fn failure(State(words): State<Words>, body: Bytes) -> StatusCode {
    let _closed = words.send(Word::Failure(text(&body))).await;
    StatusCode::ACCEPTED
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}
