//! The drain record: state of a drain that AWS does not keep, stored as an attribute of the
//! container instance. The next reconcile reads it there, and so can an operator.
//!
//! ```text
//! ecs-tide.drain = hook began/2026-11-22T09:00:03Z beat/2026-11-22T09:20:03Z done
//! ```
//!
//! An attribute value has at most 128 characters, only letters, digits and `-_./@\: `
//! (API_Attribute). So a slash separates the name from the time.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use time::format_description::well_known::Rfc3339;

use crate::Time;

/// The attribute's name.
pub const ATTRIBUTE: &str = "ecs-tide.drain";

/// What an earlier reconcile recorded about the drain of a container instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrainRecord {
    /// Why it is drained.
    pub cause: Cause,
    /// When the drain began.
    pub began: Time,
    /// When it was last set DRAINING, if later than [`DrainRecord::began`].
    pub set_again: Option<Time>,
    /// When its counts were first seen to be 0 while it was DRAINING. It replaces
    /// [`DrainRecord::set_again`].
    pub idle: Option<Time>,
    /// When it was first seen to be in service again. It replaces [`DrainRecord::idle`].
    pub back: Option<Time>,
    /// When the last heartbeat was recorded.
    pub beat: Option<Time>,
    /// When its agent was first seen to be disconnected.
    pub agent_gone: Option<Time>,
    /// Our lifecycle action is complete, and another hook still holds the instance.
    pub done: bool,
}

/// Why a container instance is drained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A termination lifecycle hook.
    Hook,
    /// A Spot interruption.
    Spot,
}

impl DrainRecord {
    /// The record of a drain that begins now.
    pub fn new(cause: Cause, now: Time) -> Self {
        let began = whole(now);
        Self {
            cause,
            began,
            set_again: None,
            idle: None,
            back: None,
            beat: None,
            agent_gone: None,
            done: false,
        }
    }

    /// The latest time at which it was recorded to be set DRAINING, idle or back.
    pub fn set(&self) -> Time {
        self.back.or(self.idle).or(self.set_again).unwrap_or(self.began)
    }

    /// Records that it was set DRAINING at `time`.
    pub fn set_at(self, time: Time) -> Self {
        let time = whole(time);
        let set_again = (time > self.began).then_some(time);
        Self { set_again, idle: None, back: None, ..self }
    }

    /// Records that its counts were 0 at `time`.
    pub fn idle_at(self, time: Time) -> Self {
        Self { set_again: None, idle: Some(whole(time)), back: None, ..self }
    }

    /// Records that it was in service again at `time`.
    pub fn back_at(self, time: Time) -> Self {
        Self { set_again: None, idle: None, back: Some(whole(time)), ..self }
    }

    /// Records a heartbeat at `now`.
    pub fn beat_now(self, now: Time) -> Self {
        Self { beat: Some(whole(now)), ..self }
    }

    /// Records since when its agent has been disconnected; `None` if it is connected.
    pub fn agent_gone_since(self, since: Option<Time>) -> Self {
        Self { agent_gone: since.map(whole), ..self }
    }

    /// Records that our lifecycle action is complete.
    pub fn done(self) -> Self {
        Self { done: true, ..self }
    }
}

/// Rounds up to whole seconds, so that a wait that starts at a recorded time is never shorter.
fn whole(time: Time) -> Time {
    let seconds = time.replace_nanosecond(0).unwrap_or(time);
    if seconds < time { seconds + time::Duration::SECOND } else { seconds }
}

impl fmt::Display for DrainRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.cause {
            Cause::Hook => "hook",
            Cause::Spot => "spot",
        })?;
        let times = [
            ("began", Some(self.began)),
            ("set", self.set_again),
            ("idle", self.idle),
            ("back", self.back),
            ("beat", self.beat),
            ("gone", self.agent_gone),
        ];
        for (name, time) in times {
            if let Some(time) = time {
                let time = time.format(&Rfc3339).map_err(|_| fmt::Error)?;
                write!(f, " {name}/{time}")?;
            }
        }
        if self.done { f.write_str(" done") } else { Ok(()) }
    }
}

/// Years that a drain record may contain. Anyone with permission to write attributes could write
/// the last representable time, and adding a deadline to it would overflow.
const YEARS: RangeInclusive<i32> = 2000..=2199;

/// The attribute has a value that ecs-tide did not write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("attribute `{ATTRIBUTE}` is not a drain record of ecs-tide, remove it")]
pub struct NoDrainRecord;

impl FromStr for DrainRecord {
    type Err = NoDrainRecord;

