use advice::advice::{Advice, Missing, Verdict};
use metric_advisor::color::{Color, Paint};
use metric_advisor::terminal::show;
use proptest::prelude::*;

use super::sample;

/// The text for a terminal, with its lines joined.
fn shown(advice: &Advice) -> String {
    show(advice, 80, Paint::PLAIN).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_answer_comes_before_its_evidence() {
    let text = shown(&sample::recommended());
    assert!(
        text.starts_with(
            "Scale on cpu, held at 59.2% (56.3 to 62.1%). One task sustains 86.7 requests/s; above \
             that, p95 latency exceeds 250 ms. At that load, cpu is at 70.6%. The target leaves 17% \
             headroom, enough for a rise of 20% in the 240 s before new tasks serve traffic. The \
             metric is proportional enough for target tracking. Confidence: 97% of 200 resampled \
             tests recommend the same metric."
        ),
        "{text}"
    );
}

#[test]
fn each_metric_has_its_row_and_each_other_one_its_reason() {
    let text = shown(&sample::recommended());
    for row in [
        "cpu 0.98 0.96 -0.95 52% 94.4% recommended",
        "requests in flight per task is suitable: it rises faster than demand",
        "memory does not halve with twice the tasks: 99% remains.",
        "disk bytes does not follow demand (rank correlation 0.31).",
        "0:31:00 0:35:00 2 190/s 95/s 333 ms 0.05% broken",
        "The knee is at 86.7/s (83.6 to 89.8/s) per task.",
    ] {
        assert!(text.contains(row), "{row:?} is not in {text}");
    }
}

#[test]
fn a_metric_that_counts_is_called_by_what_it_is_divided_by() {
    let mut advice = sample::recommended();
    let Verdict::Recommended(recommended) = &mut advice.verdict else {
        panic!("cpu is recommended")
    };
    recommended.metric = "requests in flight".to_owned();
    recommended.index = 1;
    recommended.per_task = true;
    assert!(shown(&advice).starts_with("Scale on requests in flight per task, held at 59.2 ("));
}

#[test]
fn a_metric_that_was_not_seen_with_more_tasks_is_undecided() {
    let text = shown(&sample::not_enough());
    assert!(text.contains("cpu 0.98 0.96 - - - undecided"), "{text}");
    let reason = "- cpu was not recorded at the same demand with another number of tasks.";
    assert!(text.contains(reason), "{text}");
}

#[test]
fn without_a_suitable_metric_it_says_what_to_record_next() {
    let text = shown(&sample::none_suitable());
    assert!(
        text.starts_with("None of these metrics is suitable for scaling. memory does not fall"),
        "{text}"
    );
    assert!(text.contains("- CPUUtilization of the service, average."), "{text}");
}

#[test]
fn each_missing_item_has_its_own_sentence() {
    let every = [
        Missing::Samples,
        Missing::Plateaus,
        Missing::Levels,
        Missing::Doubling,
        Missing::SameDemand,
        Missing::Overload,
        Missing::Underload,
        Missing::Objective,
        Missing::Metrics,
    ];
    let mut advice = sample::not_enough();
    let mut sentences: Vec<String> = every
        .map(|missing| {
            advice.verdict = Verdict::NotEnoughData { missing: vec![missing] };
            let text = shown(&advice);
            let (_, list) = text.split_once(" - ").expect("a list");
            list.split_once('.').expect("a sentence").0.to_owned()
        })
        .into();
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), every.len(), "{sentences:#?}");
    assert!(sentences.iter().all(|sentence| sentence.contains(": ")), "{sentences:#?}");
}

#[test]
fn eighty_columns_are_enough_and_no_number_or_verdict_is_broken() {
    for advice in [sample::recommended(), sample::none_suitable(), sample::not_enough()] {
        let shown = show(&advice, 80, Paint::PLAIN);
        for line in shown.lines() {
            assert!(line.chars().count() <= 80, "{line:?}");
            assert_eq!(line, line.trim_end());
        }
        assert!(shown.lines().any(|line| line.ends_with("rejected")), "{shown}");
    }
}

#[test]
fn colors_repeat_what_words_say_and_change_nothing_else() {
    for advice in [sample::recommended(), sample::none_suitable(), sample::not_enough()] {
        let colored = show(&advice, 80, Color::Always.stdout());
        for (word, code) in [("holds", "32"), ("broken", "31"), ("rejected", "31")] {
            let painted = format!(" \u{1b}[{code}m{word}\u{1b}[0m\n");
            assert!(colored.contains(&painted), "{word} in {colored:?}");
        }
        assert!(colored.starts_with("\u{1b}[1m"), "{colored:?}");
        let plain = console::strip_ansi_codes(&colored).into_owned();
        assert_eq!(plain, show(&advice, 80, Paint::PLAIN));
    }
}

proptest! {
    #[test]
    fn every_width_is_supported(width in 0_usize..300) {
        prop_assert!(show(&sample::recommended(), width, Paint::PLAIN).contains("cpu"));
    }
}
