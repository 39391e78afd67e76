//! Any file that is read as CSV of hey.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::HeyCsv], "2tasks.hey.csv", data));
