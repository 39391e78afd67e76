//! Any file that is read as stats history of Locust, with and without its header.
#![no_main]

use fuzz::read_each;
use libfuzzer_sys::fuzz_target;
use load_test::Format;

const HEADER: &[u8] = b"Timestamp,Type,Name,Requests/s,Failures/s,50%,95%,99%,100%,\
Total Request Count,Total Average Response Time\n";

fuzz_target!(|data: &[u8]| {
    for bytes in [data, &[HEADER, data].concat()] {
        read_each(&[Format::Locust], "2tasks.csv", bytes);
    }
});
