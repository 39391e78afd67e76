//! Whatever comes back as a tick: one that is read is written alike.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tick::Tick;

fuzz_target!(|message: &[u8]| {
    let Ok(message) = serde_json::from_slice(message) else { return };
    let Some(Ok(tick)) = Tick::read(&message) else { return };
    let again = serde_json::from_str(&tick.body()).ok().as_ref().and_then(Tick::read);
    assert!(again.is_some_and(|again| again.is_ok_and(|again| again == tick)));
    assert_eq!(tick.id().len(), 64);
});
