//! Any file that is read as requests of vegeta.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::VegetaCsv, Format::VegetaJson], "2tasks.vegeta", data));
