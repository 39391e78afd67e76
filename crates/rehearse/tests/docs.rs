//! The documentation, held against the sources: what it names exists, and what it
//! lists is complete.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use page::{Table, cell, quoted, read, root, section, table, tables};

/// The binaries of scenarios.
const SCENARIOS: [&str; 2] = ["drain", "scaling"];

/// Every Rust source under `path`, a file or a folder; nothing if there is neither.
fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// A source without its unit tests.
fn shipped(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split_once("#[cfg(test)]\nmod tests").map_or(text.clone(), |(code, _)| code.to_owned())
}

/// The tests in a source, by name.
fn tests_in(source: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(source).unwrap();
    let mut tests = BTreeSet::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        let function = line.trim_start_matches("async ").strip_prefix("fn ");
        match function.and_then(|rest| rest.split_once('(')) {
            Some((name, _)) if marked => {
                tests.insert(name.to_owned());
            }
            _ => {}
        }
        marked = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    }
    tests
}

/// Whether there is a test `first::module::…::name`, where `first` is a test binary or a
/// crate and the test stands in that module or beneath it.
fn exists(test: &str) -> bool {
    let mut parts: Vec<&str> = test.split("::").collect();
    let name = parts.pop().unwrap();
    let first = parts.remove(0);
    let module: PathBuf = parts.iter().collect();
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let tests = crates.map(|entry| entry.unwrap().path().join("tests"));
    let places = tests
        .flat_map(|tests| [tests.join(first), tests.join(format!("{first}.rs"))])
        .chain([root().join("crates").join(first).join("src")]);
    let files = places.flat_map(|place| {
        if parts.is_empty() {
            return sources(&place);
        }
        let module = place.join(&module);
        [sources(&module.with_extension("rs")), sources(&module)].concat()
    });
    files.into_iter().any(|file| tests_in(&file).contains(name))
}

/// The list items of a page, each on one line, with the heading above it.
fn items(page: &str) -> Vec<(String, String)> {
    let mut heading = String::new();
    let mut items: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title.to_owned();
        }
        if let Some(item) = line.strip_prefix("- ") {
            items.push((heading.clone(), item.to_owned()));
            open = true;
        } else if open && line.starts_with("  ") {
            let (_, item) = items.last_mut().unwrap();
            item.push(' ');
            item.push_str(line.trim());
        } else {
            open = false;
        }
    }
    items
}

/// The tests that the page of semantics names, promise by promise.
fn promises() -> Vec<(String, Vec<String>)> {
    let page = read("docs/semantics.md");
    let promised = items(&page).into_iter().filter(|(heading, _)| heading != "Not promised");
    promised
        .map(|(_, item)| {
            let (promise, tests) = item
                .rsplit_once("— test: ")
                .unwrap_or_else(|| panic!("no `— test: …` after `{item}`"));
            (promise.trim().to_owned(), quoted(tests))
        })
        .collect()
}

#[test]
fn every_promise_names_tests_that_exist() {
    let promises = promises();
    assert!(promises.len() > 50, "{} promises", promises.len());
    for (promise, tests) in promises {
        assert!(!tests.is_empty(), "`{promise}` names no test");
        for test in tests {
            assert!(exists(&test), "`{promise}` names `{test}`, which does not exist");
        }
    }
}

#[test]
fn every_scenario_is_a_promise() {
    let named: BTreeSet<String> = promises().into_iter().flat_map(|(_, tests)| tests).collect();
    for binary in SCENARIOS {
        for file in sources(&root().join("crates/rehearse/tests").join(binary)) {
            let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
            for test in tests_in(&file) {
                let test = format!("{binary}::{module}::{test}");
                assert!(named.contains(&test), "docs/semantics.md does not name `{test}`");
            }
        }
    }
}

/// The variables that a source reads, with their defaults as it writes them.
fn variables(source: &str) -> BTreeMap<String, String> {
    let quoted_next = |text: &str| {
        let text = text.trim_start().strip_prefix('"')?;
        let (value, rest) = text.split_once('"')?;
        Some((value.to_owned(), rest.trim_start_matches([',', ' ', '\n']).to_owned()))
    };
    let required = source.split("from.required(").skip(1).map(|call| {
        let (name, _) = quoted_next(call).unwrap();
        (name, "required".to_owned())
    });
    let defaulted = source.split("from.defaulted(").skip(1).map(|call| {
        let (name, rest) = quoted_next(call).unwrap();
        (name, quoted_next(&rest).unwrap().0)
    });
    required.chain(defaulted).collect()
}

#[test]
fn the_readme_the_rustdoc_and_the_code_name_the_same_variables() {
    let page = tables(&section(&read("README.md"), "## Configuration"));
    let files = [
        ("auto-drain", "crates/auto-drain/src/config.rs"),
        ("reinvoke", "crates/reinvoke/src/lib.rs"),
        ("alarm-scaling", "crates/alarm-scaling/src/config.rs"),
    ];
    assert_eq!(page.len(), files.len());
    for (Table { heading, rows: listed }, (function, file)) in page.into_iter().zip(files) {
        assert_eq!(cell(&heading, 0), function);
        let source = shipped(&root().join(file));
        let rustdoc: String = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("/// "))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(listed, table(&rustdoc).rows, "README.md and the rustdoc of {file}");
        let named: BTreeMap<String, String> = listed
            .iter()
            .map(|row| (cell(row, 0).trim_matches('`').to_owned(), cell(row, 1).to_owned()))
            .collect();
        assert_eq!(named, variables(&source), "{file}");
    }
}

