//! Every message to alarm-scaling is read, skipped or reported as malformed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::alarm::{newest_complete, read};
use time::PrimitiveDateTime;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(value) = newest_complete(text, PrimitiveDateTime::MAX.assume_utc()) {
        assert!(value.is_finite());
    }
    let Ok(event) = serde_json::from_str(text) else { return };
    for message in read(&event) {
        if let Err(malformed) = message.notification {
            assert!(!malformed.to_string().is_empty());
        }
    }
});
