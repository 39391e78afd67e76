//! wrk 4.2 and wrk2: `src/wrk.c` and `src/units.c` of <https://github.com/wg/wrk> and
//! <https://github.com/giltene/wrk2>, `src/hdr_histogram.c` of the latter.

use super::{File, Sums, URL, by_level};
use crate::log::{Level, Log};

/// A time in the largest unit of which it is about one.
fn time(seconds: f64) -> String {
    match seconds {
        _ if seconds >= 51.0 => format!("{:.2}m", seconds / 60.0),
        _ if seconds >= 1.0 => format!("{seconds:.2}s"),
        _ if seconds >= 0.85e-3 => format!("{:.2}ms", 1e3 * seconds),
        _ => format!("{:.2}us", 1e6 * seconds),
    }
}

fn begin(level: &Level, sums: &Sums, calibrated: bool) -> String {
    let minutes = level.seconds / 60.0;
    let mut text = format!("Running {minutes:.0}m test @ {URL}\n  2 threads and 100 connections\n");
    if calibrated {
        for _ in 0..2 {
            let mean = 1e3 * sums.mean;
            text.push_str(&format!(
                "  Thread calibration: mean lat.: {mean:.3}ms, rate sampling interval: {:.0}ms\n",
                (2e3 * sums.quantile(0.9)).max(10.0)
            ));
        }
    }
    let rate = sums.count() as f64 / level.seconds / 2.0;
    text.push_str(&format!(
        "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency {:>10}{:>11}{:>10}   \
         70.00%\n    Req/Sec {rate:>8.2}   {:>8.2}  {:>8.2}     70.00%\n",
        time(sums.mean),
        time(sums.deviation),
        time(sums.most()),
        rate.sqrt(),
        2.0 * rate,
    ));
    text
}

fn end(level: &Level, sums: &Sums) -> String {
    let count = sums.count();
    let mut text = format!(
        "  {count} requests in {}, {:.2}MB read\n",
        time(level.seconds),
        1_532.0 * count as f64 / 1_048_576.0
    );
    if sums.failed > 0 {
        text.push_str(&format!("  Non-2xx or 3xx responses: {}\n", sums.failed));
    }
    let rate = count as f64 / level.seconds;
    text.push_str(&format!(
        "Requests/sec: {rate:>9.2}\nTransfer/sec: {:>10}B\n",
        format!("{:.2}K", 1.496 * rate)
    ));
    text
}

/// With `--latency`.
pub(super) fn wrk(log: &Log) -> Vec<File> {
    by_level(log, "wrk.txt", |level| {
        let sums = Sums::of(level.in_time());
        let mut text = begin(level, &sums, false);
        text.push_str("  Latency Distribution\n");
        for percent in [50, 75, 90, 99] {
            let value = time(sums.quantile(f64::from(percent) / 100.0));
            text.push_str(&format!("{percent:>6}%{value:>10}\n"));
        }
        text + &end(level, &sums)
    })
}

/// With `--latency`: five steps of the spectrum halve what is left above them.
pub(super) fn wrk2(log: &Log) -> Vec<File> {
    by_level(log, "wrk2.txt", |level| {
        let sums = Sums::of(level.in_time());
        let mut text = begin(level, &sums, true);
        text.push_str("  Latency Distribution (HdrHistogram - Recorded Latency)\n");
        for percent in [50.0, 75.0, 90.0, 99.0, 99.9, 99.99, 99.999, 100.0] {
            let value = time(sums.quantile(percent / 100.0));
            text.push_str(&format!("{percent:>7.3}%{value:>10}\n"));
        }
        text.push_str(
            "\n  Detailed Percentile spectrum:\n       Value   Percentile   TotalCount \
             1/(1-Percentile)\n\n",
        );
        let count = sums.count() as f64;
        let halves = (0..12).map(|half| 0.5_f64.powi(half));
        let steps = halves
            .flat_map(|left| (0..5).map(move |step| 1.0 - left * (1.0 - f64::from(step) / 10.0)));
        for share in steps {
            text.push_str(&format!(
                "{:>12.3} {share:>12.6} {:>12.0} {:>12.2}\n",
                1e3 * sums.quantile(share),
                (share * count).ceil().max(1.0),
                1.0 / (1.0 - share)
            ));
        }
        text.push_str(&format!(
            "{:>12.3} {:>12.6} {count:>12} {:>12}\n#[Mean    = {:>12.3}, StdDeviation   = \
             {:>12.3}]\n#[Max     = {:>12.3}, Total count    = {count:>12}]\n#[Buckets = {:>12}, \
             SubBuckets     = {:>12}]\n{}\n",
            1e3 * sums.most(),
            1.0,
            "inf",
            1e3 * sums.mean,
            1e3 * sums.deviation,
            1e3 * sums.most(),
            27,
            2_048,
            "-".repeat(58),
        ));
        text + &end(level, &sums)
    })
}
