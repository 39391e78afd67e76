use advice::advice::{Advice, Interval, Level};
use load_test::{LoadTest, Metric};
use metric_advisor::report::html;
use proptest::prelude::*;

use super::sample;

fn page(advice: &Advice) -> String {
    html(advice, &sample::load_test(), &sample::policies(), &sample::made())
}

#[test]
fn the_answer_the_reasons_and_what_to_paste_are_on_the_page() {
    let page = page(&sample::recommended());
    for text in [
        "<h1>Scale on cpu, held at 59.2% (56.3 to 62.1%).</h1>",
        "memory does not halve with twice the tasks: 99% remains.",
        "cpu: 3 of 360 samples are missing.",
        "--policy-type TargetTrackingScaling",
        "<title>cpu against demand per task</title>",
        "average, by the Universal Scalability Law",
    ] {
        assert!(page.contains(text), "{text:?} is missing");
    }
}

#[test]
fn nothing_is_fetched_and_no_script_runs() {
    let page = page(&sample::recommended());
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:"));
    for text in ["<script", "http:", "https:", "url(", "@import", "src=\""] {
        assert!(!page.contains(text), "{text:?} is there");
    }
    assert!(page.matches("href=\"").count() > 5);
    assert_eq!(page.matches("href=\"").count(), page.matches("href=\"#").count());
}

#[test]
fn contents_lead_to_every_section() {
    for advice in [sample::recommended(), sample::none_suitable(), sample::not_enough()] {
        let page = page(&advice);
        let ids = |before: &str| -> Vec<String> {
            let rest = page.split(before).skip(1);
            rest.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
        };
        let sections = ids("<section id=\"");
        assert!(sections.len() >= 6, "{sections:?}");
        assert_eq!(ids("href=\"#"), sections);
    }
}

#[test]
fn the_report_says_what_it_was_made_from() {
    let page = page(&sample::recommended());
    let (_, made) = page.split_once("What this was made from</h2>").expect("a section");
    for text in [
        "2026-11-26 10:15 UTC",
        "metric-advisor 0.1.0",
        "web of the cluster demo",
        "advise test.csv --cluster demo --service web --html report.html",
        "<strong>test.csv</strong>: separated values",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        assert!(made.contains(text), "{text:?} is missing");
    }
}

#[test]
fn a_dark_screen_has_a_dark_page_and_paper_is_white() {
    let page = page(&sample::recommended());
    assert!(page.contains("@media screen and (prefers-color-scheme: dark)"));
    // What plotters draws in black is drawn in the ink of the page.
    assert!(page.contains("fill=\"#222222\"") && page.contains("[fill=\"#222222\"]"));
}

#[test]
fn a_name_is_text_wherever_it_stands() {
    let name = r#"<script>alert("1")</script>&'"#;
    let mut advice = sample::recommended();
    let mut test = sample::load_test();
    advice.metrics[0].metric = name.to_owned();
    test.metrics[0].name = name.to_owned();
    let mut made = sample::made();
    made.command = name.to_owned();
    made.service = Some(name.to_owned());
    made.origins[0].name = name.to_owned();
    made.origins[0].format = name.to_owned();
    let page = html(&advice, &test, &[(name.to_owned(), name.to_owned())], &made);
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn a_long_test_of_many_metrics_is_still_less_than_a_megabyte() {
    let mut advice = sample::recommended();
    let short = sample::load_test();
    let longer = |series: &[f64]| series.iter().copied().cycle().take(100_000).collect::<Vec<_>>();
    let mut test = LoadTest {
        times: (0..100_000).map(f64::from).collect(),
        tasks: longer(&short.tasks),
        demand: longer(&short.demand),
        ..LoadTest::default()
    };
    test.latency.p95 = short.latency.p95.as_deref().map(longer);
    for index in [1, 2, 3].into_iter().cycle().take(250) {
        let metric = &short.metrics[index];
        test.metrics.push(Metric { values: longer(&metric.values), ..metric.clone() });
        advice.metrics.push(advice.metrics[index].clone());
        for level in &mut advice.plateaus {
            level.metrics.push(level.metrics[index]);
        }
    }
    let page = html(&advice, &test, &[], &sample::made());
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert_eq!(
        page.matches("<h3>disk bytes ").count(),
        84,
        "the page lists the verdict on each metric"
    );
}

#[test]
fn a_test_of_nothing_has_a_report_too() {
    let mut advice = sample::not_enough();
    advice.knee = None;
    advice.plateaus.clear();
    advice.metrics.clear();
    let page = html(&advice, &LoadTest::default(), &[], &sample::made());
    assert!(page.contains("not have enough data"));
}

/// Also those that no service has.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), Just(0.0), Just(f64::NAN), Just(f64::INFINITY), -10.0..1000.0]
}

fn interval() -> impl Strategy<Value = Interval> {
    (value(), value(), value()).prop_map(|(value, low, high)| Interval { value, low, high })
}

proptest! {
    #[test]
    fn no_value_breaks_a_plot(
        values in prop::collection::vec((value(), value(), value(), value()), 12),
        intervals in prop::collection::vec(interval(), 6),
    ) {
        let mut advice = sample::recommended();
        for (level, &(tasks, demand, latency, value)) in advice.plateaus.iter_mut().zip(&values) {
            level.tasks = tasks;
            level.demand = demand;
            level.latency = Some(latency);
            level.steady_from = latency;
            level.metrics = vec![Some(Level { value, error: demand, climb: Some(latency) }); 4];
        }
        let law = advice.metrics[0].law.as_mut().expect("it has a law");
        (law.demand, law.tasks) = (intervals[0], Some(intervals[1]));
        advice.metrics[0].doubling.as_mut().expect("it was doubled").ratio = intervals[2];
        let knee = advice.knee.as_mut().expect("it has a knee");
        knee.per_task = intervals[3];
        let usl = knee.law.as_mut().expect("a law fits");
        (usl.lambda, usl.sigma, usl.kappa) = (intervals[4].value, intervals[4].low, intervals[5].value);
        advice.objective = advice.objective.map(|(quantile, _)| (quantile, intervals[5].high));
        let mut test = sample::load_test();
        for (place, &(time, demand, latency, value)) in values.iter().enumerate() {
            test.times[place] = time;
            test.demand[place] = demand;
            test.tasks[place] = latency;
            test.metrics[0].values[place] = value;
        }
        let page = html(&advice, &test, &[], &sample::made());
        prop_assert!(page.ends_with("</html>"));
        prop_assert!(!page.contains("could not be drawn"));
    }
}
