//! The parts of a trace that drains and scaling have in common.

use region::journal::Journal;
use region::messaging::MessageFault;

use super::Medium;

/// The trace of a random run: its setup, the faults, the journal if one was kept, the summary and
/// the violations.
pub(crate) fn told(
    seed: u64,
    cast: Vec<String>,
    parts: Vec<String>,
    journal: Option<&Journal>,
    summary: String,
    broken: Vec<String>,
) -> String {
    let mut told = vec![format!("seed {seed}")];
    told.extend(cast);
    if parts.is_empty() {
        told.push("no faults".to_owned());
    }
    told.extend(parts.into_iter().map(|part| format!("  {part}")));
    if let Some(journal) = journal {
        told.push(String::new());
        told.extend(lines(journal));
    }
    told.extend([String::new(), summary]);
    if broken.is_empty() {
        told.push("no invariant was violated".to_owned());
    }
    told.extend(broken.into_iter().map(|broken| format!("VIOLATION at {broken}")));
    told.push(String::new());
    told.join("\n")
}

pub(crate) fn medium(medium: Medium) -> String {
    let Medium { read_lag_seconds, throttling, doubled_percent, filters_after_seconds } = medium;
    let throttles = if throttling { "on" } else { "off" };
    format!(
        "reads lag {read_lag_seconds} s, AWS's throttles {throttles}, {doubled_percent}% of \
         deliveries doubled, filters in force after {filters_after_seconds} s"
    )
}

pub(crate) fn message(number: u64, fault: MessageFault) -> String {
    match fault {
        MessageFault::Lost => format!("message {number} is lost"),
        MessageFault::Doubled(by) => format!("message {number} comes again {by} ms later"),
        MessageFault::Late(by) => format!("message {number} is {by} ms late"),
    }
}

/// The journal's lines, each with the seconds since the first.
fn lines(journal: &Journal) -> Vec<String> {
    let first = journal.lines().first().map(|(at, _)| *at);
    let line = |(at, text): &(region::Time, String)| {
        let since = first.map_or(0.0, |first| (*at - first).as_seconds_f64());
        format!("{since:>9.3}  {text}")
    };
    journal.lines().iter().map(line).collect()
}
