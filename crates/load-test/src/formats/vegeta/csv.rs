//! What `vegeta encode -to csv` writes: a row for each request, without a header.

use super::Hits;
use crate::formats::cells;
use crate::level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// The cells that are read, and those that every version writes after them.
const CELLS: usize = 5;

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let cells: Vec<&[u8]> = cells(line).collect();
    let is_number = |cell: &&[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
    // Nanoseconds since 1970, from 1973 on.
    let [sent, status, ..] = cells[..] else { return false };
    sent.len() >= 18 && status.len() <= 3 && cells.len() == CELLS && cells.iter().all(is_number)
}

/// Those that stand before a body, none of which is quoted.
fn cells(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| *byte == b',').take(CELLS)
}

/// Reads the rows that `vegeta encode -to csv` of vegeta 12.13.0 writes, and of those before it
/// (`NewCSVEncoder` in <https://github.com/tsenart/vegeta/blob/v12.13.0/lib/results.go>): when the
/// request was sent, in nanoseconds since 1970, its status, how many nanoseconds it took, and
/// more. What stands after these may be long, as the body does, and is not read.
///
/// # Errors
/// If it has no request.
pub(in crate::formats) fn read(mut text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let mut hits = Hits::default();
    let (mut line, mut number) = (Vec::new(), 0);
    while let Some(line) = text.line_start(&mut line)? {
        number += 1;
        if line.is_empty() {
            continue;
        }
        let mut cells = cells(line).map(cells::number);
        let [sent, status, took] = [(); 3].map(|()| cells.next().flatten());
        let seconds = |nanoseconds: Option<f64>| nanoseconds.map(|number| number / 1e9);
        hits.add(number, seconds(sent), seconds(took), status);
    }
    hits.finish(text.name(), level::tasks(text.path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::vegeta::tests::{dense, level_of};

    /// Written after vegeta's source, version 12.13.0, not recorded: four requests in two seconds,
    /// one of which failed and one had no answer.
    const SAMPLE: &str = include_str!("sample.csv");

    fn read(csv: &str) -> Result<Recording, Fault> {
        let text = Text::open("20261126T080000Z-2tasks.vegeta.csv", csv.as_bytes()).unwrap();
        super::read(text, &Mapping::default())
    }

    #[test]
    fn a_sample_is_read() {
        for csv in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n"), dense(SAMPLE, 5)] {
            assert!(is(csv.as_bytes()), "{csv}");
            level_of(read(&csv).unwrap());
        }
    }

    #[test]
    fn a_long_body_does_not_matter() {
        let body = "QUJD".repeat(100_000);
        level_of(read(&SAMPLE.replace("b2sK", &body)).unwrap());
    }

    #[test]
    fn what_has_no_request_is_told() {
        for csv in [
            "",
            "\n",
            "time,status\n",
            "1795680000100000000,200\n",
            "NaN,200,50000000,1,1\n",
            "1795680000100000000,200,-5,1,1\n",
            "1795680000100000000,200,inf,1,1\n",
            "5,200,50000000,1,1\n",
            "\u{0},\u{1},\u{2},,\n",
        ] {
            let fault = read(csv).unwrap_err().to_string();
            assert!(fault.contains("has no request"), "{csv:?}: {fault}");
        }
        for head in ["1,2,3,4,5", "1795680000100000000,200", "time,tasks", ""] {
            assert!(!is(head.as_bytes()), "{head}");
        }
    }

    #[test]
    fn lines_that_are_no_request_are_counted() {
        let notes = read(&format!("{SAMPLE}continued,\"\n17956800")).unwrap().notes;
        assert!(format!("{notes:?}").contains("2 rows are left out"), "{notes:?}");
    }
}
