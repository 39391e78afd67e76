//! Any file that is read as points of k6.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::K6Json, Format::K6Csv], "2tasks.k6.json", data));
