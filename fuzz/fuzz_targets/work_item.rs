//! A work item is read completely, or the error is not empty.
#![no_main]

use libfuzzer_sys::fuzz_target;
use requeue::WorkItem;

fuzz_target!(|data: &[u8]| {
    let Ok(message) = serde_json::from_slice(data) else { return };
    match WorkItem::read(&message) {
        Some(Ok(work_item)) => {
            let sent = serde_json::from_str(&work_item.body()).expect("a work item is JSON");
            let back = WorkItem::read(&sent).expect("it has a work item").expect("it is sound");
            assert_eq!(back.serialization_key, work_item.serialization_key);
        }
        Some(Err(malformed)) => assert!(!malformed.to_string().is_empty()),
        None => {}
    }
});
