//! The sources of a report, so that it can be reproduced.

use maud::{Markup, html};
use report_page::Part;
use schemars::JsonSchema;
use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

/// The sources of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The command line.
    pub command: String,
    /// The version of metric-advisor.
    pub version: String,
    /// The date and time.
    pub at: OffsetDateTime,
    /// The service that was tested, if it was named.
    pub service: Option<String>,
    /// The files and metrics that were read.
    pub origins: Vec<Origin>,
}

/// A file or metrics that were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// Its name: a file, standard input or CloudWatch.
    pub name: String,
    /// Its format.
    pub format: String,
    /// SHA-256 of the bytes of a file, in hexadecimal.
    pub sha256: Option<String>,
}

pub(super) fn part(made: &Made) -> Part {
    let date = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    // It has all parts of a date, so it can be formatted.
    let at = made.at.to_offset(time::UtcOffset::UTC).format(date).unwrap_or_default();
    let body = html! {
        dl.facts {
            (fact("date", &at))
            (fact("made by", &format!("metric-advisor {}", made.version)))
            @if let Some(service) = &made.service { (fact("service", service)) }
        }
        pre { code { (made.command) } }
        ul.origins {
            @for Origin { name, format, sha256 } in &made.origins {
                li {
                    strong { (name) } ": " (format)
                    @if let Some(hash) = sha256 { br; "SHA-256 " code { (hash) } }
                }
            }
        }
    };
    Part::new("made", "What this was made from", body)
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}
