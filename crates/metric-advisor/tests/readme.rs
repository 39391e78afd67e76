//! The README's section on the advisor, held against the command.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn section() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = page.split_once("## Which metric to scale on\n").unwrap();
    rest.split_once("\n## ").unwrap().0.to_owned()
}

fn advisor(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_metric-advisor")).args(arguments).output().unwrap()
}

/// Each `metric-advisor` line of a console block, continued lines joined.
#[test]
fn every_option_that_the_readme_shows_exists() {
    let text = section().replace("\\\n", " ");
    let shown: Vec<&str> = text.lines().filter(|line| line.contains("metric-advisor ")).collect();
    let mut commands = 0;
    for line in shown {
        for (_, rest) in
            line.match_indices("metric-advisor ").map(|(at, it)| (at, &line[at + it.len()..]))
        {
            let rest = rest.split('`').next().unwrap().trim_start_matches("-- ");
            let words: Vec<&str> = rest.split_whitespace().collect();
            let Some(command) = words.first() else { continue };
            if !["advise", "plan", "man", "schema", "completions"].contains(command) {
                continue;
            }
            let help = String::from_utf8(advisor(&[command, "--help"]).stdout).unwrap();
            for option in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    help.contains(&format!("{option} ")) || help.contains(&format!("{option}\n")),
                    "{command} has no {option}"
                );
            }
            commands += 1;
        }
    }
    assert!(commands >= 7, "{commands} commands");
    let help = String::from_utf8(advisor(&["advise", "--help"]).stdout).unwrap();
    for option in text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("--")) {
        for word in option.split_whitespace().filter(|word| word.starts_with("--")) {
            let of_others =
                ["--out", "--summary-export", "--output-format", "--latency", "--csv-full-history"];
            assert!(of_others.contains(&word) || help.contains(word), "advise has no {word}");
        }
    }
}

#[test]
fn the_plan_of_the_readme_is_a_script() {
    let text = section();
    let (_, rest) = text.split_once("$ metric-advisor plan ").unwrap();
    let line = rest.split_once(" > load-test.sh\n").unwrap().0;
    let arguments: Vec<&str> = ["plan"].into_iter().chain(line.split_whitespace()).collect();
    let output = advisor(&arguments);
    assert!(output.status.success());
    assert!(output.stdout.starts_with(b"#!/usr/bin/env bash\n"));
}

#[test]
fn the_readme_and_the_help_list_the_same_formats() {
    let text = section();
    let (_, table) = text.split_once("| written by | what is read |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let listed: Vec<String> = rows
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            format!("{} {}", cells[0], cells[1].replace('`', ""))
        })
        .collect();
    let help = String::from_utf8(advisor(&["advise", "--help"]).stdout).unwrap();
    let (_, formats) = help.split_once("Formats, recognized by content:\n").unwrap();
    let lines = formats.lines().take_while(|line| !line.is_empty());
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(listed, lines.map(words).collect::<Vec<_>>());
}

#[test]
fn the_readme_shows_what_the_advisor_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = page.split_once("--bin metric-advisor -- ").unwrap();
    let (arguments, rest) = rest.split_once('\n').unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    let _ = fs::remove_file(&report);
    let arguments = arguments.replace("report.html", report.to_str().unwrap());

    let mut advisor = Command::new(env!("CARGO_BIN_EXE_metric-advisor"));
    let output = advisor.current_dir(root).args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).unwrap();
    let mut said = output.lines().map(str::trim);
    for line in shown.lines().map(str::trim).filter(|line| *line != "…" && !line.is_empty()) {
        assert!(said.any(|said| said == line), "`{line}` is not, or not there, in:\n{output}");
    }
    assert!(fs::read_to_string(report).unwrap().contains("workers_busy"));
}
