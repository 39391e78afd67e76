//! What oha writes at the end of a level, as text, if its output is not a terminal.
//!
//! After oha 1.15.0 (<https://github.com/hatoo/oha/blob/b8cd846/src/printer.rs>,
//! `print_summary`). Before 0.6 its response times are a `Latency distribution`, before 1.5 all
//! times are in `secs`, and before 1.6 a file may have colors. The sample is written after that
//! source.

use super::CUT_OFF;
use crate::formats::distribution::{Distribution, after_beginning, cut};
use crate::formats::summed::{self, Summed};
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    after_beginning(head).is_some_and(|line| line.starts_with("Success rate:"))
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    summed::read(text, parse)
}

fn parse(bytes: &[u8]) -> Result<Summed, String> {
    let text = Distribution::of(bytes, Some(CUT_OFF));
    let summed = text.summed("oha")?;
    let requests = text.requests().unwrap_or_default();
    if !text.counts(f64::INFINITY) {
        return Err(cut("oha", text.outcomes.sum(), requests));
    }
    Ok(summed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("sample.txt");

    #[test]
    fn the_text_says_what_the_json_does() {
        let Summed { level, seconds, .. } = parse(SAMPLE.as_bytes()).unwrap();
        assert_eq!(seconds, 20.0);
        assert_eq!((level.demand, level.completed, level.errors), (50.0, 40.0, 0.2));
        for (time, expected) in
            [(level.mean, 0.05), (level.p50, 0.04), (level.p95, 0.09), (level.p99, 0.2)]
        {
            assert!((time - expected).abs() < 1e-9, "{time}");
        }
    }

    #[test]
    fn older_versions_are_read_with_their_units_names_and_colors() {
        let old = SAMPLE
            .replace("Response time distribution:", "Latency distribution:")
            .replace(" ms", " secs")
            .replace("20000.0000", "20.0000")
            .replace("  95.00% in 90.0000", "  95% in 0.0900")
            .replace("Summary:", "\u{1b}[1m\u{1b}[4mSummary:\u{1b}[0m");
        assert!(is(old.as_bytes()));
        assert_eq!(parse(old.as_bytes()).unwrap().level.p95, 0.09);
    }

    #[test]
    fn without_an_answer_there_is_no_latency() {
        let text = "Summary:\n  Success rate:\t0.00%\n  Total:\t10000000000.0000 ns\n  \
            Slowest:\t-inf ns\n  Fastest:\tinf ns\n  Average:\tNaN ns\n  Requests/sec:\t10.0000\n\n\
            Response time distribution:\n  50.00% in NaN ns\n\nStatus code distribution:\n\n\
            Error distribution:\n  [100] connection refused\n";
        let level = parse(text.as_bytes()).unwrap().level;
        assert!(level.mean.is_nan() && level.p50.is_nan());
        assert_eq!((level.demand, level.errors, level.completed), (10.0, 1.0, 0.0));
    }

    #[test]
    fn a_text_without_its_end_is_cut_off() {
        let starts = SAMPLE.find("Summary").unwrap()..;
        for at in starts.step_by(16).take_while(|at| at + 1 < SAMPLE.len()) {
            let fault = parse(&SAMPLE.as_bytes()[..at]).err();
            let counted = at > SAMPLE.find("aborted due").unwrap();
            assert!(counted || fault.as_ref().is_some_and(|what| what.contains("cut off")), "{at}");
        }
        let twice = format!("{SAMPLE}{SAMPLE}");
        assert!(parse(twice.as_bytes()).err().unwrap().contains("2 summaries of oha"));
    }
}
