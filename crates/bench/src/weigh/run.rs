//! One start of one function, and its first invocation.

use std::process::Child;
use std::time::Duration as Pause;

use serde_json::Value;
use time::Duration;
use tokio::sync::oneshot;

use super::Error;
use super::endpoint::Endpoint;
use super::lambda::{Lambda, Word};
use super::process;
use super::subject::Subject;
use scenarios::processes;

/// Pause after a process has polled for an event, so that its threads are idle.
const SETTLE: Pause = Pause::from_millis(20);

/// The longest time that a process may take to send a request.
const PATIENCE: Pause = Pause::from_secs(20);

/// The measurements of one start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// CPU time from its start until it polled for an event.
    pub(super) init: Duration,
    /// CPU time from then until it polled for the second.
    pub(super) first: Duration,
    /// Calls to AWS during the first invocation.
    pub(super) calls: u64,
    /// Peak resident memory in bytes.
    pub(super) peak_bytes: u64,
}

/// A process that is killed when this is dropped.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        // An error means that the process has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the function, sends it its event, and ends it.
pub(super) async fn once(subject: &Subject, endpoint: &Endpoint) -> Result<Sample, Error> {
    let mut lambda = Lambda::open().await?;
    let runtime_api = lambda.address.to_string();
    let mut command =
        processes::command(&subject.path, &subject.spec, &runtime_api, endpoint.url());
    command.env("SSL_CERT_FILE", endpoint.bundle()).stdout(std::process::Stdio::null());
    let path = || subject.path.display().to_string();
    let child = Started(command.spawn().map_err(|error| Error::Binary(path(), error))?);
    let pid = child.0.id();
    let cpu = || process::cpu(pid).map_err(|error| Error::System("cannot read /proc", error));

    let hand = asked(subject, &mut lambda).await?;
    tokio::time::sleep(SETTLE).await;
    let init = cpu()?;
    let before = endpoint.calls();
    // If the process has ended, the next request times out.
    let _ = hand.send(subject.event.clone());
    answered(subject, &mut lambda).await?;
    let _held = asked(subject, &mut lambda).await?;
    tokio::time::sleep(SETTLE).await;
    Ok(Sample {
        init,
        first: cpu()? - init,
        calls: endpoint.calls() - before,
        peak_bytes: process::peak_bytes(pid)
            .map_err(|error| Error::System("cannot read /proc", error))?,
    })
}

async fn word(subject: &Subject, lambda: &mut Lambda) -> Result<Word, Error> {
    let said = tokio::time::timeout(PATIENCE, lambda.word()).await.ok().flatten();
    said.ok_or_else(|| wrong(subject, "says nothing".to_owned()))
}

async fn asked(subject: &Subject, lambda: &mut Lambda) -> Result<oneshot::Sender<Value>, Error> {
    match word(subject, lambda).await? {
        Word::Next(hand) => Ok(hand),
        Word::Answer(said) | Word::Failure(said) => Err(wrong(subject, format!("says {said}"))),
    }
}

/// Fails unless the function handled its event, because only that is comparable.
async fn answered(subject: &Subject, lambda: &mut Lambda) -> Result<(), Error> {
    let said = match word(subject, lambda).await? {
        Word::Answer(said) => said,
        Word::Failure(said) => return Err(wrong(subject, format!("fails: {said}"))),
        Word::Next(_) => return Err(wrong(subject, "answers nothing".to_owned())),
    };
    let answer: Value = serde_json::from_str(&said).unwrap_or_default();
    let failed = answer.get("batchItemFailures").and_then(Value::as_array);
    match failed.is_some_and(|failed| !failed.is_empty())
        || answer.pointer("/reconcile/error").is_some()
    {
        true => Err(wrong(subject, format!("fails: {said}"))),
        false => Ok(()),
    }
}

fn wrong(subject: &Subject, what: String) -> Error {
    Error::Function(subject.name, what)
}
