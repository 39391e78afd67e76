//! Any file that is read as an answer of GetMetricData, alone and joined to a load.
#![no_main]

use fuzz::hold;
use libfuzzer_sys::fuzz_target;
use load_test::{Format, Mapping, read_as};

const LOAD: &[u8] = b"time,tasks,rps\n1795688100,2,100\n1795688110,2,200\n1795688120,4,200\n";

fuzz_target!(|data: &[u8]| {
    let mapping = Mapping::default();
    let Ok(metrics) = read_as(Format::GetMetricData, "metrics.json", data, &mapping) else { return };
    let load = read_as(Format::Csv, "load.csv", LOAD, &mapping).expect("the load is one");
    for recording in [metrics.clone(), load.join(metrics)] {
        hold(Ok(recording));
    }
});
