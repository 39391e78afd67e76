//! What `vegeta encode` writes: a line of JSON for each request.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::Hits;
use crate::clock;
use crate::formats::has;
use crate::level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;
use crate::timeline::Tick;

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let keys = ["\"code\"", "\"timestamp\"", "\"latency\""];
    line.starts_with(b"{") && keys.iter().all(|key| has(line, key))
}

/// Reads the lines that `vegeta encode` of vegeta 12.13.0 writes, and of those before it
/// (`NewJSONEncoder` in <https://github.com/tsenart/vegeta/blob/v12.13.0/lib/results.go>): when
/// the request was sent, its status, how many nanoseconds it took, and more. What stands after
/// these may be long, as the body does, and is not read.
///
/// # Errors
/// If it has no request.
pub(in crate::formats) fn read(mut text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let mut hits = Hits::default();
    let (mut line, mut number) = (Vec::new(), 0);
    while let Some(line) = text.line_start(&mut line)? {
        number += 1;
        if line.is_empty() {
            continue;
        }
        let mut hit = Hit::default();
        // A line that is too long is cut off after what is read, and no JSON then.
        let _ = serde_json::Deserializer::from_slice(line).deserialize_map(&mut hit);
        let took = hit.latency.map(|nanoseconds| nanoseconds / 1e9);
        hits.add(number, hit.sent, took, hit.code);
    }
    hits.finish(text.name(), level::tasks(text.path()))
}

/// What is read of a line.
#[derive(Default)]
struct Hit {
    code: Option<f64>,
    /// Seconds since 1970.
    sent: Option<f64>,
    /// Nanoseconds.
    latency: Option<f64>,
}

impl<'de> Visitor<'de> for &mut Hit {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request of vegeta's")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "code" => self.code = Some(map.next_value()?),
                "latency" => self.latency = Some(map.next_value()?),
                "timestamp" => {
                    let date: Cow<'de, str> = map.next_value()?;
                    self.sent = clock::date(&date).and_then(clock::tick).map(Tick::seconds);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::vegeta::tests::level_of;

    /// Written after vegeta's source, version 12.13.0, not recorded: the requests of `sample.csv`.
    const SAMPLE: &str = include_str!("sample.json");

    fn read(json: &str) -> Result<Recording, Fault> {
        let text = Text::open("20261126T080000Z-2tasks.vegeta.json", json.as_bytes()).unwrap();
        super::read(text, &Mapping::default())
    }

    #[test]
    fn a_sample_is_read() {
        for json in [
            SAMPLE.to_owned(),
            SAMPLE.replace('\n', "\r\n"),
            SAMPLE.replace(",\"method\":\"GET\"", ""),
        ] {
            assert!(is(json.as_bytes()), "{json}");
            level_of(read(&json).unwrap());
        }
    }

    #[test]
    fn a_long_body_does_not_matter() {
        level_of(read(&SAMPLE.replace("b2sK", &"QUJD".repeat(100_000))).unwrap());
    }

    #[test]
    fn what_has_no_request_is_told() {
        let whole = SAMPLE.lines().next().unwrap();
        for json in [
            "",
            "[]",
            "{}",
            "{\"code\":200",
            whole.split_once("latency").unwrap().0,
            &whole.replace("2026-11-", "2026-13-"),
            &whole.replace("\"latency\":", "\"latency\":-"),
            &whole.replace("\"latency\":", "\"latency\":1e300"),
            &whole.replace("\"code\":", "\"code\":null,\"c\":"),
        ] {
            let fault = read(json).unwrap_err().to_string();
            assert!(fault.contains("has no request"), "{json:?}: {fault}");
        }
        assert!(!is(b"{\"latencies\":{},\"rate\":5}"), "a report");
    }

    #[test]
    fn lines_that_are_no_request_are_counted() {
        let notes = read(&format!("{SAMPLE}no JSON\n{{\"attack\":\"")).unwrap().notes;
        assert!(format!("{notes:?}").contains("2 rows are left out"), "{notes:?}");
    }
}
