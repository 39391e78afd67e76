//! The answer as a page of HTML that needs nothing but itself.

mod answer;
mod evidence;
mod figures;
mod plot;
mod tables;

use advice::advice::Advice;
use load_test::LoadTest;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::words::{Answer, objective, sentence};

/// So many metrics are drawn; the page would grow beyond a megabyte with more. Of all others it
/// has what came of them.
const DRAWN: usize = 16;

const STYLE: &str = include_str!("report/report.css");

/// Nothing is fetched and nothing runs; the page's own style sheet is all that applies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A report of what `advice` says of `test`, which ends with texts to paste: each of `policies`
/// is a title and a text.
///
/// The page has no script and refers to no other file. Whatever names the load test brings are
/// escaped.
pub fn html(advice: &Advice, test: &LoadTest, policies: &[(String, String)]) -> String {
    let answer = Answer::of(advice);
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
                header { p { "Which metric to scale on, from a load test" } }
                main {
                    (answer::section(advice, &answer))
                    (evidence::recommended(advice))
                    (evidence::doubling(advice))
                    (knee(advice))
                    (evidence::others(advice))
                    (course(advice, test))
                    (notes(advice))
                    (paste(policies))
                }
            }
        }
    }
    .into_string()
}

fn knee(advice: &Advice) -> Markup {
    html! {
        section.whole {
            h2 { "The knee" }
            p { "The objective is " (objective(advice)) "." }
            @if advice.knee.is_none() { p { "The test does not show where it breaks." } }
            div.figures {
                @if advice.plateaus.iter().any(|level| level.latency.is_some()) { (figures::knee(advice)) }
                @if let Some(knee) = &advice.knee { (tables::knee(knee)) }
            }
        }
    }
}

fn course(advice: &Advice, test: &LoadTest) -> Markup {
    html! {
        section {
            h2 { "The test" }
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
        }
    }
}

fn notes(advice: &Advice) -> Markup {
    html! {
        @if !advice.notes.is_empty() {
            section {
                h2 { "About the data" }
                ul { @for note in &advice.notes { li { (sentence(note)) } } }
            }
        }
    }
}

fn paste(policies: &[(String, String)]) -> Markup {
    html! {
        @if !policies.is_empty() {
            section {
                h2 { "To paste" }
                @for (title, text) in policies {
                    h3 { (title) }
                    pre { code { (text) } }
                }
            }
        }
    }
}
