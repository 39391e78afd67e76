//! What hey writes at the end of a level.
//!
//! After hey 0.1.4 and later (<https://github.com/rakyll/hey/blob/8985827/requester/print.go>,
//! `report.go` beside it). The sample is written after that source.

use crate::formats::distribution::{Distribution, after_beginning, cut};
use crate::formats::outcomes::Outcomes;
use crate::formats::summed::{self, Summed};
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

/// As many answers as hey keeps (`maxRes`). Of those that follow it counts no status, and its
/// average is the sum of all over these.
const KEPT: f64 = 1e6;

/// oha's text is of the same form and begins with its success rate.
pub(in crate::formats) fn is(head: &[u8]) -> bool {
    after_beginning(head).is_some_and(|line| line.starts_with("Total:"))
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(bytes: &[u8]) -> Result<Summed, String> {
    let mut text = Distribution::of(bytes, None);
    text.summed("hey")?;
    let requests = text.requests().unwrap_or_default();
    let Outcomes { unanswered, good, refused, .. } = text.outcomes;
    if text.counts(f64::INFINITY) {
        return text.summed("hey");
    }
    if good + refused < KEPT {
        return Err(cut("hey", text.outcomes.sum(), requests));
    }
    // The statuses of the rest are taken for those of the first million.
    let more = (requests - unanswered) / (good + refused);
    text.mean = None;
    text.outcomes = Outcomes { good: good * more, refused: refused * more, ..text.outcomes };
    let mut summed = text.summed("hey")?;
    summed.notes.push(
        "hey keeps a million answers: statuses and percentiles are theirs, and its average is \
         wrong and left out"
            .to_owned(),
    );
    Ok(summed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("sample.txt");

    #[test]
    fn answers_errors_and_percentiles_are_read() {
        let Summed { level, seconds, .. } = parse(SAMPLE.as_bytes()).unwrap();
        assert_eq!(seconds, 20.0);
        assert_eq!((level.demand, level.completed, level.errors), (50.0, 40.0, 0.2));
        assert_eq!([level.mean, level.p50, level.p95, level.p99], [0.05, 0.04, 0.09, 0.2]);
        let windows = SAMPLE.replace('\n', "\r\n");
        assert_eq!(parse(windows.as_bytes()).unwrap().level.errors, 0.2);
    }

    #[test]
    fn without_an_answer_there_is_no_latency() {
        let text = "Summary:\n  Total:\t10.0000 secs\n  Slowest:\t0.0000 secs\n  \
            Fastest:\t0.0000 secs\n  Average:\tNaN secs\n  Requests/sec:\t10.0000\n\n\
            Latency distribution:\n\nStatus code distribution:\n\n\
            Error distribution:\n  [100]\tGet \"http://a/?q=%!a(MISSING)\": EOF\n";
        let level = parse(text.as_bytes()).unwrap().level;
        assert!(level.mean.is_nan() && level.p50.is_nan());
        assert_eq!((level.demand, level.errors, level.completed), (10.0, 1.0, 0.0));
    }

    #[test]
    fn percentiles_that_few_requests_do_not_have_are_unknown() {
        let text = SAMPLE.replace("99% in 0.2000 secs", "0% in 0.0000 secs");
        assert!(parse(text.as_bytes()).unwrap().level.p99.is_nan());
    }

    #[test]
    fn of_more_than_a_million_answers_the_average_is_unknown() {
        let text = SAMPLE
            .replace("Requests/sec:\t50.0000", "Requests/sec:\t100050.0000")
            .replace("800 responses", "800000 responses")
            .replace("150 responses", "200000 responses")
            .replace("[50]", "[1000]");
        let Summed { level, notes, .. } = parse(text.as_bytes()).unwrap();
        assert!((level.demand - 100_050.0).abs() < 0.01, "{}", level.demand);
        assert!((level.completed - 80_000.0).abs() < 0.01, "{}", level.completed);
        assert!(level.mean.is_nan() && level.p95 == 0.09 && notes.len() == 1);
    }

    #[test]
    fn a_text_without_its_end_is_cut_off() {
        let end = SAMPLE.find("[50]").unwrap() + 3;
        for at in (0..end).filter(|at| SAMPLE.is_char_boundary(*at)) {
            let fault = parse(&SAMPLE.as_bytes()[..at]).err().unwrap_or_default();
            assert!(fault.contains("is cut off") && fault.contains("hey"), "{at}: {fault}");
        }
    }

    #[test]
    fn hey_and_oha_are_not_mistaken_for_one_another() {
        let oha = include_str!("../oha/sample.txt").as_bytes();
        let hey = SAMPLE.trim_start().as_bytes();
        assert!(is(hey) && !super::super::super::oha::text::is(hey));
        assert!(!is(oha) && super::super::super::oha::text::is(oha));
        assert!(!is(b"Summary:\n") && !is(b"a,b\n1,2\n") && !is(b""));
    }
}
