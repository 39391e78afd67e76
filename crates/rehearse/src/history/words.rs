//! Words that histories of all kinds are told in.

use region::faults::MessageFault;
use region::journal::Journal;

use super::Medium;

/// How a region behaves.
pub(crate) fn medium(medium: Medium) -> String {
    let Medium { read_lag_seconds, throttling, doubled_percent } = medium;
    let throttles = if throttling { "on" } else { "off" };
    format!(
        "reads lag {read_lag_seconds} s, AWS's throttles {throttles}, {doubled_percent} % of \
         deliveries doubled"
    )
}

/// What becomes of a message.
pub(crate) fn message(number: u64, fault: MessageFault) -> String {
    match fault {
        MessageFault::Lost => format!("message {number} is lost"),
        MessageFault::Doubled(by) => format!("message {number} comes again {by} ms later"),
        MessageFault::Late(by) => format!("message {number} is {by} ms late"),
    }
}

/// The journal's lines, with the seconds since its first.
pub(crate) fn lines(journal: &Journal) -> Vec<String> {
    let first = journal.lines().first().map(|(at, _)| *at);
    let line = |(at, text): &(region::Time, String)| {
        let since = first.map_or(0.0, |first| (*at - first).as_seconds_f64());
        format!("{since:>9.3}  {text}")
    };
    journal.lines().iter().map(line).collect()
}
