//! Any request to the simulated region, in any protocol.
#![no_main]

use libfuzzer_sys::fuzz_target;
use region::protocol::{Protocol, Request};

fuzz_target!(|request: (bool, Option<&str>, &[u8])| {
    let (cbor, target, body) = request;
    let path = if cbor { "/service/GraniteServiceVersion20100801/operation/DescribeAlarms" } else { "/" };
    let request = Request { path, target, body };
    let protocol = Protocol::of(&request);
    match protocol.read(&request) {
        Ok(call) => {
            let _ = protocol.write(call.api, &call.operation, Ok(call.input));
        }
        Err(error) => {
            let _ = protocol.write_unread(error);
        }
    }
});
