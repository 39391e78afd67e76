//! The simulated region over HTTP and in real time, for compiled functions, the AWS CLI
//! and boto3.
//!
//! | path | purpose |
//! |---|---|
//! | `POST /`, `POST /service/…` | AWS itself: ECS, Auto Scaling, SNS and CloudWatch, by the protocol of the request |
//! | `POST /_region/control` | an action of the test: a [`Control`](region_services::Control) |
//! | `POST /_region/send` | a message to a queue or a topic |
//! | `POST /_region/event` | an event for EventBridge |
//! | `GET /_region/truth` | the true state |
//! | `/{function}/2018-06-01/runtime/` | Lambda's Runtime API of one function |

mod control;
mod runtime;
#[cfg(test)]
mod tests;
mod truth;

use std::fmt;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::Listener;

use self::runtime::Runtimes;
use crate::live::Live;
use crate::protocol::Request;
use region_wiring::Wiring;

/// The largest body taken: Lambda's own limit on what a function answers.
const LARGEST_BODY: usize = 6 * 1024 * 1024;

/// What the routes share.
#[derive(Debug, Clone)]
struct Server {
    live: Live,
    wiring: Arc<Wiring>,
    runtimes: Runtimes,
}

/// Run `live` and serve requests on `listener`. Invocations wait until the process of their
/// function polls for them, up to their timeout. The future completes only if the listener
/// fails.
///
/// # Errors
/// The listener's.
pub async fn serve<L>(listener: L, live: Live, wiring: Wiring) -> io::Result<()>
where
    L: Listener<Addr: fmt::Debug>,
{
    let runtimes = Runtimes::of(&wiring.functions);
    let server =
        Server { live: live.clone(), wiring: Arc::new(wiring), runtimes: runtimes.clone() };
    tokio::select! {
        ended = axum::serve(listener, router(server)) => ended,
        () = live.run(move |invocation| runtimes.run(invocation)) => Ok(()),
    }
}

fn router(server: Server) -> Router {
    Router::new()
        .route("/", post(aws))
        .route("/service/{*operation}", post(aws))
        .route("/_region/control", post(control::control))
        .route("/_region/send", post(control::send))
        .route("/_region/event", post(control::event))
        .route("/_region/truth", get(truth::truth))
        .merge(runtime::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(server)
}

async fn aws(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let request = Request {
        path: uri.path(),
        target: header("x-amz-target"),
        encoding: header("content-encoding"),
        trace: header("x-amzn-trace-id"),
        query_mode: header("x-amzn-query-mode") == Some("true"),
        body: &body,
    };
    let answer = server.live.answer(&request, |region, now, call| region.answer(now, call));
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers.into_iter().filter_map(|(name, value)| {
        Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
    });
    (status, headers.collect::<HeaderMap>(), answer.body).into_response()
}