    fn from_str(value: &str) -> Result<Self, NoDrainRecord> {
        let mut words = value.split(' ');
        let cause = match words.next() {
            Some("hook") => Cause::Hook,
            Some("spot") => Cause::Spot,
            _ => return Err(NoDrainRecord),
        };
        let (mut began, mut set_again, mut idle, mut back) = (None, None, None, None);
        let (mut beat, mut agent_gone, mut done) = (None, None, false);
        for word in words {
            if word == "done" {
                done = true;
                continue;
            }
            let (name, time) = word.split_once('/').ok_or(NoDrainRecord)?;
            let time = Time::parse(time, &Rfc3339).map_err(|_| NoDrainRecord)?;
            if !YEARS.contains(&time.year()) {
                return Err(NoDrainRecord);
            }
            let part = match name {
                "began" => &mut began,
                "set" => &mut set_again,
                "idle" => &mut idle,
                "back" => &mut back,
                "beat" => &mut beat,
                "gone" => &mut agent_gone,
                _ => return Err(NoDrainRecord),
            };
            *part = Some(time);
        }
        let began = began.ok_or(NoDrainRecord)?;
        Ok(Self { cause, began, set_again, idle, back, beat, agent_gone, done })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = Time> {
        (1_500_000_000i64..4_000_000_000).prop_map(|s| Time::from_unix_timestamp(s).unwrap())
    }

    fn drain_records() -> impl Strategy<Value = DrainRecord> {
        (
            any::<bool>(),
            times(),
            proptest::option::of((0..3, times())),
            proptest::option::of(times()),
            proptest::option::of(times()),
            any::<bool>(),
        )
            .prop_map(|(spot, began, last, beat, agent_gone, done)| DrainRecord {
                cause: if spot { Cause::Spot } else { Cause::Hook },
                began,
                set_again: last.and_then(|(which, time)| (which == 0).then_some(time)),
                idle: last.and_then(|(which, time)| (which == 1).then_some(time)),
                back: last.and_then(|(which, time)| (which == 2).then_some(time)),
                beat,
                agent_gone,
                done,
            })
    }

    proptest! {
        #[test]
        fn a_drain_record_round_trips_and_fits_an_attribute(drain_record in drain_records()) {
            let written = drain_record.to_string();
            prop_assert_eq!(written.parse(), Ok(drain_record));
            prop_assert!(written.len() <= 128, "{} characters", written.len());
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./@\\: ".contains(c);
            prop_assert!(written.chars().all(allowed));
        }

        #[test]
        fn no_attribute_value_panics(value in "\\PC{0,130}") {
            let _ = value.parse::<DrainRecord>();
        }
    }

    #[test]
    fn what_was_seen_last_takes_the_place_of_what_was_seen_before() {
        let began = Time::from_unix_timestamp(1_795_338_003).unwrap();
        let later = began + time::Duration::minutes(1);
        let set = DrainRecord::new(Cause::Hook, began).set_at(later);
        assert_eq!((set.set_again, set.idle, set.set()), (Some(later), None, later));
        let last = later + time::Duration::minutes(1);
        let idle = set.idle_at(last);
        assert_eq!((idle.set_again, idle.idle, idle.set()), (None, Some(last), last));
        let back = idle.back_at(last);
        assert_eq!(
            (back.set_again, back.idle, back.back, back.set()),
            (None, None, Some(last), last)
        );
        assert_eq!(back.idle_at(last), idle);
        let again = idle.set_at(later);
        assert_eq!((again.set_again, again.idle), (Some(later), None));
        assert_eq!(back.set_at(later), again);
    }

    #[test]
    fn a_drain_record_is_readable_to_an_operator() {
        let began = Time::from_unix_timestamp(1_795_338_003).unwrap();
        let drain_record = DrainRecord::new(Cause::Hook, began + time::Duration::milliseconds(-1));
        assert_eq!(drain_record.to_string(), "hook began/2026-11-22T09:00:03Z");
        let drain_record = drain_record.beat_now(began + time::Duration::minutes(20)).done();
        assert_eq!(
            drain_record.to_string(),
            "hook began/2026-11-22T09:00:03Z beat/2026-11-22T09:20:03Z done"
        );
    }

    #[test]
    fn foreign_values_are_not_drain_records() {
        for value in [
            "",
            "hook",
            "yes",
            "hook began/soon",
            "hook since/2026-11-22T09:00:03Z",
            "hook began/9999-12-31T23:59:59Z",
        ] {
            assert_eq!(value.parse::<DrainRecord>(), Err(NoDrainRecord), "{value}");
        }
    }
}
