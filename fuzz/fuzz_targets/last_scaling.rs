//! What is read from a tag is what would be written to it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::memory::LastScaling;

fuzz_target!(|text: &str| {
    if let Ok(last) = text.parse::<LastScaling>() {
        assert_eq!(last.to_string().parse(), Ok(last));
        let _ = last.until();
    }
});
