//! oha 1.10: `src/printer.rs` and `src/result_data.rs` of <https://github.com/hatoo/oha>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{File, Sums, by_level};
use crate::log::{Level, Log};

/// The error of requests that were in progress when the level ended.
const CUT_OFF: &str = "aborted due to deadline";

const PERCENTILES: [f64; 9] = [10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99];

/// Requests a second, as oha counts them: with those that were cut off.
fn rate(level: &Level) -> f64 {
    level.requests.len() as f64 / level.seconds
}

/// How many answers there were of each status, and how many requests were cut off.
fn counts(level: &Level, sums: &Sums) -> (BTreeMap<String, usize>, usize) {
    let codes = [("200", sums.answered()), ("503", sums.failed)];
    let codes = codes.into_iter().filter(|(_, count)| *count > 0);
    let codes = codes.map(|(code, count)| (code.to_owned(), count)).collect();
    (codes, level.requests.len() - sums.count())
}

pub(super) fn json(log: &Log) -> Vec<File> {
    by_level(log, "oha.json", |level| {
        let sums = Sums::of(level.in_time());
        let (codes, cut_off) = counts(level, &sums);
        let percentiles: BTreeMap<String, f64> = PERCENTILES
            .iter()
            .map(|percent| (format!("p{percent}"), sums.quantile(percent / 100.0)))
            .collect();
        let histogram: BTreeMap<String, usize> =
            sums.histogram(10).into_iter().map(|(end, count)| (end.to_string(), count)).collect();
        let errors: BTreeMap<&str, usize> =
            Some((CUT_OFF, cut_off)).filter(|_| cut_off > 0).into_iter().collect();
        let triple = json!({"average": 0.001, "fastest": 0.0005, "slowest": 0.002});
        let rate = rate(level);
        let oha: Value = json!({
            "summary": {
                "successRate": 1.0,
                "total": level.seconds,
                "slowest": sums.most(),
                "fastest": sums.least(),
                "average": sums.mean,
                "requestsPerSec": rate,
                "totalData": 1_532 * sums.count(),
                "sizePerRequest": 1_532,
                "sizePerSec": 1_532.0 * rate,
            },
            "responseTimeHistogram": histogram,
            "latencyPercentiles": percentiles,
            "firstByteHistogram": histogram,
            "firstBytePercentiles": percentiles,
            "rps": {"mean": rate, "stddev": 1.0, "max": 2.0 * rate, "min": 0.5, "percentiles": {}},
            "details": {"DNSDialup": triple, "DNSLookup": triple, "firstByte": triple},
            "statusCodeDistribution": codes,
            "errorDistribution": errors,
        });
        format!("{oha:#}")
    })
}

/// With `--no-color`. Times are in the unit that suits the slowest request.
pub(super) fn text(log: &Log) -> Vec<File> {
    by_level(log, "oha.txt", |level| {
        let sums = Sums::of(level.in_time());
        let (codes, cut_off) = counts(level, &sums);
        let (unit, scale) = if sums.most() > 1.0 { ("sec", 1.0) } else { ("ms", 1e3) };
        let time = |seconds: f64| format!("{:.4} {unit}", scale * seconds);
        let rate = rate(level);
        let mut text = format!(
            "Summary:\n  Success rate:\t100.00%\n  Total:\t{}\n  Slowest:\t{}\n  Fastest:\t{}\n  \
             Average:\t{}\n  Requests/sec:\t{rate:.4}\n\n  Total data:\t{:.2} MiB\n  \
             Size/request:\t1.50 KiB\n  Size/sec:\t{:.2} KiB\n\nResponse time histogram:\n",
            time(level.seconds),
            time(sums.most()),
            time(sums.least()),
            time(sums.mean),
            1.5 * sums.count() as f64 / 1_024.0,
            1.5 * rate,
        );
        let histogram = sums.histogram(10);
        let most = histogram.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        for (end, count) in histogram {
            let bar = "■".repeat(32 * count / most);
            text.push_str(&format!("  {:>7.3} {unit} [{count}] |{bar}\n", scale * end));
        }
        text.push_str("\nResponse time distribution:\n");
        for percent in PERCENTILES {
            text.push_str(&format!(
                "  {percent:.2}% in {}\n",
                time(sums.quantile(percent / 100.0))
            ));
        }
        let dialup = [0.001, 0.0005, 0.002].map(time).join(", ");
        text.push_str(&format!(
            "\n\nDetails (average, fastest, slowest):\n  DNS+dialup:\t{dialup}\n  \
             DNS-lookup:\t{dialup}\n\nStatus code distribution:\n"
        ));
        for (code, count) in codes {
            text.push_str(&format!("  [{code}] {count} responses\n"));
        }
        if cut_off > 0 {
            text.push_str(&format!("\nError distribution:\n  [{cut_off}] {CUT_OFF}\n"));
        }
        text
    })
}
