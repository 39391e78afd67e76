//! The answer as a self-contained HTML page.

mod answer;
mod evidence;
mod figures;
mod made;
mod plot;
mod tables;

use advice::advice::Advice;
use load_test::LoadTest;
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use made::{Made, Origin};

use crate::words::{Answer, objective, sentence};

/// The most metrics that are plotted, so that the page stays below one megabyte. The others appear
/// only with their verdict.
const DRAWN: usize = 16;

const STYLE: &str = include_str!("report/report.css");

/// The page loads nothing and runs no script. Only its own style sheet applies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A section with a heading, listed in the table of contents.
struct Part {
    id: &'static str,
    title: String,
    body: Markup,
}

impl Part {
    fn new(id: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self { id, title: title.into(), body }
    }
}

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
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Which metric to scale on" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p {
                        "Which metric to scale on, from a load test"
                        @if let Some(service) = &made.service { " of " (service) }
                    }
                }
                main {
                    (answer::section(advice, &answer))
                    nav aria-label="Contents" {
                        ul { @for part in &parts { li { a href={ "#" (part.id) } { (part.title) } } } }
                    }
                    @for Part { id, title, body } in &parts {
                        section id=(id) { h2 { (title) } (body) }
                    }
                }
            }
        }
    }
    .into_string()
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
