//! Any pattern of EventBridge, SNS and Lambda, on any event.
#![no_main]

use libfuzzer_sys::fuzz_target;
use region::wiring::{FilterPolicy, Pattern};
use serde_json::Value;

fuzz_target!(|texts: (&str, &str)| {
    let (pattern, event) = texts;
    let Ok(pattern) = serde_json::from_str::<Value>(pattern) else { return };
    let event = serde_json::from_str(event).unwrap_or(Value::Null);
    for read in [Pattern::of_rule(&pattern), Pattern::of_mapping(&pattern)] {
        match read {
            Ok(pattern) => assert!(event.is_object() || !pattern.matches(&event)),
            Err(refusal) => assert!(!refusal.message.is_empty()),
        }
    }
    for read in [FilterPolicy::on_attributes(&pattern), FilterPolicy::on_body(&pattern)] {
        if let Ok(FilterPolicy::Attributes(pattern) | FilterPolicy::Body(pattern)) = read {
            pattern.matches(&event);
        }
    }
});
