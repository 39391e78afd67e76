//! Checks on any load test, in any format.

use load_test::{Fault, Format, MOST_TIMES, Mapping, Recording, read_as};

/// Reads `data` as a file of each format.
///
/// # Panics
/// If the result is neither a valid load test nor a fault that names its source.
pub fn read_each(formats: &[Format], name: &str, data: &[u8]) {
    for format in formats {
        hold(read_as(*format, name, data, &Mapping::default()));
    }
}

/// Builds a load test from what was read, and checks it.
///
/// # Panics
/// If it is not a valid load test, or if the fault does not name its source.
pub fn hold(read: Result<Recording, Fault>) {
    match read.and_then(|recording| recording.into_load_test(&Mapping::default())) {
        Ok(reading) => {
            let test = reading.test;
            assert!(test.len() <= MOST_TIMES);
            assert!(test.times.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(test.demand.iter().all(|demand| demand.is_nan() || *demand >= 0.0));
            assert!(test.errors.iter().flatten().all(|share| !(*share < 0.0 || *share > 1.0)));
            let metrics = test.metrics.iter().map(|metric| &metric.values);
            assert!(metrics.chain([&test.tasks]).all(|series| series.len() == test.len()));
        }
        Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
    }
}
