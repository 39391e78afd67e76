//! Any request to the simulated region, in any protocol, answered by the region and by its input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use region::live::Live;
use region::protocol::Request;
use region::region::{Region, Settings};
use region::wiring::Wiring;
use time::OffsetDateTime;

type Fuzzed<'a> = (bool, bool, Option<&'a str>, Option<&'a str>, &'a [u8]);

fuzz_target!(|request: Fuzzed<'_>| {
    let (cbor, query_mode, target, encoding, body) = request;
    let path = if cbor { "/service/GraniteServiceVersion20100801/operation/DescribeAlarms" } else { "/" };
    let request = Request { path, target, encoding, query_mode, trace: target, body };
    let began = OffsetDateTime::UNIX_EPOCH;
    let live = Live::new(Region::new(Wiring::default(), Settings::default(), 1, began), began);
    for echoed in [false, true] {
        let answer = live.answer(&request, |region, now, call| match echoed {
            true => Ok(call.input.clone()),
            false => region.answer(now, call),
        });
        assert!((200..600).contains(&answer.status));
    }
});
