//! The digests that SNS and SQS show: MD5 of what was sent, SHA-256 as a deduplication id.

use md5::{Digest, Md5};
use sha2::Sha256;

use super::attribute::Attributes;

/// A text value, in the digest of attributes.
const TEXT: u8 = 1;

/// `md5OfBody`.
pub(super) fn md5_of_body(body: &str) -> String {
    hex(&Md5::digest(body))
}

/// `md5OfMessageAttributes`; none without attributes.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation>
pub(super) fn md5_of_attributes(attributes: &Attributes) -> Option<String> {
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        for text in [name, &attribute.data_type] {
            put(&mut digest, text);
        }
        digest.update([TEXT]);
        put(&mut digest, &attribute.value);
    }
    (!attributes.is_empty()).then(|| hex(&digest.finalize()))
}

fn put(digest: &mut Md5, text: &str) {
    digest.update(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    digest.update(text);
}

/// The id that content-based deduplication derives from a body.
/// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>
pub(super) fn deduplication_id(body: &str) -> String {
    sha256(body)
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
