//! The messages of readers: errors, guesses and notes.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

/// An error in the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{of}: {what}")]
pub struct Fault {
    /// Of what: a column, a line, a file or a flag.
    pub of: String,
    /// What is wrong with it and what to do.
    pub what: String,
}

/// A guess from a name or a magnitude. A flag takes precedence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Guess {
    /// Of what: a column or a file.
    pub of: String,
    /// What it is taken for, and by what.
    pub what: String,
}

/// A remark about the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Of what: a column or a file.
    pub of: String,
    /// What is so.
    pub what: String,
}

/// Where guesses and notes are collected while a load test is built.
pub(crate) struct Said<'a> {
    pub(crate) guesses: &'a mut Vec<Guess>,
    pub(crate) notes: &'a mut Vec<Note>,
}

impl Said<'_> {
    pub(crate) fn guess(&mut self, of: String, what: String) {
        self.guesses.push(Guess::new(of, what));
    }

    pub(crate) fn note(&mut self, of: String, what: String) {
        self.notes.push(Note::new(of, what));
    }
}

impl Fault {
    pub(crate) fn new(of: impl Into<String>, what: impl Into<String>) -> Self {
        Self { of: of.into(), what: what.into() }
    }
}

impl Guess {
    pub(crate) fn new(of: impl Into<String>, what: impl Into<String>) -> Self {
        Self { of: of.into(), what: what.into() }
    }
}

impl Note {
    pub(crate) fn new(of: impl Into<String>, what: impl Into<String>) -> Self {
        Self { of: of.into(), what: what.into() }
    }
}

impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.of, self.what)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.of, self.what)
    }
}

/// As many characters as a message shows of a name or a cell.
const LONGEST: usize = 60;

/// A name or a cell as it may stand in a message: without control characters, and not long.
pub(crate) fn brief(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A file's name likewise, of which the end tells more.
pub(crate) fn brief_file(name: &str) -> String {
    let before = name.chars().count().saturating_sub(LONGEST);
    match name.char_indices().nth(before) {
        Some((start, _)) if before > 0 => {
            format!("…{}", brief(name.get(start..).unwrap_or_default()))
        }
        _ => brief(name),
    }
}

/// Names as they stand in a message.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const MOST: usize = 20;
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<_> = names.iter().take(MOST).map(|name| format!("`{}`", brief(name))).collect();
    let more = names.len().saturating_sub(MOST);
    match (shown.is_empty(), more) {
        (true, _) => "none".to_owned(),
        (_, 0) => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A number of things, so many of them.
pub(crate) fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_shown_in_part() {
        assert_eq!(brief("a\nb"), "a b");
        assert_eq!(brief(&"é".repeat(100)), format!("{}…", "é".repeat(60)));
        let file = format!("{}/load.csv", "é".repeat(100));
        assert_eq!(brief_file(&file), format!("…{}/load.csv", "é".repeat(51)));
        assert_eq!(brief_file("load.csv"), "load.csv");
    }

    #[test]
    fn lists_end() {
        assert_eq!(list([]), "none");
        assert_eq!(list(["a", "b"]), "`a`, `b`");
        assert!(list(["a"; 30]).ends_with("`a` and 10 more"));
    }
}
