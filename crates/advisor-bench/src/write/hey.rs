//! hey 0.1.4: `requester/print.go` and `requester/report.go` of <https://github.com/rakyll/hey>.

use super::{File, Sums, by_level};
use crate::log::Log;

/// `-o csv`, of one level: a row for each answer, with the seconds since the start at which it was
/// asked for.
pub(super) fn csv(log: &Log) -> Vec<File> {
    by_level(log, "hey.csv", |level| {
        let mut text = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,\
                        status-code,offset"
            .to_owned();
        for request in level.ended() {
            text.push_str(&format!(
                "\n{:.4},0.0000,0.0000,0.0000,{:.4},0.0001,{},{:.4}",
                request.took,
                (request.took - 0.0001).max(0.0),
                request.status,
                request.sent - level.began,
            ));
        }
        text
    })
}

pub(super) fn text(log: &Log) -> Vec<File> {
    by_level(log, "hey.txt", |level| {
        let sums = Sums::of(&level.requests);
        let seconds = level.last_answer() - level.began;
        let mut text = format!(
            "\nSummary:\n  Total:\t{seconds:.4} secs\n  Slowest:\t{:.4} secs\n  \
             Fastest:\t{:.4} secs\n  Average:\t{:.4} secs\n  Requests/sec:\t{:.4}\n  \n  \
             Total data:\t{} bytes\n  Size/request:\t1532 bytes\n\nResponse time histogram:\n",
            sums.most(),
            sums.least(),
            sums.mean,
            sums.count() as f64 / seconds,
            1_532 * sums.count(),
        );
        let histogram = sums.histogram(10);
        let most = histogram.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        for (end, count) in histogram {
            let bar = "■".repeat((40 * count + most / 2) / most);
            text.push_str(&format!("  {end:.3} [{count}]\t|{bar}\n"));
        }
        text.push_str("\n\nLatency distribution:\n");
        for percent in [10, 25, 50, 75, 90, 95, 99] {
            let value = sums.quantile(f64::from(percent) / 100.0);
            text.push_str(&format!("  {percent}% in {value:.4} secs\n"));
        }
        text.push_str("\nDetails (average, fastest, slowest):\n");
        for part in ["DNS+dialup", "DNS-lookup", "req write", "resp wait", "resp read"] {
            text.push_str(&format!("  {part}:\t0.0001 secs, 0.0002 secs, 0.0000 secs\n"));
        }
        text.push_str(&format!(
            "\nStatus code distribution:\n  [200]\t{} responses\n",
            sums.answered()
        ));
        if sums.failed > 0 {
            text.push_str(&format!("  [503]\t{} responses\n", sums.failed));
        }
        text + "\n\n\n"
    })
}
