//! Actions, messages and events of a test, as JSON.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Server;
use region_messaging::{Attribute, Attributes, Outgoing, Publish};
use region_services::Control;

/// The largest number accepted. No count or duration in AWS is larger, and much larger ones
/// would keep the simulation busy forever.
const MOST: u64 = 200_000;

/// JSON, or what is wrong with the request.
type Answer = Result<Json<Value>, (StatusCode, String)>;

fn refuse(why: impl ToString) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, format!("{}\n", why.to_string()))
}

fn read<T: DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, (StatusCode, String)> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| refuse(format!("{what} is not JSON: {error}")))?;
    if let Some(number) = excess(&value) {
        return Err(refuse(format!("{what} has the number {number}, use {MOST} at most")));
    }
    serde_json::from_value(value).map_err(|error| refuse(format!("{what} cannot be read: {error}")))
}

/// A number that is too large.
fn excess(value: &Value) -> Option<&serde_json::Number> {
    match value {
        Value::Number(number) => number.as_u64().is_some_and(|n| n > MOST).then_some(number),
        Value::Array(items) => items.iter().find_map(excess),
        Value::Object(fields) => fields.values().find_map(excess),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

pub(super) async fn control(State(server): State<Server>, body: Bytes) -> Answer {
    let control: Control = read("control", &body)?;
    let done = server.live.with(|region, now| region.control(now, control));
    done.map(Json).map_err(refuse)
}

/// A message from the test; queues and topics are named as in the template.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Message {
    Queue(ToQueue),
    Topic(ToTopic),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ToQueue {
    id: String,
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    group_id: Option<String>,
    deduplication_id: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ToTopic {
    id: String,
    message: String,
    subject: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    group_id: Option<String>,
    deduplication_id: Option<String>,
}

pub(super) async fn send(State(server): State<Server>, body: Bytes) -> Answer {
    let id = match read("message", &body)? {
        Message::Queue(message) => server.send_to_queue(message),
        Message::Topic(message) => server.send_to_topic(message),
    };
    id.map(|id| Json(json!({ "MessageId": id })))
}

impl Server {
    fn send_to_queue(&self, message: ToQueue) -> Result<String, (StatusCode, String)> {
        let queues = &self.wiring.queues;
        let queue = queues.iter().find(|queue| queue.logical_id == message.id);
        let queue = queue.ok_or_else(|| {
            unknown("queue", &message.id, queues.iter().map(|queue| queue.logical_id.as_str()))
        })?;
        let outgoing = Outgoing {
            body: message.body,
            attributes: strings(message.attributes),
            group_id: message.group_id,
            deduplication_id: message.deduplication_id,
            ..Outgoing::default()
        };
        self.live
            .with(|region, now| region.messaging_mut().send_message(now, &queue.arn, outgoing))
            .map_err(refuse)
    }

    fn send_to_topic(&self, message: ToTopic) -> Result<String, (StatusCode, String)> {
        let topics = &self.wiring.topics;
        let topic = topics.iter().find(|topic| topic.logical_id == message.id);
        let topic = topic.ok_or_else(|| {
            unknown("topic", &message.id, topics.iter().map(|topic| topic.logical_id.as_str()))
        })?;
        let publish = Publish {
            topic_arn: topic.arn.clone(),
            message: message.message,
            subject: message.subject,
            attributes: strings(message.attributes),
            group_id: message.group_id,
            deduplication_id: message.deduplication_id,
            ..Publish::default()
        };
        self.live
            .with(|region, now| region.messaging_mut().publish(now, publish))
            .map(|published| published.message_id)
            .map_err(refuse)
    }
}

fn strings(attributes: BTreeMap<String, String>) -> Attributes {
    attributes.into_iter().map(|(name, value)| (name, Attribute::string(value))).collect()
}

fn unknown<'a>(what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> (StatusCode, String) {
    let known = known.collect::<Vec<_>>().join(", ");
    refuse(format!("no {what} `{id}` in the template, use one of {known}"))
}

pub(super) async fn event(State(server): State<Server>, body: Bytes) -> Answer {
    let event: Value = serde_json::from_slice(&body)
        .map_err(|error| refuse(format!("event is not JSON: {error}")))?;
    server.live.with(|region, now| region.messaging_mut().put_event(now, &event));
    Ok(Json(Value::Null))
}
