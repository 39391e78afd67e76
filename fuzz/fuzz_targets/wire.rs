//! Whatever is sent to the region as a request, by either protocol.
#![no_main]

use libfuzzer_sys::fuzz_target;
use region::wire;

fuzz_target!(|request: (Option<&str>, &[u8])| {
    let (target, body) = request;
    match wire::read(target, body) {
        Ok(call) => {
            let _ = wire::write(call.api, &call.operation, Ok(call.input));
        }
        Err(error) => {
            let _ = wire::write_unread(target, error);
        }
    }
});
