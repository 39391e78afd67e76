//! A turn is read whole, or what is wrong with it is named.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tick::Turn;

fuzz_target!(|data: &[u8]| {
    let Ok(message) = serde_json::from_slice(data) else { return };
    match Turn::read(&message) {
        Some(Ok(turn)) => {
            let sent = serde_json::from_str(&turn.body()).expect("a turn is JSON");
            let back = Turn::read(&sent).expect("a turn is a turn").expect("it is sound");
            assert_eq!(back.lane, turn.lane);
        }
        Some(Err(malformed)) => assert!(!malformed.to_string().is_empty()),
        None => {}
    }
});
