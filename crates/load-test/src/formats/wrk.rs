//! The text of wrk and wrk2, with `--latency`.

use super::summed::{self, Summed};
use crate::level::Level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(b"Running ")
}

pub(super) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, |bytes| parse(&String::from_utf8_lossy(bytes)))
}

/// Reads it line by line; what is not known is left out, as both print more than is needed.
fn parse(text: &str) -> Result<Summed, String> {
    let mut level = Level::UNKNOWN;
    let (mut requests, mut seconds, mut failed, mut unsent) = (None, None, 0.0, 0.0);
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["Latency", mean, _, _, ..] => set(&mut level.mean, span(mean)),
            [percent, value] if percent.ends_with('%') => {
                let at = percent.trim_end_matches('%').parse::<f64>().ok();
                set_percentile(&mut level, at.map(|at| at / 100.0), span(value));
            }
            // wrk2's spectrum: milliseconds, the share that took no longer, and how many that is.
            [value, share, _, _] if line.starts_with(' ') => {
                let milliseconds = value.parse::<f64>().ok();
                set_percentile(&mut level, share.parse().ok(), milliseconds.map(|ms| ms / 1e3));
            }
            [count, "requests", "in", time, ..] => {
                requests = count.parse::<f64>().ok();
                seconds = span(time.trim_end_matches(','));
            }
            ["Socket", "errors:", rest @ ..] => {
                let counts =
                    rest.iter().filter_map(|word| word.trim_end_matches(',').parse::<f64>().ok());
                unsent = counts.sum();
            }
            ["Non-2xx", .., count] => failed = count.parse().unwrap_or_default(),
            _ => {}
        }
    }
    let (Some(requests), Some(seconds)) = (requests, seconds) else {
        return Err(
            "is not what wrk or wrk2 writes: a line as `N requests in T` has to be there".into()
        );
    };
    // wrk counts the answers; what broke on the way is beside them.
    let sent = requests + unsent;
    level.demand = sent / seconds;
    level.errors = (failed + unsent) / sent;
    level.completed = (requests - failed).max(0.0) / seconds;
    Ok(Summed { level, seconds })
}

/// wrk2 may print a second distribution, which is not corrected for its own waiting: the first
/// counts.
fn set(of: &mut f64, value: Option<f64>) {
    if let Some(value) = value.filter(|_| of.is_nan()) {
        *of = value;
    }
}

/// The spectrum steps over the percentiles: the next above is taken.
fn set_percentile(level: &mut Level, share: Option<f64>, value: Option<f64>) {
    match share {
        Some(0.50..0.55) => set(&mut level.p50, value),
        Some(0.95..0.96) => set(&mut level.p95, value),
        Some(0.99..0.995) => set(&mut level.p99, value),
        _ => {}
    }
}

/// A time as wrk writes it, `1.50ms`, in seconds.
fn span(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text.strip_prefix(digits)? {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    digits.parse::<f64>().ok().filter(|number| number.is_finite()).map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrk_tells_three_percentiles_and_what_failed() {
        let text = "Running 10s test @ http://localhost/\n  2 threads and 10 connections\n  \
            Thread Stats   Avg      Stdev     Max   +/- Stdev\n    \
            Latency    20.00ms    5.00ms 900.00us   80.00%\n    \
            Req/Sec   100.00     10.00   200.00     70.00%\n  Latency Distribution\n     \
            50%   10.00ms\n     75%   25.00ms\n     90%    1.20s\n     99%    1.50m\n  \
            900 requests in 10.00s, 1.00MB read\n  \
            Socket errors: connect 0, read 60, write 0, timeout 40\n  \
            Non-2xx or 3xx responses: 100\nRequests/sec:     90.00\n";
        let Summed { level, seconds } = parse(text).unwrap();
        assert_eq!(seconds, 10.0);
        assert_eq!((level.mean, level.p50, level.p99), (0.02, 0.01, 90.0));
        assert!(level.p95.is_nan());
        assert_eq!((level.demand, level.errors, level.completed), (100.0, 0.2, 80.0));
    }

    #[test]
    fn wrk2_tells_the_95th_too_and_only_the_corrected_count() {
        let text = "Running 10s test @ http://localhost/\n  \
            Thread calibration: mean lat.: 1.464ms, rate sampling interval: 10ms\n    \
            Latency     2.00ms  706.00us  12.92ms   68.59%\n  \
            Latency Distribution (HdrHistogram - Recorded Latency)\n 50.000%    1.40ms\n \
            75.000%    1.85ms\n 99.000%    3.00ms\n\n  Detailed Percentile spectrum:\n       \
            Value   Percentile   TotalCount 1/(1-Percentile)\n\n       \
            2.600     0.943750        93786        17.78\n       \
            2.700     0.953125        94417        20.00\n       \
            2.800     0.956250        95016        22.86\n  \
            Latency Distribution (HdrHistogram - Uncorrected Latency)\n 50.000%    0.40ms\n  \
            1000 requests in 10.00s, 1.00MB read\nRequests/sec:    100.00\n";
        let level = parse(text).unwrap().level;
        assert_eq!((level.mean, level.p50), (0.002, 0.0014));
        assert!((level.p95 - 0.0027).abs() < 1e-9 && (level.p99 - 0.003).abs() < 1e-9);
    }

    #[test]
    fn anything_else_is_told() {
        for text in ["", "requests in", "x requests in y", "5 requests in 5"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
