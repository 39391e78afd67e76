//! Whatever is given for the CSV of CloudWatch's console.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::Console], "metrics", data));
