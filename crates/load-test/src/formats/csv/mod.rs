//! A load test as comma-separated values.

mod header;
mod rows;

use std::cell::Cell as Shared;
use std::io::{self, Read};

use ::csv::{ByteRecord, ReaderBuilder};

use self::header::Header;
pub(super) use self::header::separator;
use self::rows::Rows;
use crate::formats::READ;
use crate::mapping::Mapping;
use crate::said::{Fault, Guess};
use crate::source::{self, Text};
use crate::table::Recording;

/// As many bytes as are read for one row. An unclosed quote makes the rest of the file one.
const LONGEST_ROW: u64 = 1024 * 1024;

/// Any text that no other reader knows.
pub(super) const fn is(_: &[u8]) -> bool {
    true
}

/// Reads comma-, semicolon- or tab-separated values with a header. One column has the times: of
/// RFC 3339 or alike, in seconds or a fraction of them since 1970, or since the start. Rows may
/// stand in any order; those of one time are averaged. However many there are, memory for
/// [`crate::MOST_TIMES`] of them is taken.
///
/// # Errors
/// If there is no header, no column of times or more than one, no row that has a time, if most
/// rows do not match the header, or numbers have decimal commas.
pub(super) fn read(text: Text<'_>, mapping: &Mapping) -> Result<Recording, Fault> {
    let name = text.name().to_owned();
    if let Some(other) = other(text.head()) {
        let what = format!("is {other}, and of no format that is read: {READ}");
        return Err(Fault::new(name, what));
    }
    let separator = separator(text.head());
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(source::LONGEST_LINE)
        .from_reader(Bounded::new(text.into_bytes()));
    let unread =
        |error: ::csv::Error| Fault::new(name.as_str(), format!("cannot be read: {error}"));

    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(unread)? {
        return Err(Fault::new(name.as_str(), "is empty; a header and rows have to be there"));
    }
    let mut rows = Rows::new(&name, Header::read(&name, &record, mapping)?);
    while reader.read_byte_record(&mut record).map_err(unread)? {
        reader.get_ref().row_ended();
        rows.add(record.position().map_or(0, ::csv::Position::line), &record)?;
    }
    let mut recording = rows.finish()?;
    if separator != b',' {
        let word = if separator == b'\t' { "tabs" } else { "semicolons" };
        recording.guesses.insert(0, Guess::new(name, format!("is separated by {word}")));
    }
    Ok(recording)
}

/// What else than separated values a file is, by its beginning.
fn other(head: &[u8]) -> Option<&'static str> {
    let head = head.trim_ascii_start();
    match head.first() {
        Some(b'{' | b'[') => Some("JSON"),
        Some(b'<') => Some("XML or HTML"),
        _ if head.starts_with(b"PAR1") => Some("Parquet"),
        _ if head.contains(&0) => Some("binary"),
        _ => None,
    }
}

/// Ends a row that would not end.
pub(super) struct Bounded<R> {
    source: R,
    /// Bytes since the last row's end.
    since: Shared<u64>,
}

impl<R> Bounded<R> {
    pub(super) const fn new(source: R) -> Self {
        Self { source, since: Shared::new(0) }
    }

    pub(super) fn row_ended(&self) {
        self.since.set(0);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > LONGEST_ROW {
            let what = format!("a row of more than {LONGEST_ROW} bytes; is a quote left open?");
            return Err(io::Error::other(what));
        }
        let read = self.source.read(into)?;
        self.since.set(self.since.get().saturating_add(read as u64));
        Ok(read)
    }
}
