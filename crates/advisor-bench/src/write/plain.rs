//! Values separated by commas, under names that show their meaning.

use super::{File, Sums, one};
use crate::log::{Log, Request};

/// Seconds of a row.
const STEP: f64 = 60.0;

/// A row for each minute. With rows of a second or ten, percentiles of few requests are averaged,
/// and an average of percentiles is too low.
pub(super) fn csv(log: &Log) -> Vec<File> {
    let began = log.began();
    let rows = (log.seconds() / STEP) as usize;
    let mut sent: Vec<Vec<Request>> = vec![Vec::new(); rows];
    let mut completed = vec![0_usize; rows];
    let row = |time: f64| ((time - began) / STEP) as usize;
    for request in log.requests() {
        if let Some(sent) = sent.get_mut(row(request.sent)) {
            sent.push(*request);
        }
        if let Some(completed) = completed.get_mut(row(request.end())) {
            *completed += usize::from(!request.failed());
        }
    }
    let mut text = "time,demand,latency_mean_s,latency_p50_s,latency_p95_s,latency_p99_s,errors,\
                    completed\n"
        .to_owned();
    for (index, (sent, completed)) in sent.iter().zip(completed).enumerate() {
        let sums = Sums::of(sent);
        let known = |value: f64| if sent.is_empty() { String::new() } else { value.to_string() };
        let cells = [
            (began + STEP * index as f64).to_string(),
            (sent.len() as f64 / STEP).to_string(),
            known(sums.mean),
            known(sums.quantile(0.5)),
            known(sums.quantile(0.95)),
            known(sums.quantile(0.99)),
            known(sums.failed as f64 / sums.count().max(1) as f64),
            (completed as f64 / STEP).to_string(),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    one("load.csv", text)
}
