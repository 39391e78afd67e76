//! A file's text, however it is packed and encoded, and of any length.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;
use flate2::read::MultiGzDecoder;

use crate::said::{Fault, brief_file};

/// As long as a line may be.
pub(crate) const LONGEST_LINE: usize = 64 * 1024;

/// As large as a document may be that is read as a whole.
const LARGEST_DOCUMENT: u64 = 64 * 1024 * 1024;

/// As many bytes as show how a file is packed.
const MAGIC: u64 = 4;

/// What begins a file that gzip packed. k6 does so if its output's name ends with `.gz`.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// What begins files that other programs packed: zip, zstd, bzip2, xz.
const PACKED: [&[u8]; 4] =
    [b"PK\x03\x04", &[0x28, 0xb5, 0x2f, 0xfd], b"BZh", &[0xfd, b'7', b'z', b'X']];

/// A file's text, of which the beginning is known: unpacked, as UTF-8 and without a byte-order
/// mark.
pub(crate) struct Text<'a> {
    path: String,
    name: String,
    head: Vec<u8>,
    bytes: Bytes<'a>,
}

pub(crate) type Bytes<'a> = BufReader<Box<dyn Read + 'a>>;

impl<'a> Text<'a> {
    /// # Errors
    /// If it cannot be read, or is packed by something else than gzip.
    pub(crate) fn open(path: &str, source: impl Read + 'a) -> Result<Self, Fault> {
        let name = brief_file(path);
        let unread = |error| Fault::new(name.as_str(), format!("cannot be read: {error}"));
        let (magic, mut source) = begun(Box::new(source), MAGIC).map_err(unread)?;
        if PACKED.iter().any(|packed| magic.starts_with(packed)) {
            return Err(Fault::new(name, "it is packed; unpack it first"));
        }
        if magic.starts_with(GZIP) {
            source = Box::new(MultiGzDecoder::new(source));
        }
        let (start, source) = begun(source, 2).map_err(unread)?;
        let untold = match start.as_slice() {
            [0, _] => Some(UTF_16BE),
            [_, 0] => Some(UTF_16LE),
            _ => None,
        };
        let decoded = DecodeReaderBytesBuilder::new()
            .encoding(untold)
            .utf8_passthru(true)
            .strip_bom(true)
            .bom_override(true)
            .build(source);
        let (head, source) = begun(Box::new(decoded), LONGEST_LINE as u64).map_err(unread)?;
        let bytes = BufReader::with_capacity(LONGEST_LINE, source);
        Ok(Self { path: path.to_owned(), name, head, bytes })
    }

    /// The file's name, in part if it is long.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All of the file's name.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What stands at the beginning, or all if it is short.
    pub(crate) fn head(&self) -> &[u8] {
        &self.head
    }

    pub(crate) fn fault(&self, what: impl Into<String>) -> Fault {
        Fault::new(self.name.as_str(), what)
    }

    /// The next line, without its end and the spaces around it; `None` after the last.
    ///
    /// # Errors
    /// If it cannot be read, or is too long.
    pub(crate) fn line<'l>(&mut self, line: &'l mut Vec<u8>) -> Result<Option<&'l [u8]>, Fault> {
        line.clear();
        match (&mut self.bytes).take(LONGEST_LINE as u64).read_until(b'\n', line) {
            Err(error) => Err(self.unread(&error)),
            Ok(0) => Ok(None),
            Ok(read) if read >= LONGEST_LINE && line.last() != Some(&b'\n') => {
                Err(self.fault(format!("has a line of more than {LONGEST_LINE} bytes")))
            }
            Ok(_) => Ok(Some(line.trim_ascii())),
        }
    }

    /// The beginning of the next line, which may be longer than others may be; `None` after the
    /// last.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn line_start<'l>(
        &mut self,
        line: &'l mut Vec<u8>,
    ) -> Result<Option<&'l [u8]>, Fault> {
        line.clear();
        match (&mut self.bytes).take(LONGEST_LINE as u64).read_until(b'\n', line) {
            Err(error) => return Err(self.unread(&error)),
            Ok(0) => return Ok(None),
            Ok(_) if line.last() != Some(&b'\n') => {
                self.bytes.skip_until(b'\n').map_err(|error| self.unread(&error))?;
            }
            Ok(_) => {}
        }
        Ok(Some(line.trim_ascii()))
    }

    /// What follows.
    pub(crate) fn into_bytes(self) -> Bytes<'a> {
        self.bytes
    }

    fn unread(&self, error: &io::Error) -> Fault {
        self.fault(format!("cannot be read: {error}"))
    }

    /// All of it.
    ///
    /// # Errors
    /// If it cannot be read, or is too large to be read as a whole.
    pub(crate) fn whole(mut self) -> Result<Vec<u8>, Fault> {
        let mut all = Vec::new();
        match (&mut self.bytes).take(LARGEST_DOCUMENT + 1).read_to_end(&mut all) {
            Err(error) => Err(self.unread(&error)),
            Ok(_) if all.len() as u64 > LARGEST_DOCUMENT => Err(self.fault(format!(
                "is larger than {} MiB; take a longer period or a shorter time",
                LARGEST_DOCUMENT >> 20
            ))),
            Ok(_) => Ok(all),
        }
    }
}

/// The first bytes, and all of them again.
fn begun<'a>(
    mut source: Box<dyn Read + 'a>,
    bytes: u64,
) -> std::io::Result<(Vec<u8>, Box<dyn Read + 'a>)> {
    let mut head = Vec::new();
    (&mut source).take(bytes).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(Cursor::new(head).chain(source))))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const TEXT: &str = "time,tasks\n0,2\n";

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn utf16(mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = mark.then_some(0xfeff_u16);
        mark.into_iter().chain(TEXT.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn a_text_is_the_same_however_it_is_packed_and_encoded() {
        let marked = [&[0xef, 0xbb, 0xbf], TEXT.as_bytes()].concat();
        for bytes in [
            TEXT.as_bytes().to_vec(),
            packed(TEXT.as_bytes()),
            [packed(&TEXT.as_bytes()[..4]), packed(&TEXT.as_bytes()[4..])].concat(),
            packed(&marked),
            marked,
            utf16(true, u16::to_le_bytes),
            utf16(true, u16::to_be_bytes),
            utf16(false, u16::to_le_bytes),
            utf16(false, u16::to_be_bytes),
        ] {
            let text = Text::open("a.csv", &bytes[..]).unwrap();
            assert_eq!(text.head(), TEXT.as_bytes(), "{bytes:?}");
            assert_eq!(text.whole().unwrap(), TEXT.as_bytes());
        }
    }

    #[test]
    fn what_cannot_be_unpacked_is_told() {
        let told = |bytes: &[u8]| match Text::open("a.csv", bytes).and_then(Text::whole) {
            Ok(_) => String::new(),
            Err(fault) => fault.to_string(),
        };
        assert!(told(b"PK\x03\x04...").contains("unpack it first"));
        let packed = packed(TEXT.as_bytes());
        assert!(told(&packed[..packed.len() - 9]).contains("cannot be read"));
    }
}
