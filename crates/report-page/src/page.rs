//! A page: a lead, a table of contents and sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// The page loads nothing and runs no script. Only its own style sheet applies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A self-contained page. It has no script and refers to no other file.
#[derive(Debug)]
pub struct Page<'a> {
    /// Of the window.
    pub title: &'a str,
    /// The line above the lead.
    pub header: Markup,
    /// What stands before the table of contents.
    pub lead: Markup,
    pub parts: &'a [Part],
}

/// A section with a heading, listed in the table of contents.
#[derive(Debug)]
pub struct Part {
    /// Its anchor.
    pub id: String,
    pub title: String,
    pub body: Markup,
}

impl Part {
    pub fn new(id: impl Into<String>, title: impl Into<String>, body: Markup) -> Self {
        Self { id: id.into(), title: title.into(), body }
    }
}

impl Page<'_> {
    pub fn html(&self) -> String {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header { p { (self.header) } }
                    main {
                        (self.lead)
                        nav aria-label="Contents" {
                            ul {
                                @for part in self.parts {
                                    li { a href={ "#" (part.id) } { (part.title) } }
                                }
                            }
                        }
                        @for Part { id, title, body } in self.parts {
                            section id=(id) { h2 { (title) } (body) }
                        }
                    }
                }
            }
        }
        .into_string()
    }
}
