//! k6 v1.3: `output/json/wrapper.go`, `output/csv/output.go` and
//! `internal/js/summary-wrapper.js` of <https://github.com/grafana/k6>.

use serde_json::json;

use super::{File, Sums, URL, by_level, one, rfc3339};
use crate::log::{Log, Request};

/// A request's points, with the value of each.
fn points(request: &Request) -> [(&'static str, f64); 4] {
    [
        ("http_reqs", 1.0),
        ("http_req_duration", 1e3 * request.took),
        ("http_req_waiting", 1e3 * request.took - 0.1),
        ("http_req_failed", f64::from(u8::from(request.failed()))),
    ]
}

pub(super) fn json(log: &Log) -> Vec<File> {
    let mut text = String::new();
    for (name, kind, contains) in [
        ("http_reqs", "counter", "default"),
        ("http_req_duration", "trend", "time"),
        ("http_req_waiting", "trend", "time"),
        ("http_req_failed", "rate", "default"),
    ] {
        text.push_str(&format!(
            r#"{{"type":"Metric","data":{{"name":"{name}","type":"{kind}","contains":"{contains}","thresholds":[],"submetrics":null}},"metric":"{name}"}}"#
        ));
        text.push('\n');
    }
    for request in log.ended() {
        let (time, status, expected) = (rfc3339(request.end()), request.status, !request.failed());
        for (name, value) in points(&request) {
            text.push_str(&format!(
                r#"{{"metric":"{name}","type":"Point","data":{{"time":"{time}","value":{value},"tags":{{"expected_response":"{expected}","group":"","method":"GET","name":"{URL}","proto":"HTTP/1.1","scenario":"levels","status":"{status}","url":"{URL}"}}}}}}"#
            ));
            text.push('\n');
        }
    }
    one("k6.json", text)
}

/// k6 writes whole seconds.
pub(super) fn csv(log: &Log) -> Vec<File> {
    let mut text = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,\
                    group,method,name,proto,scenario,service,status,subproto,tls_version,url,\
                    extra_tags,metadata\n"
        .to_owned();
    for request in log.ended() {
        let (time, status, expected) = (request.end().floor(), request.status, !request.failed());
        let code = if request.failed() { format!("1{status}") } else { String::new() };
        for (name, value) in points(&request) {
            text.push_str(&format!(
                "{name},{time},{value:.6},,,{code},{expected},,GET,{URL},HTTP/1.1,levels,,{status},,,{URL},,\n"
            ));
        }
    }
    one("k6.csv", text)
}

/// `--summary-export`. k6 waits for the last answer, and its rates are those until then.
pub(super) fn summary(log: &Log) -> Vec<File> {
    by_level(log, "k6-summary.json", |level| {
        let sums = Sums::of(&level.requests);
        let (count, seconds) = (sums.count(), level.last_answer() - level.began);
        let rate = count as f64 / seconds;
        let summary = json!({
            "root_group": {"name": "", "path": "", "groups": {}, "checks": {}},
            "metrics": {
                "http_reqs": {"count": count, "rate": rate},
                "iterations": {"count": count, "rate": rate},
                "http_req_failed": {
                    "passes": sums.failed,
                    "fails": sums.answered(),
                    "value": sums.failed as f64 / count as f64,
                },
                "http_req_duration": {
                    "avg": 1e3 * sums.mean,
                    "min": 1e3 * sums.least(),
                    "med": 1e3 * sums.quantile(0.5),
                    "max": 1e3 * sums.most(),
                    "p(90)": 1e3 * sums.quantile(0.9),
                    "p(95)": 1e3 * sums.quantile(0.95),
                },
                "vus_max": {"value": 100, "min": 100, "max": 100},
            },
        });
        format!("{summary:#}")
    })
}
