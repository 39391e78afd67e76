//! Whatever is given for vegeta's requests: rates and shares stay what they can be.
#![no_main]

use load_test::{Format, Mapping, read_as};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for format in [Format::VegetaCsv, Format::VegetaJson] {
        let read = read_as(format, "2tasks.vegeta", data, &Mapping::default());
        match read.and_then(|load| load.into_load_test(&Mapping::default())) {
            Ok(reading) => {
                let test = reading.test;
                assert!(test.demand.iter().all(|demand| demand.is_nan() || *demand >= 0.0));
                assert!(test.errors.iter().flatten().all(|share| !(*share < 0.0 || *share > 1.0)));
            }
            Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
        }
    }
});
