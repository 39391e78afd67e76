//! Whatever is given for an answer of GetMetricData, alone and joined to a load.
#![no_main]

use load_test::{Mapping, csv, get_metric_data};
use libfuzzer_sys::fuzz_target;

const LOAD: &[u8] = b"time,tasks,rps\n1795688100,2,100\n1795688110,2,200\n1795688120,4,200\n";

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::default();
    let Ok(metrics) = get_metric_data("metrics.json", data) else { return };
    let load = csv("load.csv", LOAD, &mapping).expect("the load is one");
    for recording in [metrics.clone(), load.join(metrics)] {
        match recording.into_load_test(&mapping) {
            Ok(reading) => {
                let test = reading.test;
                let metrics = test.metrics.iter().map(|metric| &metric.values);
                assert!(metrics.chain([&test.tasks]).all(|series| series.len() == test.len()));
            }
            Err(fault) => assert!(!fault.of.is_empty() && !fault.what.is_empty()),
        }
    }
});
