//! Whatever is given for Locust's history, alone and under its own header.
#![no_main]

use libfuzzer_sys::fuzz_target;
use load_test::{Format, MOST_TIMES, Mapping, read_as};

const HEADER: &[u8] = b"Timestamp,Type,Name,Requests/s,Failures/s,50%,95%,99%,100%,\
Total Request Count,Total Average Response Time\n";

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::default();
    for bytes in [data, &[HEADER, data].concat()] {
        let read = read_as(Format::Locust, "2tasks.csv", bytes, &mapping);
        match read.and_then(|load| load.into_load_test(&mapping)) {
            Ok(reading) => assert!(reading.test.len() <= MOST_TIMES),
            Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
        }
    }
});
