//! What is read from a tag is what would be written to it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::memory::Remembered;

fuzz_target!(|text: &str| {
    if let Ok(remembered) = text.parse::<Remembered>() {
        assert_eq!(remembered.to_string().parse(), Ok(remembered));
        let _ = remembered.last.until();
    }
});
