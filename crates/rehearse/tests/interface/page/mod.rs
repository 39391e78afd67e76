//! Reads the pages of the documentation and other files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The part of a page from the heading `title` to the next heading of the same or a higher level.
pub fn section(page: &str, title: &str) -> String {
    let depth = title.split_once(' ').unwrap().0.len();
    let marks: Vec<String> = (2..=depth).map(|level| format!("{} ", "#".repeat(level))).collect();
    let ends = |line: &str| marks.iter().any(|mark| line.starts_with(mark.as_str()));
    let lines = page.lines().skip_while(|line| *line != title);
    let body: Vec<&str> = lines.skip(1).take_while(|line| !ends(line)).collect();
    assert!(!body.is_empty(), "no section `{title}`");
    body.join("\n")
}

pub struct Table {
    pub heading: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The tables of a text.
pub fn tables(text: &str) -> Vec<Table> {
    let mut tables = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in text.lines().map(str::trim).chain([""]) {
        if let Some(row) = line.strip_prefix('|').and_then(|row| row.strip_suffix('|')) {
            rows.push(row.split('|').map(|cell| cell.trim().to_owned()).collect());
        } else if !rows.is_empty() {
            let below = rows.split_off(2);
            tables.push(Table { heading: rows.remove(0), rows: below });
            rows.clear();
        }
    }
    tables
}

/// The only table of a text.
pub fn table(text: &str) -> Table {
    let mut tables = tables(text);
    assert_eq!(tables.len(), 1, "one table in\n{text}");
    tables.remove(0)
}

pub fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

/// The texts between backticks.
pub fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
