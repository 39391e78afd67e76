//! vegeta 12.13: `lib/results.go` and `lib/metrics.go` of <https://github.com/tsenart/vegeta>.

use serde_json::json;

use super::{File, Sums, URL, by_level, one, rfc3339};
use crate::log::{Log, Request};

fn nanoseconds(seconds: f64) -> i64 {
    (1e6 * seconds).round() as i64 * 1_000
}

/// The error text of a failed request; empty for the others.
const fn error(request: &Request) -> &'static str {
    if request.failed() { "503 Service Unavailable" } else { "" }
}

/// `vegeta encode -to csv`: no header; headers of the answer are left out.
pub(super) fn csv(log: &Log) -> Vec<File> {
    let mut text = String::new();
    for (number, request) in log.ended().iter().enumerate() {
        text.push_str(&format!(
            "{},{},{},0,1532,{},e30=,,{number},GET,{URL},\n",
            nanoseconds(request.sent),
            request.status,
            nanoseconds(request.took),
            error(request),
        ));
    }
    one("vegeta.csv", text)
}

/// `vegeta encode -to json`.
pub(super) fn json(log: &Log) -> Vec<File> {
    let mut text = String::new();
    for (number, request) in log.ended().iter().enumerate() {
        text.push_str(&format!(
            r#"{{"attack":"","seq":{number},"code":{},"timestamp":"{}","latency":{},"bytes_out":0,"bytes_in":1532,"error":"{}","body":"e30=","method":"GET","url":"{URL}","headers":{{"Content-Length":["1532"]}}}}"#,
            request.status,
            rfc3339(request.sent),
            nanoseconds(request.took),
            error(request),
        ));
        text.push('\n');
    }
    one("vegeta.json", text)
}

/// `vegeta report -type=json`, of one level.
pub(super) fn report(log: &Log) -> Vec<File> {
    by_level(log, "vegeta.json", |level| {
        let sums = Sums::of(&level.requests);
        let times = |of: fn(&Request) -> f64| level.requests.iter().map(of);
        let earliest = times(|request| request.sent).fold(f64::INFINITY, f64::min);
        let latest = times(|request| request.sent).fold(0.0, f64::max);
        let end = times(Request::end).fold(0.0, f64::max);
        let count = sums.count() as f64;
        let errors: Vec<&str> =
            if sums.failed > 0 { vec!["503 Service Unavailable"] } else { Vec::new() };
        let mut codes = serde_json::Map::new();
        codes.insert("200".to_owned(), sums.answered().into());
        if sums.failed > 0 {
            codes.insert("503".to_owned(), sums.failed.into());
        }
        let report = json!({
            "latencies": {
                "total": nanoseconds(count * sums.mean),
                "mean": nanoseconds(sums.mean),
                "50th": nanoseconds(sums.quantile(0.5)),
                "90th": nanoseconds(sums.quantile(0.9)),
                "95th": nanoseconds(sums.quantile(0.95)),
                "99th": nanoseconds(sums.quantile(0.99)),
                "max": nanoseconds(sums.most()),
                "min": nanoseconds(sums.least()),
            },
            "bytes_in": {"total": 1_532 * sums.count(), "mean": 1_532},
            "bytes_out": {"total": 0, "mean": 0},
            "earliest": rfc3339(earliest),
            "latest": rfc3339(latest),
            "end": rfc3339(end),
            "duration": nanoseconds(latest - earliest),
            "wait": nanoseconds(end - latest),
            "requests": sums.count(),
            "rate": count / (latest - earliest),
            "throughput": sums.answered() as f64 / (end - earliest),
            "success": sums.answered() as f64 / count,
            "status_codes": codes,
            "errors": errors,
        });
        format!("{report}\n")
    })
}
