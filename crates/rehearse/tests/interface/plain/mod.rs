//! Texts for users contain no private words.

use std::fs;

use crate::docs::pages;
use crate::page::{read, root};
use crate::{help, words};

/// The templates, whose descriptions users see.
fn templates() -> Vec<String> {
    let stacks = fs::read_dir(root().join("stacks")).unwrap();
    let names = stacks.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let yaml = names.filter(|name| name.ends_with(".yaml")).map(|name| format!("stacks/{name}"));
    yaml.chain(["template.yaml".to_owned()]).collect()
}

/// YAML or Python without its comments, which users do not see. A `#` in a quoted text cuts that
/// line short.
fn without_comments(source: &str) -> String {
    let lines = source.lines().map(|line| match line.trim_start().starts_with('#') {
        true => "",
        false => line.split_once(" #").map_or(line, |(text, _)| text),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The texts of `make help`.
fn make_help() -> String {
    let makefile = read("Makefile");
    let texts = makefile.lines().filter_map(|line| Some(line.split_once(" ## ")?.1.to_owned()));
    texts.collect::<Vec<_>>().join("\n")
}

fn assert_plain(found: &[String]) {
    assert!(found.is_empty(), "private words:\n{}", found.join("\n"));
}

#[test]
fn documentation_has_no_private_words() {
    // The changelog lists the old names.
    let pages: Vec<_> = pages().into_iter().filter(|page| page != "CHANGELOG.md").collect();
    assert!(pages.len() > 20, "{} pages", pages.len());
    let found: Vec<_> = pages.iter().flat_map(|page| words::found(page, &read(page))).collect();
    assert_plain(&found);
}

#[test]
fn templates_have_no_private_words() {
    let templates = templates();
    assert!(templates.len() > 5, "{} templates", templates.len());
    let of = |path: &String| words::found(path, &without_comments(&read(path)));
    let found: Vec<_> = templates.iter().flat_map(of).collect();
    assert_plain(&found);
}

#[test]
fn command_help_has_no_private_words() {
    let rehearse = env!("CARGO_BIN_EXE_rehearse");
    let help = help::of(rehearse, &[]);
    let mut found = words::found("rehearse --help", &help);
    for command in help::subcommands(&help) {
        let help = help::of(rehearse, &[command.as_str()]);
        found.extend(words::found(&format!("rehearse {command} --help"), &help));
    }
    found.extend(words::found("make help", &make_help()));
    for path in ["ops/__main__.py", "live/__main__.py"] {
        found.extend(words::found(path, &without_comments(&read(path))));
    }
    assert_plain(&found);
}

#[test]
fn private_words_are_found_across_lines_and_in_any_case() {
    let found = words::found("a page", "The function lets the\n  instance GO. Ticks and packets.");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(words::found("a page", "It sticks to the plan and spaces.").is_empty());
}
