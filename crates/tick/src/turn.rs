//! Turns: one look at a time in each lane.
//!
//! A FIFO queue gives out no further message of a group while one of it is being worked
//! on, whatever the number of functions that read it. So whoever must be alone with a lane
//! sends itself a message of the lane's group, and acts when that comes back.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Tick, digest};

/// The value of the message attribute `pace` that leads to the queue of turns.
pub const NOW: &str = "now";

/// A turn that an alarm's transition asks for:
/// `{"turn":{"lane":"service/tide/web","alarm":"arn:…","at":"2026-11-25T10:00:00.101Z"}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The lane.
    pub lane: String,
    /// The alarm that went into ALARM, by its ARN, and when; `None` if nobody says.
    pub transition: Option<(String, OffsetDateTime)>,
}

/// A message that is meant as a turn and is none.
#[derive(Debug, thiserror::Error)]
pub enum MalformedTurn {
    /// A field is absent or of the wrong type.
    #[error("turn: {0}")]
    Field(#[from] serde_json::Error),
    /// The time is none.
    #[error("turn: field `at` is no RFC 3339 time")]
    At,
    /// An alarm without its time says nothing, nor a time without its alarm.
    #[error("turn: fields `alarm` and `at` go together, give both or neither")]
    Half,
}

#[derive(Serialize, Deserialize)]
struct Text {
    lane: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alarm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

impl Turn {
    /// The message group id, 64 hexadecimal digits.
    pub fn group(lane: &str) -> String {
        digest(&["turn", lane])
    }

    /// The deduplication id: messages about one transition are one turn.
    pub fn id(&self) -> String {
        let (alarm, at) = match &self.transition {
            Some((alarm, at)) => (alarm.as_str(), at.unix_timestamp_nanos().to_string()),
            None => ("", String::new()),
        };
        digest(&["turn", &self.lane, alarm, &at])
    }

    /// The deduplication id under which a due tick takes its turn. The tick's own is used
    /// up: it was published with it minutes ago.
    pub fn id_of(tick: &Tick) -> String {
        digest(&["turn", &tick.id()])
    }

    /// The message body.
    pub fn body(&self) -> String {
        let (alarm, at) = self.transition.clone().unzip();
        let text = Text {
            lane: self.lane.clone(),
            alarm,
            // Only years that no clock shows cannot be written.
            at: at.and_then(|at| at.format(&Rfc3339).ok()),
        };
        serde_json::json!({ "turn": text }).to_string()
    }

    /// The turn in `message`, if it is meant as one.
    ///
    /// # Errors
    /// A `turn` whose fields are absent or bad; the error names them.
    pub fn read(message: &Value) -> Option<Result<Self, MalformedTurn>> {
        message.get("turn").map(|turn| {
            let Text { lane, alarm, at } = Text::deserialize(turn)?;
            let transition = match (alarm, at) {
                (Some(alarm), Some(at)) => {
                    let at = OffsetDateTime::parse(&at, &Rfc3339).map_err(|_| MalformedTurn::At)?;
                    Some((alarm, at))
                }
                (None, None) => None,
                _ => return Err(MalformedTurn::Half),
            };
            Ok(Self { lane, transition })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pace, Subject};
    use serde_json::json;
    use time::Duration;

    fn turn() -> Turn {
        let at = OffsetDateTime::UNIX_EPOCH + Duration::milliseconds(1_764_064_800_101);
        Turn { lane: "service/tide/web".to_owned(), transition: Some(("arn:high".to_owned(), at)) }
    }

    #[test]
    fn a_turn_comes_back_as_it_was_sent() {
        for turn in [turn(), Turn { transition: None, ..turn() }] {
            let sent = serde_json::from_str(&turn.body()).unwrap();
            assert_eq!(Turn::read(&sent).unwrap().unwrap(), turn);
        }
    }

    #[test]
    fn one_transition_of_one_alarm_is_one_turn_in_a_lane() {
        let (alarm, at) = turn().transition.unwrap();
        let tick = Tick { of: Subject::Lane(turn().lane), pace: Pace::Minute, bucket: 7 };
        let ids = [
            turn().id(),
            Turn { lane: "other".to_owned(), ..turn() }.id(),
            Turn { transition: Some(("arn:low".to_owned(), at)), ..turn() }.id(),
            Turn { transition: Some((alarm, at + Duration::milliseconds(1))), ..turn() }.id(),
            Turn { transition: None, ..turn() }.id(),
            Turn::id_of(&tick),
            tick.id(),
            Turn::group(&turn().lane),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 64));
    }

    #[test]
    fn what_is_bad_in_a_turn_is_named() {
        for (turn, error) in [
            (json!({}), "turn: missing field `lane`"),
            (
                json!({"lane": "a", "alarm": "b"}),
                "turn: fields `alarm` and `at` go together, give both or neither",
            ),
            (
                json!({"lane": "a", "alarm": "b", "at": "noon"}),
                "turn: field `at` is no RFC 3339 time",
            ),
        ] {
            let read = Turn::read(&json!({ "turn": turn })).unwrap();
            assert_eq!(read.unwrap_err().to_string(), error);
        }
        assert!(Turn::read(&json!({"tick": {}})).is_none());
    }
}