/// The string literals that follow each `call` in a source.
fn literals(source: &str, call: &str) -> Vec<String> {
    let literal = |rest: &str| {
        let rest = rest.trim_start().strip_prefix('"')?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    source.split(call).skip(1).filter_map(literal).collect()
}

fn functions() -> String {
    let folders = ["crates/auto-drain/src", "crates/reinvoke/src", "crates/alarm-scaling/src"];
    folders.iter().flat_map(|folder| sources(&root().join(folder))).map(|f| shipped(&f)).collect()
}

#[test]
fn the_page_of_operations_lists_every_metric_with_its_unit() {
    let code = functions();
    let stuck = shipped(&root().join("crates/drain/src/stuck.rs"));
    let reasons = literals(&stuck, "=> ").into_iter().filter(|name| name.starts_with("Stuck"));
    let counts = literals(&code, ".count(").into_iter().chain(literals(&code, ".level("));
    let counts = counts.chain(reasons).map(|name| (name, "Count".to_owned()));
    let seconds = literals(&code, ".seconds(").into_iter().map(|name| (name, "Seconds".to_owned()));
    let emitted: BTreeMap<String, String> = counts.chain(seconds).collect();

    let page = section(&read("docs/operations.md"), "## Metrics");
    let listed: BTreeMap<String, String> = tables(&page)
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| (cell(row, 0).trim_matches('`').to_owned(), cell(row, 1).to_owned()))
        .collect();
    assert_eq!(listed, emitted);
}

#[test]
fn the_page_of_operations_lists_every_field_and_every_reason() {
    let page = read("docs/operations.md");
    let fields: BTreeSet<String> = literals(&functions(), "record.field(").into_iter().collect();
    let records = section(&page, "## Log records");
    let listed: BTreeSet<String> = quoted(&records).into_iter().collect();
    let missing: Vec<_> = fields.difference(&listed).collect();
    assert!(missing.is_empty(), "fields that are not listed: {missing:?}");

    let stuck = shipped(&root().join("crates/drain/src/stuck.rs"));
    let reasons = literals(&stuck, "=> ").into_iter().filter(|name| !name.starts_with("Stuck"));
    let rows = table(&section(&page, "## Why a drain is stuck, and what to do")).rows;
    let listed: BTreeSet<String> = rows.iter().flat_map(|row| quoted(cell(row, 0))).collect();
    assert_eq!(listed, reasons.collect());

    let guard = shipped(&root().join("crates/scaling/src/guard.rs"));
    let rows = table(&section(&page, "## A decision")).rows;
    let listed: BTreeSet<String> = rows.iter().flat_map(|row| quoted(cell(row, 0))).collect();
    let codes = guard.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once('"'));
    assert_eq!(listed, codes.map(|(code, _)| code.to_owned()).collect());
}

/// The README and every page of docs/.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let docs = docs.map(|path| format!("docs/{}", path.file_name().unwrap().to_str().unwrap()));
    docs.chain(["README.md".to_owned()]).collect()
}

/// The anchors of a page, one for each heading.
fn anchors(page: &str) -> BTreeSet<String> {
    let slug = |title: &str| -> String {
        let kept = title.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
    };
    let titles = page.lines().filter(|line| line.starts_with("##"));
    titles.map(|line| slug(line.trim_start_matches('#').trim())).collect()
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().unwrap().to_owned();
        let inline = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        let below = text.lines().filter_map(|line| line.strip_prefix('[')?.split_once("]: "));
        for link in inline.chain(below.map(|(_, link)| link)) {
            if link.starts_with("http") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = folder.join(path);
            assert!(target.exists(), "{page} links to {path}");
            if anchor.is_empty() {
                continue;
            }
            let target =
                if path.is_empty() { text.clone() } else { fs::read_to_string(target).unwrap() };
            assert!(anchors(&target).contains(anchor), "{page} links to {link}");
        }
    }
}

/// The blocks of the README that show a rehearsal in virtual time: the command's
/// arguments, and the lines that must come in this order, others between them left out.
fn shown() -> Vec<(Vec<String>, Vec<String>)> {
    let page = read("README.md");
    let blocks = page.split("```").skip(1).step_by(2);
    let block = |block: &str| {
        let (_, rest) = block.split_once("rehearse -- drain --virtual")?;
        let (arguments, output) = rest.split_once('\n')?;
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        let lines = output.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "…");
        Some((arguments, lines.map(str::to_owned).collect()))
    };
    blocks.filter_map(block).collect()
}

#[test]
fn the_readme_shows_what_a_rehearsal_says() {
    let shown = shown();
    assert!(!shown.is_empty(), "README.md shows no rehearsal in virtual time");
    for (arguments, lines) in shown {
        let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
        let output = rehearse.args(["drain", "--virtual"]).args(&arguments).output().unwrap();
        let output = String::from_utf8(output.stdout).unwrap();
        let mut said = output.lines().map(str::trim);
        for line in lines {
            assert!(said.any(|said| said == line), "`{line}` is not, or not there, in:\n{output}");
        }
    }
}
