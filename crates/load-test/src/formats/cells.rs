//! Rows of separated cells, read without taking memory for each.

use crate::clock::Form;
use crate::said::{Fault, Note, counted};
use crate::source::Text;
use crate::timeline::Tick;

/// As many bytes as a row may have. An unclosed quote makes the rest of a file one row.
const LONGEST_ROW: usize = 1024 * 1024;

/// The most cells of a row that are read.
const MOST_CELLS: usize = 512;

/// The rows of a text.
pub(super) struct Rows<'a> {
    text: Text<'a>,
    separator: u8,
    row: Vec<u8>,
    cells: Cells,
    lines: u64,
    first_line: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: Text<'a>, separator: u8) -> Self {
        let (row, cells) = (Vec::new(), Cells::default());
        Self { text, separator, row, cells, lines: 0, first_line: 0 }
    }

    pub(super) const fn text(&self) -> &Text<'a> {
        &self.text
    }

    /// Goes to the next row that is not empty; `false` after the last.
    ///
    /// # Errors
    /// If it cannot be read, or a quote is left open.
    pub(super) fn advance(&mut self) -> Result<bool, Fault> {
        loop {
            self.row.clear();
            self.first_line = self.lines + 1;
            if !self.append()? {
                return Ok(false);
            }
            let mut whole = self.cells.split(line(&self.row), self.separator, MOST_CELLS);
            // A cell in quotes may have ends of lines.
            while !whole {
                if self.row.len() >= LONGEST_ROW {
                    let what = format!(
                        "line {}: a row of more than {LONGEST_ROW} bytes; is a quote left open?",
                        self.first_line
                    );
                    return Err(self.text.fault(what));
                }
                if !self.append()? {
                    self.cells.close();
                    break;
                }
                whole = self.cells.go_on(line(&self.row), self.separator, MOST_CELLS);
            }
            if !line(&self.row).is_empty() {
                return Ok(true);
            }
        }
    }

    fn append(&mut self) -> Result<bool, Fault> {
        self.lines += 1;
        self.text.append(&mut self.row, LONGEST_ROW)
    }

    /// The line in which the row begins, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.first_line
    }

    pub(super) const fn len(&self) -> usize {
        self.cells.ranges.len()
    }

    /// A cell without its quotes and the spaces around it; empty if there is none.
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        self.cells.of(&self.row, index)
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// The index of the column of a name, in the header that was read last.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.cells().position(|cell| cell.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// Where the cells of a row begin and end.
#[derive(Debug, Default)]
pub(super) struct Cells {
    ranges: Vec<(usize, usize)>,
    /// Where the cell begins that is being read.
    from: usize,
    /// As far as the row was read.
    to: usize,
    /// Whether that cell began with a quote.
    opened: bool,
    /// Whether it is within quotes.
    quoted: bool,
}

impl Cells {
    /// Finds the cells of a row, or the first so many; `false` if a quote is left open.
    pub(super) fn split(&mut self, row: &[u8], separator: u8, most: usize) -> bool {
        self.ranges.clear();
        (self.from, self.to, self.opened, self.quoted) = (0, 0, false, false);
        self.go_on(row, separator, most)
    }

    /// Goes on where the row was left with a quote open, as it is longer now.
    fn go_on(&mut self, row: &[u8], separator: u8, most: usize) -> bool {
        for (at, byte) in row.iter().enumerate().skip(self.to) {
            if *byte == separator && !self.quoted {
                self.ranges.push((self.from, at));
                if self.ranges.len() >= most {
                    return true;
                }
                (self.from, self.opened) = (at + 1, false);
            } else if *byte == b'"' {
                // Within quotes one that is doubled closes and opens them; in other cells it is
                // a byte as any.
                self.opened |= at == self.from;
                self.quoted = self.opened && !self.quoted;
            }
        }
        self.to = row.len();
        if !self.quoted {
            self.ranges.push((self.from, row.len()));
        }
        !self.quoted
    }

    /// Takes what follows an open quote for one cell.
    fn close(&mut self) {
        self.ranges.push((self.from, self.to));
    }

    /// A cell of the row that was split last.
    pub(super) fn of<'r>(&self, row: &'r [u8], index: usize) -> &'r [u8] {
        let range = self.ranges.get(index).map(|(from, to)| *from..*to);
        let cell = range.and_then(|range| row.get(range)).unwrap_or_default();
        if let (Some(b'!'..=b'~'), Some(b'#'..=b'~')) = (cell.last(), cell.first()) {
            return cell;
        }
        let cell = cell.trim_ascii();
        let quoted = cell.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        quoted.map_or(cell, <[u8]>::trim_ascii)
    }
}

/// What separates the cells of a header, if it has columns of all these names: as JMeter finds it,
/// what follows the first word.
pub(super) fn separator(head: &[u8], names: &[&str]) -> Option<u8> {
    let header = line(head.split_inclusive(|byte| *byte == b'\n').next()?);
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

/// The cells of the first line.
pub(super) fn header(head: &[u8], separator: u8) -> Vec<String> {
    let header = line(head.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default());
    let mut cells = Cells::default();
    cells.split(header, separator, MOST_CELLS);
    (0..cells.ranges.len()).map(|at| text(cells.of(header, at))).collect()
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

/// A line without its end.
fn line(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// A number, as [`f64::from_str`](std::str::FromStr) has it.
pub(super) fn number(cell: &[u8]) -> Option<f64> {
    simple(cell).or_else(|| std::str::from_utf8(cell).ok()?.parse().ok())
}

/// A time of that form.
pub(super) fn tick(form: Form, cell: &[u8]) -> Option<Tick> {
    match form {
        Form::Number { per_second, .. } => Tick::from_seconds(number(cell)? / per_second),
        Form::Date { .. } => form.read(std::str::from_utf8(cell).ok()?),
    }
}

/// A number of so few digits that its fraction is exact: most are, and they are read faster.
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
        assert_eq!(read, [vec!["a", "b,\nc", "d"], vec!["1", "say \"\"x,\"\"", ""]]);
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
        assert_eq!(rows("a,\"b\n1,2\n").unwrap(), [vec!["a", "\"b\n1,2"]]);
        let endless = format!("a,\"b\n{}", "1,2\n".repeat(LONGEST_ROW));
        assert!(rows(&endless).unwrap_err().to_string().contains("line 1: a row of more than"));
    }

    #[test]
    fn a_row_without_end_is_told() {
        let fault = rows(&"1,".repeat(LONGEST_ROW)).unwrap_err().to_string();
        assert!(fault.contains("has a line of more than"), "{fault}");
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_the_standard_library(text in "[0-9]{0,17}(\\.[0-9]{0,9})?|\\PC{0,6}") {
            let told = number(text.as_bytes()).map(f64::to_bits);
            prop_assert_eq!(told, text.parse::<f64>().ok().map(f64::to_bits), "{}", text);
        }
    }
}
