//! Whatever an invocation brings: every message of it is understood or named.
#![no_main]

use drain::notice;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|event: &[u8]| {
    let Ok(event) = serde_json::from_slice(event) else { return };
    for message in notice::read(&event) {
        if let Err(malformed) = message.notice {
            assert!(!malformed.to_string().is_empty());
        }
    }
});
