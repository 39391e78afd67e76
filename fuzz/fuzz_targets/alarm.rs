//! Every message to alarm-scaling is read, skipped or reported as malformed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::alarm::{Evaluation, read};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some((value, _)) = Evaluation::read(text).and_then(|evaluation| evaluation.newest()) {
        assert!(value.is_finite());
    }
    let Ok(event) = serde_json::from_str(text) else { return };
    for message in read(&event) {
        if let Err(malformed) = message.notification {
            assert!(!malformed.to_string().is_empty());
        }
    }
});
