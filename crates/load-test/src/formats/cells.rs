//! Rows of separated cells, read without taking memory for each.

use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, Terminator};

use crate::clock::Form;
use crate::said::{Fault, Note, counted};
use crate::source::{Bytes, LONGEST_LINE, Text};
use crate::timeline::Tick;

/// As many bytes as a row may have. An unclosed quote makes the rest of a file one row.
const LONGEST_ROW: usize = 1024 * 1024;

/// The rows of a text that are not empty.
pub(super) struct Rows<'a> {
    file: String,
    reader: Reader<Bounded<Bytes<'a>>>,
    row: ByteRecord,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: Text<'a>, separator: u8) -> Self {
        let file = text.name().to_owned();
        let bounded = Bounded { source: text.into_bytes(), read: 0 };
        Self { file, reader: reader(separator).from_reader(bounded), row: ByteRecord::new() }
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.file.as_str(), what)
    }

    /// Goes to the next row that is not empty; `false` after the last.
    ///
    /// # Errors
    /// If it cannot be read or does not end, as where a quote is left open.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        loop {
            self.reader.get_mut().read = 0;
            let line = self.reader.position().line();
            let more = self.reader.read_byte_record(&mut self.row).map_err(|error| {
                self.fault(format!("cannot be read from line {line} on: {error}"))
            })?;
            if !more || self.len() > 1 || !self.cell(0).is_empty() {
                return Ok(more);
            }
        }
    }

    /// The line in which the row begins, from 1, or the first of the empty lines before it.
    pub(super) fn line(&self) -> u64 {
        self.row.position().map_or(0, csv::Position::line)
    }

    pub(super) fn len(&self) -> usize {
        self.row.len()
    }

    /// A cell without its quotes and the spaces around it; empty if there is none.
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        self.row.get(index).map_or(&[], bare)
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.row.iter().map(bare)
    }

    /// The index of the column of a name, in the header that was read last.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.cells().position(|cell| cell.eq_ignore_ascii_case(name.as_bytes()))
    }
}

fn reader(separator: u8) -> ReaderBuilder {
    let mut reader = ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).flexible(true).buffer_capacity(LONGEST_LINE);
    // By its own rule for `\r\n` the line of a row is one too low. A `\r` is trimmed as a space is.
    reader.terminator(Terminator::Any(b'\n'));
    reader
}

/// Ends a row that would not end.
struct Bounded<R> {
    source: R,
    /// Bytes that were read for one row.
    read: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.read > LONGEST_ROW {
            let what = format!("a row of more than {LONGEST_ROW} bytes; is a quote left open?");
            return Err(io::Error::other(what));
        }
        let read = self.source.read(into)?;
        self.read += read;
        Ok(read)
    }
}

/// Without the spaces around it, and the quotes that stand after such a space.
fn bare(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let quoted = cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    quoted.map_or(cell, <[u8]>::trim_ascii)
}

/// What separates the cells of a header, if it has columns of all these names: as JMeter finds it,
/// what follows the first word.
pub(super) fn separator(head: &[u8], names: &[&str]) -> Option<u8> {
    let header = head.split(|byte| *byte == b'\n').next()?;
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut rest = header.iter().skip_while(|byte| **byte == b'"').skip_while(|byte| is_word(byte));
    let separator = *rest.find(|byte| **byte != b'"')?;
    has_columns(head, separator, names).then_some(separator)
}

/// Whether a header has columns of all these names.
pub(super) fn has_columns(head: &[u8], separator: u8, names: &[&str]) -> bool {
    let there = header(head, separator);
    names.iter().all(|name| there.iter().any(|other| other.eq_ignore_ascii_case(name)))
}

/// The cells of the first row.
pub(super) fn header(head: &[u8], separator: u8) -> Vec<String> {
    let first = reader(separator).from_reader(head).into_byte_records().next();
    first.and_then(Result::ok).map_or_else(Vec::new, |row| row.iter().map(bare).map(text).collect())
}

/// A cell as text, whatever bytes it has.
pub(super) fn text(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).into_owned()
}

/// What is left out: how much of it, and where the first stands.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    times: u64,
    first_line: u64,
}

impl LeftOut {
    pub(super) const fn add(&mut self, line: u64) {
        if self.times == 0 {
            self.first_line = line;
        }
        self.times += 1;
    }

    /// The line of the first, if there is one.
    pub(super) fn first_line(&self) -> Option<u64> {
        (self.times > 0).then_some(self.first_line)
    }

