//! The answer as a self-contained HTML page.

mod answer;
mod evidence;
mod figures;
mod made;
mod tables;

use advice::advice::Advice;
use load_test::LoadTest;
use maud::html;
use report_page::{Page, Part};

pub use made::{Made, Origin};

use crate::words::{Answer, objective, sentence};

/// The most metrics that are plotted, so that the page stays below one megabyte. The others appear
/// only with their verdict.
const DRAWN: usize = 16;

/// A report of the `advice` on `test`. Each of `policies` is a title and a text to paste. The
/// report ends with the sources that it was made from.
///
/// The page has no script and refers to no other file. All names from the load test are
/// escaped.
pub fn html(
    advice: &Advice,
    test: &LoadTest,
    policies: &[(String, String)],
    made: &Made,
) -> String {
    let answer = Answer::of(advice);
    let parts = [
        evidence::recommended(advice),
        evidence::doubling(advice),
        Some(knee(advice)),
        evidence::others(advice),
        Some(course(advice, test)),
        notes(advice),
        paste(policies),
        Some(made::part(made)),
    ];
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    let header = html! {
        "Which metric to scale on, from a load test"
        @if let Some(service) = &made.service { " of " (service) }
    };
    let page = Page {
        title: "Which metric to scale on",
        header,
        lead: answer::section(advice, &answer),
        parts: &parts,
    };
    page.html()
}

fn knee(advice: &Advice) -> Part {
    let body = html! {
        p { "The objective is " (objective(advice)) "." }
        @if advice.knee.is_none() { p { "The test does not show where it breaks." } }
        div.figures {
            @if advice.plateaus.iter().any(|level| level.latency.is_some()) { (figures::knee(advice)) }
            @if let Some(knee) = &advice.knee { (tables::knee(knee)) }
        }
    };
    Part::new("knee", "The knee", body)
}

fn course(advice: &Advice, test: &LoadTest) -> Part {
    let body = html! {
        @if !advice.plateaus.is_empty() { (tables::levels(advice)) }
        @if !test.is_empty() {
            div.figures {
                (figures::demand(advice, test))
                (figures::tasks(advice, test))
                @if let Some(latency) = figures::latency(advice, test) { (latency) }
                @for metric in test.metrics.iter().take(DRAWN) {
                    (figures::metric(advice, test, metric))
                }
            }
        }
    };
    Part::new("test", "The test", body)
}

fn notes(advice: &Advice) -> Option<Part> {
    let body = html! { ul { @for note in &advice.notes { li { (sentence(note)) } } } };
    (!advice.notes.is_empty()).then(|| Part::new("data", "About the data", body))
}

fn paste(policies: &[(String, String)]) -> Option<Part> {
    let body = html! {
        @for (title, text) in policies {
            h3 { (title) }
            pre { code { (text) } }
        }
    };
    (!policies.is_empty()).then(|| Part::new("paste", "To paste", body))
}
