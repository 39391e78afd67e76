//! A readable record of what happened, for the analysis of a failed run.

use serde_json::Value;

use region_core::Time;
use region_core::api::{ApiError, Call, Effect};
use region_messaging::{FunctionError, Invocation};
use region_services::{Control, Services};

use crate::observer::Observer;

/// A list of more values than this is shown by its length.
const NAMED: usize = 3;

/// Everything that happened in a region, one line per event, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal(Vec<(Time, String)>);

impl Journal {
    /// The lines, each with its time.
    pub fn lines(&self) -> &[(Time, String)] {
        &self.0
    }

    fn record(&mut self, now: Time, line: String) {
        self.0.push((now, line));
    }
}

impl Observer for Journal {
    fn after_call(&mut self, now: Time, call: &Call, answer: &Result<Value, ApiError>) {
        let fields = call.input.as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| !matches!(name.as_str(), "cluster" | "include"));
        let fields: Vec<String> =
            fields.map(|(name, value)| format!("{name}={}", brief(value))).collect();
        let came_of_it = match answer {
            Ok(answer) => match answer.get("failures").and_then(Value::as_array) {
                Some(failures) if !failures.is_empty() => format!("{} failures", failures.len()),
                _ => "ok".to_owned(),
            },
            Err(error) => error.to_string(),
        };
        self.record(now, format!("  {} {}: {came_of_it}", call.operation, fields.join(" ")));
    }

    fn control(&mut self, now: Time, _: &Services, control: &Control) {
        self.record(now, format!("{control:?}"));
    }

    fn fault(&mut self, now: Time, what: &str) {
        self.record(now, format!("FAULT: {what}"));
    }

    fn sent(&mut self, now: Time, effect: &Effect) {
        let line = match effect {
            Effect::Event(event) => of_event(event),
            Effect::Publish { subject, .. } => subject.clone(),
        };
        self.record(now, line);
    }

    fn invoked(&mut self, invocation: &Invocation) {
        let records = invocation.payload.get("Records").and_then(Value::as_array);
        let messages = records.map_or(1, Vec::len);
        let line =
            format!("{} begins run {} ({messages} messages)", invocation.function, invocation.id);
        self.record(invocation.started, line);
    }

    fn finished(&mut self, now: Time, run: u64, result: &Result<Value, FunctionError>) {
        let line = match result {
            Ok(_) => format!("run {run} ends"),
            Err(error) => format!("run {run} fails: {error}"),
        };
        self.record(now, line);
    }

    fn remark(&mut self, now: Time, text: &str) {
        self.record(now, text.to_owned());
    }
}

fn of_event(event: &Value) -> String {
    let text = |value: Option<&Value>| value.map(brief).unwrap_or_default();
    let kind = text(event.get("detail-type"));
    let detail = event.get("detail");
    let field = |name: &str| text(detail.and_then(|detail| detail.get(name)));
    match kind.as_str() {
        "ECS Task State Change" => format!(
            "task {} on {}: {}, wanted {}",
            field("taskArn"),
            field("containerInstanceArn"),
            field("lastStatus"),
            field("desiredStatus"),
        ),
        "ECS Container Instance State Change" => format!(
            "container instance {} of {}: {}, {} running, {} pending, agent connected {}",
            field("containerInstanceArn"),
            field("ec2InstanceId"),
            field("status"),
            field("runningTasksCount"),
            field("pendingTasksCount"),
            field("agentConnected"),
        ),
        _ => kind,
    }
}

/// A value on one line: an ARN by its last part, a long list by its length.
fn brief(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with("arn:") => {
            text.rsplit(['/', ':']).next().unwrap_or(text).chars().take(8).collect()
        }
        Value::String(text) => text.clone(),
        Value::Array(items) if items.len() > NAMED => format!("{} items", items.len()),
        Value::Array(items) => items.iter().map(brief).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
