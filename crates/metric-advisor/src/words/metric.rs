//! The words for one metric.

use advice::advice::{Assessment, Fit, Rejection};

/// The verdict on a metric, for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Recommended,
    Suitable,
    Undecided,
    Rejected,
}

impl Verdict {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Suitable => "suitable",
            Self::Undecided => "undecided",
            Self::Rejected => "rejected",
        }
    }
}

pub(crate) const fn verdict(metric: &Assessment) -> Verdict {
    match metric.verdict {
        Fit::Recommended => Verdict::Recommended,
        Fit::Suitable(_) => Verdict::Suitable,
        Fit::Rejected(Rejection::NotDoubled | Rejection::Gaps { .. }) => Verdict::Undecided,
        Fit::Rejected(_) => Verdict::Rejected,
    }
}

/// A metric's name, with "per task" if it is divided by the tasks.
pub(crate) fn subject(name: &str, per_task: bool) -> String {
    if per_task { format!("{name} per task") } else { name.to_owned() }
}

/// As [`subject`].
pub(crate) fn name(metric: &Assessment) -> String {
    subject(&metric.metric, metric.per_task)
}

/// The reason for the verdict, as a sentence.
pub(crate) fn because(metric: &Assessment) -> String {
    let name = name(metric);
    match &metric.verdict {
        Fit::Recommended => format!("{name} follows demand and falls as tasks are added."),
        Fit::Suitable(why) => format!("{name} is suitable: it {why}."),
        Fit::Rejected(why @ Rejection::NotTheLimit { .. }) => {
            format!("{name} is not the limit: {why}.")
        }
        Fit::Rejected(why) => format!("{name} {why}."),
    }
}
