//! A drain record that is parsed from an attribute value formats to a record that parses to the
//! same.
#![no_main]

use drain::drain_record::DrainRecord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &str| {
    let Ok(drain_record) = value.parse::<DrainRecord>() else { return };
    let written = drain_record.to_string();
    assert_eq!(written.parse(), Ok(drain_record), "{written}");
});
