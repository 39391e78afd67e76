//! Any filter on container instances in the simulated region.
#![no_main]

use libfuzzer_sys::fuzz_target;
use region::wiring::Wiring;
use region::api::Api;
use region::region::{Region, Settings};
use serde_json::json;
use time::OffsetDateTime;

fuzz_target!(|filter: &str| {
    let now = OffsetDateTime::UNIX_EPOCH;
    let mut region = Region::new(Wiring::default(), Settings::default(), 1, now);
    let input = json!({"cluster": "default", "filter": filter});
    let _ = region.call(now, Api::Ecs, "ListContainerInstances", &input);
});
