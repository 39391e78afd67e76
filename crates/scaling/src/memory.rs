//! The last scaling of a target, recorded as the value of a tag on it.

use std::fmt;
use std::str::FromStr;

use aws_names::AlarmArn;
use serde::Serialize;
use sha2::{Digest, Sha256};
use time::Duration;

use crate::Time;
use crate::times::rfc3339;

/// Which way a capacity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It grows.
    Out,
    /// It shrinks.
    In,
}

/// One transition of one alarm to ALARM: a digest of the alarm's ARN and the time. An ARN alone may
/// be longer than a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition(u64);

impl fmt::Display for Transition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// As text: a reader that parses numbers as floating point would lose digits.
impl Serialize for Transition {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Transition {
    /// The transition of an alarm that has been in ALARM since `since`.
    pub fn of(alarm: &AlarmArn, since: Time) -> Self {
        let mut hash = Sha256::new();
        hash.update(alarm.as_str());
        hash.update(since.unix_timestamp_nanos().to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        Self(digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }
}

/// The last scaling of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LastScaling {
    /// When.
    #[serde(serialize_with = "rfc3339")]
    pub at: Time,
    /// Which way.
    pub direction: Direction,
    /// How long its cooldown lasts, in seconds.
    pub cooldown: u32,
    /// The desired capacity that it found.
    pub from: u32,
    /// The capacity before it, or before the first scaling of a chain in which each was within the
    /// cooldown of the one before.
    pub base: u32,
    /// The desired capacity that it set, or was to set.
    pub to: u32,
    /// The transition that caused it.
    pub transition: Transition,
}

/// CloudWatch invokes an Auto Scaling action once a minute while its alarm stays in ALARM. Several
/// reconciles within that time are duplicates of one invocation, or come from alarms that act at
/// the same time. In both cases the largest capacity wins, not the sum.
/// <https://repost.aws/knowledge-center/autoscaling-policy-cloudwatch-alarm>
pub const INVOKED_EVERY: Duration = Duration::minutes(1);

impl LastScaling {
    /// The end of its cooldown.
    pub fn until(&self) -> Time {
        let cooldown = Duration::seconds(i64::from(self.cooldown));
        self.at.saturating_add(cooldown.max(INVOKED_EVERY))
    }
}

impl fmt::Display for LastScaling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Out => "out",
            Direction::In => "in",
        };
        let at = self.at.unix_timestamp();
        let Self { from, base, to, cooldown, transition, .. } = self;
        write!(f, "{direction}:{from}:{base}:{to}:{at}:{cooldown}:{transition}")
    }
}

/// The content of a tag: the last scaling, and after it the one whose cooldown had not ended then.
///
/// A scaling is recorded before it is carried out, so that a crash between the two does not turn
/// one transition into two steps. One that was recorded but not carried out is ignored, and the
/// earlier one stays in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    pub last: LastScaling,
    /// The one in force when that was written.
    pub earlier: Option<LastScaling>,
}

/// How long after an update a read may return the old state. AWS documents no bound; `crates/drain`
/// uses the same one.
pub const READ_LAG: Duration = Duration::seconds(5);

impl Remembered {
    /// The scaling in force, given the present desired capacity. A recent scaling counts as carried
    /// out, because reads may not show it yet.
    pub fn in_force(self, desired: u32, now: Time) -> Option<LastScaling> {
        let young = now < self.last.at.saturating_add(READ_LAG);
        if young || desired != self.last.from { Some(self.last) } else { self.earlier }
    }
}

impl fmt::Display for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.last)?;
        self.earlier.map_or(Ok(()), |earlier| write!(f, "/{earlier}"))
    }
}

impl FromStr for Remembered {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        let not_ours = || NotOurs(text.chars().take(256).collect());
        let (last, earlier) = match text.split_once('/') {
            Some((last, earlier)) => (last, Some(parse(earlier).ok_or_else(not_ours)?)),
            None => (text, None),
        };
        Ok(Self { last: parse(last).ok_or_else(not_ours)?, earlier })
    }
}

/// A tag's value that is not in our format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a record of the last scaling; remove the tag")]
pub struct NotOurs(String);

