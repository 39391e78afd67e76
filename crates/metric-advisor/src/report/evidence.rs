//! Why the recommended metric, and why none of the others.

use advice::advice::{Advice, Assessment, Fit, Verdict};
use maud::{Markup, html};

use super::{DRAWN, Part, figures, tables};
use crate::words::{because, name};

/// Metrics in one plot of the doubling test, at most.
const ROWS: usize = 4;

/// The recommended metric, if there is one.
pub(super) fn recommended(advice: &Advice) -> Option<Part> {
    let (index, metric) = of(advice, true).next()?;
    let body = html! {
        p { (because(metric)) }
        (tables::evidence(metric))
        (drawings(advice, index, metric))
    };
    Some(Part::new("why", format!("Why {}", name(metric)), body))
}

/// All metrics beside each other.
pub(super) fn doubling(advice: &Advice) -> Option<Part> {
    let first = of(advice, true).chain(of(advice, false)).map(|(_, metric)| metric);
    let drawn: Vec<&Assessment> =
        first.clone().filter(|metric| metric.doubling.is_some()).collect();
    // As many in each plot.
    let rows = drawn.len().div_ceil(drawn.len().div_ceil(ROWS).max(1)).max(1);
    let body = html! {
        (tables::metrics(first))
        @if !drawn.is_empty() {
            p {
                "Twice the tasks at the same demand should halve a metric. If the metric does not \
                 fall, "
                "no number of tasks brings it to its target, and scaling out never ends."
            }
            div.figures {
                @for some in drawn.chunks(rows).take(DRAWN / rows) { (figures::doubling(some)) }
            }
        }
    };
    let title = "The metrics side by side";
    (!advice.metrics.is_empty()).then(|| Part::new("metrics", title, body))
}

/// Each metric that is not recommended, with the reason.
pub(super) fn others(advice: &Advice) -> Option<Part> {
    let others: Vec<(usize, &Assessment)> = of(advice, false).collect();
    let title = match advice.verdict {
        Verdict::Recommended(_) => "Why not the others",
        Verdict::NoneSuitable { .. } => "Why none is suitable",
        Verdict::NotEnoughData { .. } => "What the test shows about each metric",
    };
    let body = html! {
        @for (place, &(index, metric)) in others.iter().enumerate() {
            article {
                h3 { (name(metric)) " " (tables::badge(metric)) }
                p { (because(metric)) }
                @if place < DRAWN {
                    (tables::evidence(metric))
                    (drawings(advice, index, metric))
                }
            }
        }
    };
    (!others.is_empty()).then(|| Part::new("others", title, body))
}

fn drawings(advice: &Advice, index: usize, metric: &Assessment) -> Markup {
    html! {
        div.figures {
            (figures::against_demand(advice, index, metric))
            (figures::against_demand_per_task(advice, index, metric))
        }
    }
}

/// With their places in the load test.
fn of(advice: &Advice, recommended: bool) -> impl Iterator<Item = (usize, &Assessment)> + Clone {
    let wanted = move |metric: &Assessment| (metric.verdict == Fit::Recommended) == recommended;
    advice.metrics.iter().enumerate().filter(move |(_, metric)| wanted(metric))
}
