//! Any file that is read as an answer of GetMetricStatistics.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::GetMetricStatistics], "metrics", data));