fn parse(text: &str) -> Option<LastScaling> {
    let mut parts = text.split(':');
    let direction = match parts.next()? {
        "out" => Direction::Out,
        "in" => Direction::In,
        _ => return None,
    };
    let from = parts.next()?.parse().ok()?;
    let base = parts.next()?.parse().ok()?;
    let to = parts.next()?.parse().ok()?;
    let at = Time::from_unix_timestamp(parts.next()?.parse().ok()?).ok()?;
    let cooldown = parts.next()?.parse().ok()?;
    let digest = u64::from_str_radix(parts.next()?, 16).ok()?;
    let last =
        LastScaling { at, direction, cooldown, from, base, to, transition: Transition(digest) };
    parts.next().is_none().then_some(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALARM: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:high";

    fn last(cooldown: u32) -> LastScaling {
        let at = Time::from_unix_timestamp(1_764_064_800).unwrap();
        let transition = Transition::of(&ALARM.parse().unwrap(), at);
        LastScaling {
            at,
            direction: Direction::Out,
            cooldown,
            from: 11,
            base: 10,
            to: 12,
            transition,
        }
    }

    #[test]
    fn it_fits_into_a_tag_and_its_character_set() {
        let longest =
            LastScaling { from: u32::MAX, base: u32::MAX, to: u32::MAX, ..last(u32::MAX) };
        let text = Remembered { last: longest, earlier: Some(longest) }.to_string();
        assert!(text.len() <= 256, "{text}");
        assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/=+-@ ".contains(c)));
    }

    #[test]
    fn another_time_or_alarm_is_another_transition() {
        let (at, alarm) = (last(0).at, ALARM.parse().unwrap());
        let one = Transition::of(&alarm, at);
        assert_eq!(one, Transition::of(&alarm, at));
        assert_ne!(one, Transition::of(&alarm, at + Duration::milliseconds(1)));
        assert_ne!(one, Transition::of(&AlarmArn::from_aws("other"), at));
    }

    #[test]
    fn a_cooldown_lasts_at_least_until_cloudwatch_would_invoke_again() {
        let at = last(0).at;
        assert_eq!(last(0).until(), at + Duration::minutes(1));
        assert_eq!(last(300).until(), at + Duration::minutes(5));
    }

    #[test]
    fn a_scaling_not_carried_out_leaves_the_earlier_in_force() {
        let earlier = LastScaling { from: 8, to: 11, ..last(300) };
        let later =
            LastScaling { from: 11, to: 12, at: last(0).at + Duration::seconds(60), ..last(300) };
        let remembered = Remembered { last: later, earlier: Some(earlier) };
        let soon = later.at + Duration::seconds(10);
        assert_eq!(remembered.in_force(12, soon), Some(later));
        assert_eq!(remembered.in_force(11, soon), Some(earlier));
        assert_eq!(Remembered { earlier: None, ..remembered }.in_force(11, soon), None);
    }

    #[test]
    fn a_read_may_lag_behind_what_was_done() {
        let remembered = Remembered { last: last(300), earlier: None };
        let after = |seconds| remembered.in_force(11, last(0).at + Duration::seconds(seconds));
        assert_eq!((after(4), after(5)), (Some(last(300)), None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            out: bool,
            at in 0i64..4_102_444_800,
            cooldown: u32,
            from: u32,
            base: u32,
            to: u32,
            digest: u64,
        ) {
            let last = LastScaling {
                at: Time::from_unix_timestamp(at).unwrap(),
                direction: if out { Direction::Out } else { Direction::In },
                cooldown,
                from,
                base,
                to,
                transition: Transition(digest),
            };
            for earlier in [None, Some(LastScaling { from: to, ..last })] {
                let remembered = Remembered { last, earlier };
                prop_assert_eq!(remembered.to_string().parse(), Ok(remembered));
            }
        }

        #[test]
        fn no_tag_value_panics(
            text in "((out|in):)?[0-9:x/-]{0,80}",
            other: String,
        ) {
            let _ = text.parse::<Remembered>();
            let _ = other.parse::<Remembered>();
        }
    }
}
