//! What is said of one metric.

use advice::advice::{Assessment, Fit, Rejection};

/// What comes of a metric, for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Recommended,
    WouldDo,
    Undecided,
    Rejected,
}

impl Verdict {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::WouldDo => "would do",
            Self::Undecided => "undecided",
            Self::Rejected => "rejected",
        }
    }
}

pub(crate) const fn verdict(metric: &Assessment) -> Verdict {
    match metric.verdict {
        Fit::Recommended => Verdict::Recommended,
        Fit::Suitable(_) => Verdict::WouldDo,
        Fit::Rejected(Rejection::NotDoubled | Rejection::Gaps { .. }) => Verdict::Undecided,
        Fit::Rejected(_) => Verdict::Rejected,
    }
}

/// A metric's name, and by what it is divided.
pub(crate) fn subject(name: &str, per_task: bool) -> String {
    if per_task { format!("{name} per task") } else { name.to_owned() }
}

/// As [`subject`].
pub(crate) fn name(metric: &Assessment) -> String {
    subject(&metric.metric, metric.per_task)
}

/// Why the metric is taken or not, in a sentence.
pub(crate) fn because(metric: &Assessment) -> String {
    let name = name(metric);
    match &metric.verdict {
        Fit::Recommended => format!("{name} follows demand, and falls as tasks are added."),
        Fit::Suitable(why) => format!("{name} would do: {why}."),
        Fit::Rejected(why @ Rejection::NotTheLimit { .. }) => {
            format!("{name} is not the limit: {why}.")
        }
        Fit::Rejected(why) => format!("{name} {why}."),
    }
}
