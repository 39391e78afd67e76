//! Any file that is read as results of JMeter.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

fuzz_target!(|data: &[u8]| read_each(&[Format::Jmeter], "2tasks.jtl", data));
