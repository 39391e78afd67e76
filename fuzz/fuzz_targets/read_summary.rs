//! Any file that is read as the summary of a load level, with any file name.
#![no_main]

use load_test::{Format, Mapping, read_as};
use libfuzzer_sys::fuzz_target;

const NAME: &str = "20261126T101500Z-2tasks-100rps.oha.json";

const FORMATS: [Format; 6] = [
    Format::OhaJson,
    Format::OhaText,
    Format::Wrk,
    Format::HeyText,
    Format::VegetaReport,
    Format::K6Summary,
];

fuzz_target!(|named: (&str, &[u8])| {
    let (name, data) = named;
    for (name, format) in [name, NAME].iter().flat_map(|name| FORMATS.map(|format| (*name, format))) {
        match read_as(format, name, data, &Mapping::default()).and_then(|level| level.into_load_test(&Mapping::default())) {
            Ok(reading) => assert!(reading.began.is_some() && !reading.test.is_empty()),
            Err(fault) => assert!(!fault.what.is_empty()),
        }
    }
});
