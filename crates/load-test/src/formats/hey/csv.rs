//! What `hey -o csv` writes: a row for each request that was answered.

use crate::clock::{self, Clock};
use crate::formats::cells::{self, LeftOut, Rows};
use crate::level;
use crate::mapping::Mapping;
use crate::requests::{self, Request, Requests};
use crate::said::{Fault, Note};
use crate::source::Text;
use crate::table::Recording;
use crate::timeline::Tick;

const COLUMNS: [&str; 2] = ["response-time", "Response-delay"];

/// As many requests as hey writes.
const MOST: u64 = 1_000_000;

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    // Its first name has a hyphen, which does not separate cells.
    head.starts_with(b"response-time,") && cells::has_columns(head, b',', &COLUMNS)
}

/// Reads what `hey -o csv` of hey 0.1.3 to 0.1.5 writes
/// (<https://github.com/rakyll/hey/blob/v0.1.4/requester/print.go>): seconds, of which `offset` is
/// when the request was sent, since the start. The file's name may tell when that was, as
/// `20261126T101500Z-2tasks.hey.csv` does. Requests without an answer are not in it.
///
/// # Errors
/// If it has no request, or hey is so old that it does not write when requests were sent.
pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let (name, tasks) = (text.name().to_owned(), level::tasks(text.path()));
    let began = level::began(text.path()).and_then(clock::tick);
    let mut rows = Rows::new(text, b',');
    rows.advance()?;
    let (took, status) = (rows.column("response-time"), rows.column("status-code"));
    let (Some(took), Some(offset)) = (took, rows.column("offset")) else {
        let what = "has no column `offset`, which tells when requests were sent; use hey 0.1.3 or \
                    later";
        return Err(rows.fault(what));
    };
    let width = rows.len();
    let (mut requests, mut left_out) = (Requests::default(), LeftOut::default());
    while rows.advance()? {
        let took = cells::number(rows.cell(took)).and_then(requests::duration);
        let sent = cells::number(rows.cell(offset)).filter(|offset| *offset >= 0.0);
        let sent = sent.map(|offset| began.map_or(0.0, Tick::seconds) + offset);
        let sent = sent.and_then(Tick::from_seconds);
        let (Some(took), Some(sent), true) = (took, sent, rows.len() == width) else {
            left_out.add(rows.line());
            continue;
        };
        let failed = status.and_then(|status| cells::number(rows.cell(status)));
        let failed = failed.map(|status| status >= 400.0);
        requests.add(Request { sent, took, answered: true, failed });
    }
    let mut recording = Recording::default();
    let note = |what: &str| Note::new(name.as_str(), what);
    recording.notes.push(note("hey's CSV has no requests without an answer; they are not counted"));
    if requests.sent() >= MOST {
        recording
            .notes
            .push(note("hey writes 1,000,000 requests at most; the test may have had more"));
    }
    recording.notes.extend(left_out.note(&name, "no time, no duration or other cells"));
    let clock = if began.is_some() { Clock::Epoch } else { Clock::Start };
    recording.requests.push(requests.finish(&name, clock, tasks, 1.0)?);
    Ok(recording)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    /// Written after hey's source, version 0.1.4, not recorded: four requests in two seconds, of
    /// which one failed.
    const SAMPLE: &str = include_str!("sample.csv");

    fn read(name: &str, csv: &str) -> Result<Recording, Fault> {
        super::read(Text::open(name, csv.as_bytes()).unwrap(), &Mapping::default())
    }

    fn level(name: &str, csv: &str, from: f64) -> Level {
        assert!(is(csv.as_bytes()), "{csv}");
        let log = read(name, csv).unwrap().requests.remove(0);
        let times = log.times(2.0);
        assert_eq!(times, [Tick::from_seconds(from).unwrap()], "{csv}");
        log.sample(&times, 2.0)[0].0
    }

    #[test]
    fn times_count_from_the_start_or_from_what_the_name_tells() {
        for csv in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n")] {
            let level = level("hey.csv", &csv, 0.0);
            assert_eq!((level.demand, level.errors, level.completed), (2.0, 0.25, 1.5));
            assert!((level.mean - 0.05).abs() < 0.001, "{level:?}");
        }
        let dated = level("20261126T080000Z-2tasks.hey.csv", SAMPLE, 1_795_680_000.0);
        assert_eq!((dated.tasks, dated.demand), (2.0, 2.0));
    }

    #[test]
    fn a_status_that_is_not_written_leaves_errors_unknown() {
        let csv = "response-time,Response-delay,offset\n0.05,0.01,0.1\n0.05,0.01,1.1\n";
        let level = level("hey.csv", csv, 0.0);
        assert_eq!(level.demand, 1.0);
        assert!(level.errors.is_nan());
    }

    #[test]
    fn what_has_no_request_is_told() {
        let header = SAMPLE.lines().next().unwrap();
        for row in [
            "",
            "0.05,0,0,0,0,0,200",
            "NaN,0,0,0,0,0,200,0.1",
            "0.05,0,0,0,0,0,200,inf",
            "0.05,0,0,0,0,0,200,-1",
            "-1,0,0,0,0,0,200,1",
            "1e300,0,0,0,0,0,200,1",
            "\u{0},0,0,0,0,0,200,\u{1}",
            "0.05,0,0,0,0,0,200,1e300",
            "a,b,c,d,e,f,g,h",
        ] {
            let fault = read("hey.csv", &format!("{header}\n{row}\n")).unwrap_err().to_string();
            assert!(fault.contains("has no request"), "{row}: {fault}");
        }
        let old = SAMPLE.replace(",status-code,offset", "");
        assert!(is(old.as_bytes()));
        let fault = read("hey.csv", &old).unwrap_err().to_string();
        assert!(fault.contains("use hey 0.1.3 or later"), "{fault}");
    }

    #[test]
    fn a_row_that_is_cut_off_is_counted() {
        let notes =
            read("hey.csv", SAMPLE.trim_end().trim_end_matches(|c| c != ',')).unwrap().notes;
        assert!(format!("{notes:?}").contains("1 row is left out"), "{notes:?}");
    }
}
