//! A load test as comma-separated values.

mod header;
mod rows;

use self::header::Header;
pub(super) use self::header::separator;
use self::rows::Rows;
use crate::formats::{cells, writers};
use crate::mapping::Mapping;
use crate::said::{Fault, Guess};
use crate::source::Text;
use crate::table::Recording;

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
/// If the header is missing, if not exactly one column has the times, if none of the rows has a
/// time, if most rows do not match the header, or if numbers have decimal commas.
pub(super) fn read(text: Text<'_>, mapping: &Mapping) -> Result<Recording, Fault> {
    let name = text.name().to_owned();
    if let Some(other) = other(text.head()) {
        let what = format!("is {other}, and of no format that is read: {}", writers());
        return Err(Fault::new(name, what));
    }
    let separator = separator(text.head());
    let mut records = cells::Rows::new(text, separator);
    if !records.advance()? {
        return Err(Fault::new(name.as_str(), "is empty; a header and rows have to be there"));
    }
    let mut rows = Rows::new(&name, Header::read(&name, &records, mapping)?);
    while records.advance()? {
        rows.add(&records)?;
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
