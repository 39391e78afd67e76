//! The answer, at the top of the report.

use advice::advice::{Advice, Verdict};
use maud::{Markup, html};

use crate::words::{Answer, interval, number, quantity, seconds, share, subject};

/// The headline, the figures that matter, and the sentences.
pub(super) fn section(advice: &Advice, answer: &Answer) -> Markup {
    let kind = match advice.verdict {
        Verdict::Recommended(_) => "recommended",
        Verdict::NoneSuitable { .. } => "none",
        Verdict::NotEnoughData { .. } => "undecided",
    };
    html! {
        section.answer.(kind) {
            h1 { (answer.headline) }
            @let facts = facts(advice);
            @if !facts.is_empty() {
                dl.facts {
                    @for (name, value) in facts { div { dt { (name) } dd { (value) } } }
                }
            }
            @for sentence in &answer.sentences { p { (sentence) } }
            @if !answer.next.is_empty() {
                h2 { "What to record next" }
                ul { @for next in &answer.next { li { (next) } } }
            }
        }
    }
}

fn facts(advice: &Advice) -> Vec<(&'static str, String)> {
    let Verdict::Recommended(recommended) = &advice.verdict else {
        return Vec::new();
    };
    let unit = advice.metrics.get(recommended.index).map(|metric| metric.unit);
    let show = |value| unit.map_or_else(|| number(value), |unit| quantity(value, unit));
    let headroom = recommended.headroom;
    let mut facts = vec![
        ("metric", subject(&recommended.metric, recommended.per_task)),
        ("target", interval(recommended.target, show)),
        ("at the knee", show(recommended.at_knee)),
        ("headroom", format!("{} for {}", share(headroom.share), seconds(headroom.seconds))),
    ];
    if recommended.confidence.resamples > 0 {
        facts.push(("confidence", share(recommended.confidence.agreed)));
    }
    facts
}
