use advice::advice::{Advice, Missing, Verdict};
use metric_advisor::color::{Color, Paint};
use metric_advisor::terminal::show;
use proptest::prelude::*;

use crate::sample;

/// Its lines, joined where a paragraph was broken.
fn told(advice: &Advice) -> String {
    show(advice, 80, Paint::PLAIN).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_answer_comes_before_what_it_rests_on() {
    let told = told(&sample::recommended());
    assert!(
        told.starts_with(
            "Scale on cpu, held at 59.2 % (56.3 to 62.1 %). One task takes 86.7 requests/s until p95 \
             latency exceeds 250 ms; cpu is then at 70.6 %. 17 % of that is kept free: demand may rise by \
             20 % in the 240 s until new tasks take load. It is proportional enough for target tracking. \
             Confidence: 97 % of 200 resampled tests recommend the same metric."
        ),
        "{told}"
    );
}

#[test]
fn each_metric_has_its_row_and_each_other_one_its_reason() {
    let told = told(&sample::recommended());
    for row in [
        "cpu 0.98 0.96 -0.95 52 % 94.4 % recommended",
        "requests in flight per task would do: it rises faster than demand",
        "memory does not fall to half with twice the tasks, but to 99 %.",
        "disk bytes does not follow demand (rank correlation 0.31).",
        "0:31:00 0:35:00 2 190/s 95/s 333 ms 0.05 % broken",
        "The knee is at 86.7/s (83.6 to 89.8/s) of one task.",
    ] {
        assert!(told.contains(row), "{row:?} is not in {told}");
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
    assert!(told(&advice).starts_with("Scale on requests in flight per task, held at 59.2 ("));
}

#[test]
fn a_metric_that_was_not_seen_with_more_tasks_is_undecided() {
    let told = told(&sample::not_enough());
    assert!(told.contains("cpu 0.98 0.96 - - - undecided"), "{told}");
    assert!(told.contains("- cpu was not seen at the same demand with other numbers of tasks."));
}

#[test]
fn where_no_metric_will_do_it_says_what_to_record_next() {
    let told = told(&sample::none_suitable());
    assert!(
        told.starts_with("None of these metrics is fit to scale on. memory stays whatever"),
        "{told}"
    );
    assert!(told.contains("- CPUUtilization of the service, average."), "{told}");
}

#[test]
fn whatever_is_missing_has_a_sentence_of_its_own() {
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
            let told = told(&advice);
            let (_, list) = told.split_once(" - ").expect("a list");
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
    fn any_width_will_do(width in 0_usize..300) {
        prop_assert!(show(&sample::recommended(), width, Paint::PLAIN).contains("cpu"));
    }
}
