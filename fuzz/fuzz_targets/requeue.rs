//! A requeue message that is read is written with the same content.
#![no_main]

use libfuzzer_sys::fuzz_target;
use requeue::Requeue;

fuzz_target!(|message: &[u8]| {
    let Ok(message) = serde_json::from_slice(message) else { return };
    let Some(Ok(requeue)) = Requeue::read(&message) else { return };
    let again = serde_json::from_str(&requeue.body()).ok().as_ref().and_then(Requeue::read);
    assert!(again.is_some_and(|again| again.is_ok_and(|again| again == requeue)));
    assert_eq!(requeue.id().len(), 64);
});
