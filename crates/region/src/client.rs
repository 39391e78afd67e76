//! The simulated region as the SDK's HTTP client: real requests and answers, no socket.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use axum::http::Uri;
use serde_json::Value;

use crate::faults::{CallFault, CallFaults, die};
use crate::ledger::Ledger;
use crate::live::Live;
use crate::protocol::{Answer, Request};
use crate::region::Region;
use crate::trace;
use region_core::Time;
use region_core::api::{ApiError, Call};

/// An HTTP client whose every request reaches the region. Half of a call's time
/// passes before the region acts, half after.
#[derive(Debug, Clone)]
pub struct Client {
    live: Live,
    call_takes: Duration,
    faults: CallFaults,
    interceptor: Interceptor,
    ledger: Ledger,
}

/// An interceptor between client and region, which may change requests and answers.
#[derive(Clone)]
pub struct Interceptor(Arc<Intercept>);

type Intercept = dyn Fn(&mut Region, Time, &Call) -> Result<Value, ApiError> + Send + Sync;

impl Interceptor {
    /// An interceptor that answers each call by `intercept`.
    pub fn new(
        intercept: impl Fn(&mut Region, Time, &Call) -> Result<Value, ApiError> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(intercept))
    }

    /// Answer `call`.
    ///
    /// # Errors
    /// The region's error, or one that the interceptor made.
    pub fn answer(&self, region: &mut Region, now: Time, call: &Call) -> Result<Value, ApiError> {
        (self.0)(region, now, call)
    }

    /// An interceptor that changes nothing.
    pub fn none() -> Self {
        Self::new(Region::answer)
    }
}

impl fmt::Debug for Interceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interceptor")
    }
}

impl Client {
    /// A client of `live` whose calls each take `call_takes`.
    pub fn new(live: Live, call_takes: Duration) -> Self {
        Self {
            live,
            call_takes,
            faults: CallFaults::none(),
            interceptor: Interceptor::none(),
            ledger: Ledger::default(),
        }
    }

    /// Inject `faults` into the calls of this client.
    pub fn faulty(self, faults: CallFaults) -> Self {
        Self { faults, ..self }
    }

    /// Put `interceptor` between this client and the region.
    pub fn intercepted(self, interceptor: Interceptor) -> Self {
        Self { interceptor, ..self }
    }

    /// Record the calls of this client in `ledger`.
    pub fn entered(self, ledger: Ledger) -> Self {
        Self { ledger, ..self }
    }

    fn answer(&self, number: u64, request: &HttpRequest, fault: Option<CallFault>) -> Answer {
        let uri = request.uri().parse::<Uri>().unwrap_or_default();
        let run = trace::current();
        let headers = request.headers();
        let request = Request {
            path: uri.path(),
            target: headers.get("x-amz-target"),
            encoding: headers.get("content-encoding"),
            trace: headers.get("x-amzn-trace-id").or(run.as_deref()),
            query_mode: headers.get("x-amzn-query-mode") == Some("true"),
            body: request.body().bytes().unwrap_or_default(),
        };
        self.live.answer(&request, |region, now, call| {
            self.ledger.enter(region, call);
            let Some(fault) = fault else { return self.interceptor.answer(region, now, call) };
            let text = format!("call {number}, {}, {}", call.operation, fault.words());
            region.inject(now, &text);
            match fault.instead(call) {
                Some(instead) => region.refuse(now, call, instead),
                None => {
                    let answer = self.interceptor.answer(region, now, call);
                    fault.afterwards().map_or(answer, Err)
                }
            }
        })
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.clone();
        HttpConnectorFuture::new(async move {
            let (number, fault) = client.faults.count(client.live.now());
            tokio::time::sleep(client.call_takes / 2).await;
            let unseen =
                fault.filter(|fault| *fault == CallFault::Lost || fault.death_before().is_some());
            if let Some(fault) = unseen {
                let text = format!("call {number} {}", fault.words());
                client.live.with(|region, now| region.inject(now, &text));
                if let Some(death) = fault.death_before() {
                    die(death).await;
                }
                return std::future::pending().await;
            }
            let answer = client.answer(number, &request, fault);
            if let Some(death) = fault.and_then(CallFault::death_after) {
                die(death).await;
            }
            if fault == Some(CallFault::AnswerLost) {
                return std::future::pending().await;
            }
            tokio::time::sleep(client.call_takes / 2).await;
            response(answer)
        })
    }
}

fn response(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
