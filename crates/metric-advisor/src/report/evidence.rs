//! Why the recommended metric, and why none of the others.

use advice::advice::{Advice, Assessment, Fit, Verdict};
use maud::{Markup, html};

use super::{DRAWN, figures, tables};
use crate::words::{because, name};

/// Metrics in one plot of the doubling test, at most.
const ROWS: usize = 4;

/// The recommended metric, if there is one.
pub(super) fn recommended(advice: &Advice) -> Markup {
    html! {
        @for (index, metric) in of(advice, true) {
            section {
                h2 { "Why " (name(metric)) }
                p { (because(metric)) }
                (tables::evidence(metric))
                (drawings(advice, index, metric))
            }
        }
    }
}

/// All metrics beside each other.
pub(super) fn doubling(advice: &Advice) -> Markup {
    let first = of(advice, true).chain(of(advice, false)).map(|(_, metric)| metric);
    let drawn: Vec<&Assessment> =
        first.clone().filter(|metric| metric.doubling.is_some()).collect();
    // As many in each plot.
    let rows = drawn.len().div_ceil(drawn.len().div_ceil(ROWS).max(1)).max(1);
    html! {
        @if !advice.metrics.is_empty() {
            section {
                h2 { "The metrics side by side" }
                (tables::metrics(first))
                @if !drawn.is_empty() {
                    p {
                        "Twice the tasks at the same demand should halve a metric. If it stays, "
                        "no number of tasks brings it down to its target, and scaling out never ends."
                    }
                    div.figures {
                        @for some in drawn.chunks(rows).take(DRAWN / rows) { (figures::doubling(some)) }
                    }
                }
            }
        }
    }
}

/// Each metric that is not recommended, with the reason.
pub(super) fn others(advice: &Advice) -> Markup {
    let others: Vec<(usize, &Assessment)> = of(advice, false).collect();
    let title = match advice.verdict {
        Verdict::Recommended(_) => "Why not the others",
        Verdict::NoneSuitable { .. } => "Why none of them",
        Verdict::NotEnoughData { .. } => "What the test tells of each metric",
    };
    html! {
        @if !others.is_empty() {
            section {
                h2 { (title) }
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
            }
        }
    }
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