    /// Rows of `file`, with what they lack.
    pub(super) fn note(&self, file: &str, lack: &str) -> Option<Note> {
        self.note_of(file, ("row is", "rows are"), &format!("left out, having {lack}"))
    }

    /// Of `file`: what there is of one or more, and why it is left out.
    pub(super) fn note_of(&self, file: &str, of: (&str, &str), why: &str) -> Option<Note> {
        let line = self.first_line()?;
        let times = counted(self.times, of.0, of.1);
        Some(Note::new(file, format!("{times} {why}: first line {line}")))
    }
}

/// A number, as [`f64::from_str`](std::str::FromStr) has it, whatever spaces are around it.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    simple(cell).or_else(|| std::str::from_utf8(cell).ok()?.trim().parse().ok())
}

/// A time of that form.
pub(super) fn tick(form: Form, cell: &[u8]) -> Option<Tick> {
    match form {
        Form::Number { per_second, .. } => Tick::from_seconds(number(cell)? / per_second),
        Form::Date { .. } => form.read(std::str::from_utf8(cell).ok()?),
    }
}

/// A number of so few digits that its fraction is exact: most are. Without this, reading a million
/// rows of CSV takes 1.4 times as long.
fn simple(cell: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if cell.is_empty() || cell.len() > 19 {
        return None;
    }
    let (mut digits, mut whole) = (0_u64, None);
    for (at, byte) in cell.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
            b'.' if whole.is_none() && cell.len() > 1 => whole = Some(at),
            _ => return None,
        }
    }
    let decimals = whole.map_or(0, |whole| cell.len() - 1 - whole);
    // A whole number is rounded once; beyond 2 to the power of 53, a fraction would be twice.
    if decimals > 0 && digits >= 1 << 53 {
        return None;
    }
    Some(digits as f64 / POWERS.get(decimals)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<String>>, Fault> {
        let mut rows = Rows::new(Text::open("a.csv", text.as_bytes())?, b',');
        let mut all = Vec::new();
        while rows.advance()? {
            all.push(rows.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
        }
        Ok(all)
    }

    #[test]
    fn quotes_hold_separators_and_ends_of_lines() {
        let read = rows("a,\"b,\nc\", d \r\n\r\n1,\"say \"\"x,\"\"\",\n").unwrap();
        assert_eq!(read, [vec!["a", "b,\nc", "d"], vec!["1", "say \"x,\"", ""]]);
        assert_eq!(rows("\"a\",\"b\"\r\n").unwrap(), [["a", "b"]]);
    }

    #[test]
    fn a_row_has_the_line_in_which_it_begins() {
        for end in ["\n", "\r\n"] {
            let csv = "a,\"b,\nc\"\n1,2\n3,4".replace('\n', end);
            let mut rows = Rows::new(Text::open("a.csv", csv.as_bytes()).unwrap(), b',');
            let mut lines = Vec::new();
            while rows.advance().unwrap() {
                lines.push(rows.line());
            }
            assert_eq!(lines, [1, 3, 4], "{end:?}");
        }
    }

    #[test]
    fn a_quote_within_a_cell_is_a_byte_as_any() {
        assert_eq!(
            rows("a,3.5\" disk,b\n1,2,3\n").unwrap(),
            [["a", "3.5\" disk", "b"], ["1", "2", "3"]]
        );
    }

    #[test]
    fn a_quote_that_is_left_open_ends_with_the_file_or_is_told() {
        assert_eq!(rows("a,\"b\n1,2\n").unwrap(), [["a", "b\n1,2"]]);
        let endless = format!("a,\"b\n{}", "1,2\n".repeat(LONGEST_ROW));
        let fault = rows(&endless).unwrap_err().to_string();
        assert!(fault.contains("from line 1 on: a row of more than"), "{fault}");
    }

    #[test]
    fn a_row_without_end_is_told() {
        let fault = rows(&"1,".repeat(LONGEST_ROW)).unwrap_err().to_string();
        assert!(fault.contains("a row of more than"), "{fault}");
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_the_standard_library(text in " ?[0-9]{0,17}(\\.[0-9]{0,9})?\u{a0}?|\\PC{0,6}") {
            let told = number(text.as_bytes()).map(f64::to_bits);
            prop_assert_eq!(told, text.trim().parse::<f64>().ok().map(f64::to_bits), "{}", text);
        }
    }
}
