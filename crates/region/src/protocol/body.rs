//! The bodies of requests, which clients may compress: those of the AWS SDK and boto3 compress
//! PutMetricData from 10 KiB on.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::GzDecoder;

/// The largest body, decompressed: more than AWS accepts.
const LARGEST: u64 = 6 * 1024 * 1024;

/// The body of a request, decompressed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn decoded<'a>(encoding: Option<&str>, body: &'a [u8]) -> Result<Cow<'a, [u8]>, String> {
    match encoding {
        None | Some("" | "identity") => Ok(Cow::Borrowed(body)),
        Some("gzip") => {
            let mut whole = Vec::new();
            let read = GzDecoder::new(body).take(LARGEST + 1).read_to_end(&mut whole);
            match read {
                Ok(count) if count as u64 <= LARGEST => Ok(Cow::Owned(whole)),
                Ok(_) => Err(format!("the body has more than {LARGEST} bytes")),
                Err(error) => Err(format!("the body is not gzip: {error}")),
            }
        }
        Some(other) => Err(format!("the simulated region reads no encoding {other}, use gzip")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use std::io::Write as _;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_compressed_body_is_read() {
        for encoding in [None, Some("identity")] {
            assert_eq!(decoded(encoding, b"plain").unwrap(), b"plain".as_slice());
        }
        assert_eq!(decoded(Some("gzip"), &gzip(b"small")).unwrap(), b"small".as_slice());
    }

    #[test]
    fn an_unknown_encoding_or_too_much_is_refused() {
        let bomb = gzip(&vec![0; 6 * 1024 * 1024 + 1]);
        for (encoding, body, error) in [
            ("br", b"x".as_slice(), "the simulated region reads no encoding br, use gzip"),
            ("gzip", b"not compressed", "the body is not gzip: invalid gzip header"),
            ("gzip", &bomb, "the body has more than 6291456 bytes"),
        ] {
            assert_eq!(decoded(Some(encoding), body).unwrap_err(), error);
        }
    }
}
