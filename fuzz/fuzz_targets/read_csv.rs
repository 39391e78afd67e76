//! Whatever a load test's CSV is: it becomes a load test, or the fault says of what it is.
#![no_main]

use load_test::{Format, MOST_TIMES, Mapping, read_as};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::default();
    let read = read_as(Format::Csv, "load.csv", data, &mapping).and_then(|load| load.into_load_test(&mapping));
    match read {
        Ok(reading) => {
            let test = reading.test;
            assert!(test.len() <= MOST_TIMES);
            assert!(test.times.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(test.errors.iter().flatten().all(|share| !(*share < 0.0 || *share > 1.0)));
        }
        Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
    }
});
