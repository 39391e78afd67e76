//! The page of the simulated region: each rule has a source and a test.

use crate::docs::exists;
use crate::page::{cell, quoted, read, tables};

const PAGE: &str = "docs/simulated-region.md";

/// How a source is given: a link to a document, or one of these. "A choice" is a rule that only the
/// simulated region has.
const SOURCES: [&str; 4] = ["recording (", "report (", "**guess**", "a choice, not of AWS"];

/// The rules of the page: the texts of their sources and of their tests.
fn rules() -> Vec<(String, String, String)> {
    let page = read(PAGE);
    let of_rules = tables(&page).into_iter().filter_map(|table| {
        let column = |name| table.heading.iter().position(|heading| heading == name);
        let (source, test) = (column("source")?, column("test")?);
        Some(table.rows.into_iter().map(move |row| {
            (row.join(" | "), cell(&row, source).to_owned(), cell(&row, test).to_owned())
        }))
    });
    of_rules.flatten().collect()
}

#[test]
fn each_rule_has_a_source() {
    let rules = rules();
    assert!(rules.len() > 250, "{} rules", rules.len());
    for (rule, source, _) in rules {
        let known = source.contains("](https://") || SOURCES.iter().any(|one| source.contains(one));
        assert!(known, "no source that {PAGE} explains: {rule}");
    }
}

#[test]
fn each_rule_has_tests_that_exist() {
    for (rule, _, tests) in rules() {
        let tests = quoted(&tests);
        assert!(!tests.is_empty(), "no test: {rule}");
        for test in tests {
            assert!(exists(&test), "`{test}` does not exist: {rule}");
        }
    }
}
