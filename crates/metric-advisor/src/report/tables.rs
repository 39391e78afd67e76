//! Tables. Each one scrolls within its own box on a narrow screen.

use advice::advice::{Advice, Assessment, Knee, Plateau};
use maud::{Markup, html};

use super::DRAWN;
use crate::words::{
    Verdict, clock, interval, name, number, quantity, seconds, share, two, verdict,
};

/// The verdict on a metric, as a badge.
pub(super) fn badge(metric: &Assessment) -> Markup {
    let verdict = verdict(metric);
    let class = match verdict {
        Verdict::Recommended => "good",
        Verdict::Suitable | Verdict::Undecided => "fair",
        Verdict::Rejected => "bad",
    };
    html! { span.badge.(class) { (verdict.words()) } }
}

/// All metrics, a row each.
pub(super) fn metrics<'a>(metrics: impl Iterator<Item = &'a Assessment>) -> Markup {
    let head = [
        "metric",
        "rank correlation",
        "demand exponent",
        "tasks exponent",
        "twice the tasks",
        "flattens at",
        "at the knee",
    ];
    let rows = metrics.map(|metric| {
        let show = |value| quantity(value, metric.unit);
        html! {
            tr {
                th.name scope="row" { (name(metric)) }
                td { (badge(metric)) }
                (cell(metric.correlation.map(|found| two(found.rank.value))))
                (cell(metric.law.map(|law| two(law.demand.value))))
                (cell(metric.law.and_then(|law| law.tasks).map(|tasks| two(tasks.value))))
                (cell(metric.doubling.map(|found| share(found.ratio.value))))
                (cell(metric.saturation.map(|found| show(found.level))))
                (cell(metric.at_knee.map(show)))
            }
        }
    });
    let ideal = html! {
        tr.ideal {
            th scope="row" { "ideal" }
            td {}
            @for ideal in ["1", "1", "-1", "50%", "", ""] { td { (ideal) } }
        }
    };
    let [metric, rest @ ..] = head;
    let head = html! {
        th scope="col" { (metric) }
        th scope="col" { "verdict" }
        @for title in rest { th scope="col" { (title) } }
    };
    boxed("Metrics", head, html! { @for row in rows { (row) } (ideal) })
}

/// What was found about one metric, with intervals.
pub(super) fn evidence(metric: &Assessment) -> Markup {
    let show = |value| quantity(value, metric.unit);
    let found = [
        ("rank correlation with demand", metric.correlation.map(|found| interval(found.rank, two))),
        (
            "linear correlation with demand",
            metric.correlation.map(|found| interval(found.linear, two)),
        ),
        ("grows with demand to the power of", metric.law.map(|law| interval(law.demand, two))),
        (
            "grows with the tasks to the power of",
            metric.law.and_then(|law| law.tasks).map(|tasks| interval(tasks, two)),
        ),
        (
            "share that remains with twice the tasks",
            metric.doubling.map(|found| interval(found.ratio, share)),
        ),
        (
            "flattens at",
            metric.saturation.map(|found| {
                format!("{}, from {}/s per task", show(found.level), number(found.per_task))
            }),
        ),
        ("highest level", metric.highest.map(show)),
        (
            "rise per hour at constant demand",
            metric.drift.filter(|found| found.low > 0.0).map(|found| interval(found, share)),
        ),
        ("at the knee", metric.at_knee.map(show)),
    ];
    pairs(found.into_iter().filter_map(|(name, value)| Some((name, value?))))
}

/// The knee and the law that fits it.
pub(super) fn knee(knee: &Knee) -> Markup {
    let per_task = interval(knee.per_task, |value| format!("{}/s", number(value)));
    let mut found = vec![("demand per task at the knee", per_task)];
    if let Some(law) = knee.law {
        found.extend([
            ("throughput of one request at a time, per second (lambda)", number(law.lambda)),
            ("contention (sigma)", number(law.sigma)),
            ("crosstalk (kappa)", number(law.kappa)),
            ("share of the variance that the law explains", share(law.r_squared)),
        ]);
    }
    pairs(found.into_iter())
}

/// The levels of the test, with each metric's value.
pub(super) fn levels(advice: &Advice) -> Markup {
    let head = html! {
        @for title in ["from", "to", "tasks", "demand", "demand per task", "latency", "errors", "objective"] {
            th scope="col" { (title) }
        }
        @for metric in advice.metrics.iter().take(DRAWN) { th.name scope="col" { (metric.metric) } }
    };
    let row = |level: &Plateau| {
        html! {
            tr.broken[!level.good] {
                th scope="row" { (clock(level.steady_from)) }
                td { (clock(level.to)) }
                td { (number(level.tasks)) }
                td { (number(level.demand)) "/s" }
                td { (number(level.demand / level.tasks)) "/s" }
                (cell(level.latency.map(seconds)))
                (cell(level.errors.map(share)))
                td { @if level.good { "holds" } @else { "broken" } }
                @for (metric, value) in advice.metrics.iter().zip(&level.metrics).take(DRAWN) {
                    (cell(value.map(|value| quantity(value.value, metric.unit))))
                }
            }
        }
    };
    boxed("Levels of the test", head, html! { @for level in &advice.plateaus { (row(level)) } })
}

fn pairs(pairs: impl Iterator<Item = (&'static str, String)>) -> Markup {
    html! {
        table.pairs {
            tbody { @for (name, value) in pairs { tr { th scope="row" { (name) } td { (value) } } } }
        }
    }
}

fn cell(value: Option<String>) -> Markup {
    html! { td { (value.as_deref().unwrap_or("-")) } }
}

/// A box that can also be scrolled with the keyboard.
fn boxed(name: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.box role="region" aria-label=(name) tabindex="0" {
            table { thead { tr { (head) } } tbody { (body) } }
        }
    }
}
