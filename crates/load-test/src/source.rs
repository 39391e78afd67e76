//! Bytes of a file that may be anything: of any length, packed, or no text at all.

use std::io::{BufRead, BufReader, Chain, Cursor, Read};

use crate::said::{Fault, brief_file};

/// As long as a line may be.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;

/// As large as a document may be that is read as a whole.
const LARGEST_DOCUMENT: u64 = 64 * 1024 * 1024;

/// A file's text, of which the beginning is known.
pub(crate) struct Text<R> {
    name: String,
    head: Vec<u8>,
    bytes: Bytes<R>,
}

pub(crate) type Bytes<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

impl<R: Read> Text<R> {
    /// # Errors
    /// If it cannot be read, or is no text.
    pub(crate) fn open(name: &str, mut source: R) -> Result<Self, Fault> {
        let name = brief_file(name);
        let mut head = Vec::new();
        if let Err(error) = (&mut source).take(LONGEST_LINE as u64).read_to_end(&mut head) {
            return Err(Fault::new(name, format!("cannot be read: {error}")));
        }
        let packed = head.starts_with(&[0x1f, 0x8b])
            || head.starts_with(b"PK\x03\x04")
            || head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        if packed {
            return Err(Fault::new(name, "it is packed; unpack it first"));
        }
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(Fault::new(name, "it is UTF-16; save it as UTF-8"));
        }
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            head.drain(..3);
        }
        let bytes = Cursor::new(head.clone()).chain(source);
        Ok(Self { name, head, bytes: BufReader::with_capacity(LONGEST_LINE, bytes) })
    }

    /// The file's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What stands at the beginning, or all if it is short.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.name.as_str(), what)
    }

    /// The next line, without its end; `None` after the last.
    ///
    /// # Errors
    /// If it cannot be read, or is too long.
    pub(crate) fn line<'a>(&mut self, line: &'a mut Vec<u8>) -> Result<Option<&'a [u8]>, Fault> {
        line.clear();
        match (&mut self.bytes).take(LONGEST_LINE as u64).read_until(b'\n', line) {
            Err(error) => Err(self.fault(format!("cannot be read: {error}"))),
            Ok(0) => Ok(None),
            Ok(LONGEST_LINE) if line.last() != Some(&b'\n') => {
                Err(self.fault(format!("has a line of more than {LONGEST_LINE} bytes")))
            }
            Ok(_) => Ok(Some(line.trim_ascii())),
        }
    }

    /// All of it, byte by byte.
    pub(crate) fn into_bytes(self) -> Bytes<R> {
        self.bytes
    }

    /// All of it.
    ///
    /// # Errors
    /// If it cannot be read, or is too large to be read as a whole.
    pub(crate) fn whole(mut self) -> Result<Vec<u8>, Fault> {
        let mut all = Vec::new();
        match (&mut self.bytes).take(LARGEST_DOCUMENT + 1).read_to_end(&mut all) {
            Err(error) => Err(self.fault(format!("cannot be read: {error}"))),
            Ok(_) if all.len() as u64 > LARGEST_DOCUMENT => Err(self.fault(format!(
                "is larger than {} MiB; take a longer period or a shorter time",
                LARGEST_DOCUMENT >> 20
            ))),
            Ok(_) => Ok(all),
        }
    }
}
