//! The region as the SDK's HTTP client: real requests and answers, no socket.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use crate::crash::{Crash, Side};
use crate::live::Live;
use crate::wire::{self, Answer};

/// An HTTP client whose every request reaches the region. Half of a call's time
/// passes before the region acts, half after.
#[derive(Debug, Clone)]
pub struct Client {
    live: Live,
    call_takes: Duration,
    crash: Crash,
}

impl Client {
    /// A client of `live` whose calls take that long.
    pub fn new(live: Live, call_takes: Duration) -> Self {
        Self { live, call_takes, crash: Crash::never() }
    }

    /// The same, whose caller crashes as `crash` says.
    pub fn crashing(self, crash: Crash) -> Self {
        Self { crash, ..self }
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
        let Self { live, call_takes, crash } = self.clone();
        HttpConnectorFuture::new(async move {
            let call = crash.count();
            tokio::time::sleep(call_takes / 2).await;
            crash.passes(call, Side::Before).await;
            let answer = live.answer(
                request.headers().get("x-amz-target"),
                request.body().bytes().unwrap_or_default(),
            );
            crash.passes(call, Side::After).await;
            tokio::time::sleep(call_takes / 2).await;
            response(answer)
        })
    }
}

impl Live {
    /// Answer one request as it comes off a wire.
    pub fn answer(&self, target: Option<&str>, body: &[u8]) -> Answer {
        match wire::read(target, body) {
            Ok(call) => {
                let answer = self
                    .with(|region, now| region.call(now, call.api, &call.operation, &call.input));
                wire::write(call.api, &call.operation, answer)
            }
            Err(error) => wire::write_unread(target, error),
        }
    }
}

fn response(answer: Answer) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(answer.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", answer.content_type);
    Ok(response)
}
