//! Every message of any event to auto-drain is read, or reported as malformed.
#![no_main]

use drain::notification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|event: &[u8]| {
    let Ok(event) = serde_json::from_slice(event) else { return };
    for message in notification::read(&event) {
        if let Err(malformed) = message.notification {
            assert!(!malformed.to_string().is_empty());
        }
    }
});
