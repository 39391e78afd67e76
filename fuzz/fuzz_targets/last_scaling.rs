//! A tag value that is parsed formats to a value that parses to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scaling::memory::Remembered;

fuzz_target!(|text: &str| {
    if let Ok(remembered) = text.parse::<Remembered>() {
        assert_eq!(remembered.to_string().parse(), Ok(remembered));
        let _ = remembered.last.until();
    }
});
