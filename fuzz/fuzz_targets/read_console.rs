//! Whatever is given for the CSV of CloudWatch's console.
#![no_main]

use libfuzzer_sys::fuzz_target;
use load_test::{Format, MOST_TIMES, Mapping, read_as};

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::default();
    match read_as(Format::Console, "metrics", data, &mapping).and_then(|load| load.into_load_test(&mapping)) {
        Ok(reading) => assert!(reading.test.len() <= MOST_TIMES),
        Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
    }
});
