//! The binaries that are measured, with their environment and their event.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use region::wiring::FunctionSpec;
use serde_json::{Value, json};

use super::Error;
use scenarios::stack::{self, ALARM_SCALING, AUTO_DRAIN, BINARIES, HOOK_KEEPER, REINVOKE};

/// The empty function's name.
pub(super) const EMPTY: &str = "empty";

/// What a zip archive of one file adds to its compressed bytes: two headers, its name
/// twice, and the end of the directory (APPNOTE.TXT, 4.3).
const ZIP_FRAME: u64 = 30 + 46 + 22 + 2 * 9;

/// A compiled function.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    pub(super) spec: FunctionSpec,
    /// One event that leads to a call: a stopped task for auto-drain, a due requeue message for
    /// reinvoke, the event of the schedule for hook-keeper, and an alarm for alarm-scaling.
    pub(super) event: Value,
}

impl Subject {
    /// The empty function and the deployed ones, from the release builds in `directory`.
    pub(super) fn all(directory: &Path) -> Result<Vec<Self>, Error> {
        let wiring = stack::wiring(&[])?;
        let mut all = Vec::new();
        for (id, name) in BINARIES {
            let Some(spec) = wiring.functions.iter().find(|spec| spec.logical_id == id) else {
                continue;
            };
            if all.is_empty() {
                let path = directory.join("examples").join(EMPTY);
                all.push(Self { name: EMPTY, path, spec: spec.clone(), event: json!({}) });
            }
            let (path, event) = (directory.join(name), event(id));
            all.push(Self { name, path, spec: spec.clone(), event });
        }
        Ok(all)
    }

    /// The sizes of the binary and of its zip archive, in bytes.
    pub(super) fn sizes(&self) -> Result<(u64, u64), Error> {
        let unread = |error| Error::Binary(self.path.display().to_string(), error);
        let binary = fs::read(&self.path).map_err(unread)?;
        let compressed = deflated(&binary).map_err(unread)?;
        Ok((length(&binary), length(&compressed) + ZIP_FRAME))
    }
}

fn event(function: &str) -> Value {
    let requeue =
        json!({"requeue": {"cluster": stack::CLUSTER, "delay_class": "later", "bucket": 1}});
    match function {
        AUTO_DRAIN => json!({
            "source": "aws.ecs", "detail-type": "ECS Task State Change",
            "detail": {"clusterArn": stack::CLUSTER, "containerInstanceArn": "none",
                "taskArn": "none", "lastStatus": "STOPPED"}}),
        REINVOKE => json!({"Records": [
            {"messageId": "1", "eventSource": "aws:sqs", "body": requeue.to_string()}]}),
        HOOK_KEEPER => json!({}),
        ALARM_SCALING => {
            let alarm = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:ecs-tide-tasks-out";
            json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs",
                "body": json!({"alarm": alarm}).to_string()}]})
        }
        _ => Value::Null,
    }
}

/// Compresses like `zip` and `sam package` do by default.
fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
