//! Compares the documentation with the sources: names exist, and lists are complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::page::{quoted, read, root};

/// The test binaries that consist of scenarios.
const SCENARIOS: [&str; 2] = ["drain", "scaling"];

/// The Rust sources at `path`, a file or a folder. Empty if it does not exist.
pub fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|file| file.extension().is_some_and(|end| end == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The folders at `path`. None if it does not exist.
fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

/// A source without its unit tests.
pub fn shipped(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split_once("#[cfg(test)]\nmod tests").map_or(text.clone(), |(code, _)| code.to_owned())
}

/// The names of the tests in a source.
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

/// Whether there is a test `first::module::…::name`, where `first` is a test binary, a module at
/// the top of one, or a crate, and the test is in that module or below it.
pub fn exists(test: &str) -> bool {
    let mut parts: Vec<&str> = test.split("::").collect();
    let name = parts.pop().unwrap();
    let first = parts.remove(0);
    let module: PathBuf = parts.iter().collect();
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let tests = crates.map(|entry| entry.unwrap().path().join("tests"));
    let tests = tests.flat_map(|tests| [folders(&tests), vec![tests]].concat());
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

/// The list items of a page, each joined to one line, with their headings.
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

/// The guarantees in docs/semantics.md, each with the tests that it names.
fn guarantees() -> Vec<(String, Vec<String>)> {
    let page = read("docs/semantics.md");
    let promised = items(&page).into_iter().filter(|(heading, _)| heading != "Not guaranteed");
    promised
        .map(|(_, item)| {
            let (guarantee, tests) = item
                .rsplit_once("— test: ")
                .unwrap_or_else(|| panic!("no `— test: …` after `{item}`"));
            (guarantee.trim().to_owned(), quoted(tests))
        })
        .collect()
}

#[test]
fn every_guarantee_names_tests_that_exist() {
    let guarantees = guarantees();
    assert!(guarantees.len() > 50, "{} guarantees", guarantees.len());
    for (guarantee, tests) in guarantees {
        assert!(!tests.is_empty(), "`{guarantee}` names no test");
        for test in tests {
            assert!(exists(&test), "`{guarantee}` names `{test}`, which does not exist");
        }
    }
}

#[test]
fn every_test_that_a_crate_readme_names_exists() {
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let readmes = crates.map(|entry| entry.unwrap().path().join("README.md"));
    for readme in readmes.filter(|path| path.exists()) {
        let page = fs::read_to_string(&readme).unwrap();
        // Other paths are short, or of types.
        let is_test = |path: &String| {
            let (_, name) = path.rsplit_once("::").unwrap_or_default();
            name.matches('_').count() > 2 && path.chars().all(|c| !c.is_uppercase())
        };
        for test in quoted(&page).into_iter().filter(is_test) {
            assert!(exists(&test), "{} names `{test}`, which does not exist", readme.display());
        }
    }
}

#[test]
fn every_scenario_is_named_by_a_guarantee() {
    let named: BTreeSet<String> = guarantees().into_iter().flat_map(|(_, tests)| tests).collect();
    for binary in SCENARIOS {
        for file in sources(&root().join("crates/rehearse/tests/scenarios").join(binary)) {
            let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
            for test in tests_in(&file) {
                let test = format!("{binary}::{module}::{test}");
                assert!(named.contains(&test), "docs/semantics.md does not name `{test}`");
            }
        }
    }
}

/// The string literals that follow each `call` in a source.
pub fn literals(source: &str, call: &str) -> Vec<String> {
    let literal = |rest: &str| {
        let rest = rest.trim_start().strip_prefix('"')?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    source.split(call).skip(1).filter_map(literal).collect()
}

/// Every Markdown file in a folder of the repository and in the folders below it.
pub fn markdown(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap);
    entries
        .flat_map(|entry| {
            let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            match entry.path().is_dir() {
                true => markdown(&path),
                false => Some(path).filter(|path| path.ends_with(".md")).into_iter().collect(),
            }
        })
        .collect()
}

/// The pages of the repository: those at its top, of docs/ and about events/.
pub fn pages() -> Vec<String> {
    let top = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name());
    let top = top.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".md"));
    top.chain(markdown("docs")).chain(["events/README.md".to_owned()]).collect()
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

#[test]
fn every_path_below_crates_exists() {
    for page in pages() {
        let text = read(&page);
        let paths = text.split("crates/").skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_/.".contains(c)));
            let path = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches(['.', '/']);
            Some(format!("crates/{path}"))
        });
        // A pattern such as `region*` names no path.
        for path in paths.filter(|path| path != "crates/") {
            assert!(root().join(&path).exists(), "{page} names {path}, which does not exist");
        }
    }
}

/// The blocks of README.md that show a rehearsal in virtual time: the arguments of the command, and
/// the lines that must appear in this order, with others between them.
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
