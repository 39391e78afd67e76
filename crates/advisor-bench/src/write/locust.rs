//! Locust 2.46: `locust/stats.py` of <https://github.com/locustio/locust>.

use std::collections::BTreeMap;

use super::{File, one};
use crate::log::{Log, Request};

const SHARES: [(f64, &str); 11] = [
    (0.5, "50%"),
    (0.66, "66%"),
    (0.75, "75%"),
    (0.8, "80%"),
    (0.9, "90%"),
    (0.95, "95%"),
    (0.98, "98%"),
    (0.99, "99%"),
    (0.999, "99.9%"),
    (0.9999, "99.99%"),
    (1.0, "100%"),
];

/// The seconds over which current percentiles are taken.
const WINDOW: usize = 10;

/// Response times in milliseconds, in two digits, and how many there are of each.
#[derive(Clone, Default)]
struct Times(BTreeMap<u64, u64>);

impl Times {
    fn add(&mut self, milliseconds: f64) {
        let unit = match milliseconds {
            _ if milliseconds < 100.0 => 1.0,
            _ if milliseconds < 1_000.0 => 10.0,
            _ if milliseconds < 10_000.0 => 100.0,
            _ => 1_000.0,
        };
        let rounded = ((milliseconds / unit).round_ties_even() * unit) as u64;
        *self.0.entry(rounded).or_default() += 1;
    }

    fn percentiles(&self, count: u64) -> String {
        let percentile = |(share, _): &(f64, &str)| {
            let below = (count as f64 * share) as u64;
            let mut passed = 0;
            let found = self.0.iter().rev().find(|(_, times)| {
                passed += **times;
                count.saturating_sub(passed) <= below
            });
            found.map_or(0, |(time, _)| *time).to_string()
        };
        SHARES.iter().map(percentile).collect::<Vec<_>>().join(",")
    }
}

/// What Locust knows of a second: the requests that ended in it.
#[derive(Clone, Default)]
struct Second {
    ended: u64,
    failed: u64,
    times: Vec<f64>,
}

/// `--csv`: percentiles are those since the start.
pub(super) fn history(log: &Log) -> Vec<File> {
    one("locust_stats_history.csv", write(log, false))
}

/// `--csv --csv-full-history`: a row for each endpoint too, and percentiles are those of the last
/// ten seconds.
pub(super) fn full_history(log: &Log) -> Vec<File> {
    one("locust_stats_history.csv", write(log, true))
}

fn write(log: &Log, full: bool) -> String {
    let percents = SHARES.map(|(_, percent)| percent).join(",");
    let mut text = format!(
        "Timestamp,User Count,Type,Name,Requests/s,Failures/s,{percents},Total Request Count,\
         Total Failure Count,Total Median Response Time,Total Average Response Time,\
         Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n"
    );
    let began = log.began();
    let mut seconds = vec![Second::default(); log.seconds() as usize];
    for request in log.requests() {
        note(&mut seconds, began, request);
    }
    let (mut all, mut count, mut failed, mut sum) = (Times::default(), 0, 0, 0.0);
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    for now in 0..seconds.len() {
        let of = |range: std::ops::Range<usize>| seconds.get(range).unwrap_or_default();
        for second in of(now..now + 1) {
            count += second.ended;
            failed += second.failed;
            for time in &second.times {
                all.add(*time);
                sum += time;
                (least, most) = (least.min(*time), most.max(*time));
            }
        }
        let percentiles = if count == 0 {
            SHARES.map(|_| "N/A").join(",")
        } else if full {
            let mut current = Times::default();
            let last = of(now.saturating_sub(WINDOW - 1)..now + 1);
            last.iter().flat_map(|second| &second.times).for_each(|time| current.add(*time));
            current.percentiles(last.iter().map(|second| second.ended).sum())
        } else {
            all.percentiles(count)
        };
        // The last two seconds may not be complete, and are left out.
        let slice = of(now.saturating_sub(12)..now.saturating_sub(2));
        let rate = |of: fn(&Second) -> u64| {
            slice.iter().map(of).sum::<u64>() as f64 / slice.len().max(1) as f64
        };
        let (rate, failures) = (rate(|second| second.ended), rate(|second| second.failed));
        let mean = if count > 0 { sum / count as f64 } else { 0.0 };
        let median = all.percentiles(count).split(',').next().unwrap_or_default().to_owned();
        let least = if count > 0 { least } else { 0.0 };
        let names: &[&str] = if full { &["GET,/items", ",Aggregated"] } else { &[",Aggregated"] };
        for name in names {
            text.push_str(&format!(
                "{:.0},100,{name},{rate:.6},{failures:.6},{percentiles},{count},{failed},{median},\
                 {mean},{least},{most},1532.0\r\n",
                began + 1.0 + now as f64,
            ));
        }
    }
    text
}

fn note(seconds: &mut [Second], began: f64, request: &Request) {
    if let Some(second) = seconds.get_mut((request.end() - began) as usize) {
        second.ended += 1;
        second.failed += u64::from(request.failed());
        second.times.push(1e3 * request.took);
    }
}
