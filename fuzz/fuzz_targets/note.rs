//! Whatever stands in our attribute: a note that is read is written alike.
#![no_main]

use drain::note::Note;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    let Ok(note) = value.parse::<Note>() else { return };
    let written = note.to_string();
    assert_eq!(written.parse(), Ok(note), "{written}");
});
