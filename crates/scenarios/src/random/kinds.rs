//! The kinds of faults that a random run may have.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use region::faults::CallFault;
use region::messaging::MessageFault;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Messages arrive twice.
    Duplicates,
    /// Messages arrive late, and so out of order.
    Delays,
    /// Messages are lost.
    Losses,
    /// The filters of new subscriptions take effect late.
    Filters,
    /// Calls are throttled.
    Throttling,
    /// Calls are answered 503, done or not.
    Errors,
    /// Calls get no answer, done or not.
    Timeouts,
    /// Items come back in `failures[]`.
    Failures,
    /// Reads lag.
    StaleReads,
    /// Processes crash.
    Crashes,
    /// Processes hang until their timeout.
    Stalls,
    /// Agents are lost.
    Agents,
    /// No other instance has capacity.
    Capacity,
    /// Instances are terminated, or their registrations are removed or in a wrong cluster.
    Instances,
    /// Hooks are changed or deleted by others.
    Hooks,
    /// The stack is updated.
    Updates,
    /// Tags of groups change or vanish.
    Tags,
    /// Groups are replaced or deleted.
    Groups,
    /// Documents of scaling change or vanish, and tags of alarms.
    Documents,
    /// Operators and EC2 Spot interfere.
    Interference,
    /// Samples of metrics arrive late.
    LateMetrics,
}

impl Kind {
    /// All kinds with their names on the command line.
    pub const NAMED: [(&'static str, Self); 21] = [
        ("duplicates", Self::Duplicates),
        ("delays", Self::Delays),
        ("losses", Self::Losses),
        ("filters", Self::Filters),
        ("throttling", Self::Throttling),
        ("errors", Self::Errors),
        ("timeouts", Self::Timeouts),
        ("failures", Self::Failures),
        ("stale-reads", Self::StaleReads),
        ("crashes", Self::Crashes),
        ("stalls", Self::Stalls),
        ("agents", Self::Agents),
        ("capacity", Self::Capacity),
        ("instances", Self::Instances),
        ("hooks", Self::Hooks),
        ("updates", Self::Updates),
        ("tags", Self::Tags),
        ("groups", Self::Groups),
        ("documents", Self::Documents),
        ("interference", Self::Interference),
        ("late-metrics", Self::LateMetrics),
    ];

    /// The kind of a fault in a call.
    pub(crate) fn of_call(fault: CallFault) -> Self {
        match fault {
            CallFault::Throttled => Self::Throttling,
            CallFault::Unavailable | CallFault::DoneButUnavailable => Self::Errors,
            CallFault::Lost | CallFault::AnswerLost => Self::Timeouts,
            CallFault::ItemsFailed => Self::Failures,
            CallFault::CrashBefore | CallFault::CrashAfter => Self::Crashes,
            CallFault::StallBefore | CallFault::StallAfter => Self::Stalls,
        }
    }

    /// The kind of a fault in the delivery of a message.
    pub(crate) fn of_message(fault: MessageFault) -> Self {
        match fault {
            MessageFault::Lost => Self::Losses,
            MessageFault::Doubled(_) => Self::Duplicates,
            MessageFault::Late(_) => Self::Delays,
        }
    }
}

/// A set of kinds of faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds(BTreeSet<Kind>);

/// A word that is not a kind of fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{word}` is not a kind of fault; choose `all`, `none` or some of {}",
    Kind::NAMED.map(|(name, _)| name).join(",")
)]
pub struct UnknownKind {
    word: String,
}

impl Kinds {
    /// Every kind.
    pub fn all() -> Self {
        Self(Kind::NAMED.into_iter().map(|(_, kind)| kind).collect())
    }

    pub fn none() -> Self {
        Self(BTreeSet::new())
    }

    /// Whether the set contains this kind.
    pub fn has(&self, kind: Kind) -> bool {
        self.0.contains(&kind)
    }
}

impl FromStr for Kinds {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        match text {
            "all" => return Ok(Self::all()),
            "none" => return Ok(Self::none()),
            _ => {}
        }
        let named = |word: &str| Kind::NAMED.into_iter().find(|(name, _)| *name == word);
        let kinds = text.split(',').map(|word| {
            named(word).map(|(_, kind)| kind).ok_or_else(|| UnknownKind { word: word.to_owned() })
        });
        Ok(Self(kinds.collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        if *self == Self::all() {
            return f.write_str("all");
        }
        let names = Kind::NAMED.into_iter().filter(|(_, kind)| self.has(*kind));
        f.write_str(&names.map(|(name, _)| name).collect::<Vec<_>>().join(","))
    }
}
