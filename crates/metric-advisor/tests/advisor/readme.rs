//! The README's section on the advisor, held against the command.

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

/// Options of other tools, which the list of formats names.
const OF_OTHERS: [&str; 5] =
    ["--out", "--summary-export", "--output-format", "--latency", "--csv-full-history"];

const COMMANDS: [&str; 5] = ["advise", "plan", "man", "schema", "completions"];

#[test]
fn every_option_that_the_readme_shows_exists() {
    let help = |command: &str| {
        let help = String::from_utf8(advisor(&[command, "--help"]).stdout).unwrap();
        help.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let text = section().replace("\\\n", " ");
    let mut commands = 0;
    for rest in text.lines().flat_map(|line| line.split("metric-advisor ").skip(1)) {
        let rest = rest.split('`').next().unwrap().trim_start_matches("-- ");
        let words: Vec<&str> = rest.split_whitespace().collect();
        let Some(command) = words.first().filter(|word| COMMANDS.contains(word)) else { continue };
        let known = help(command);
        for option in words.iter().filter(|word| word.starts_with("--")) {
            assert!(known.iter().any(|word| word == option), "{command} has no {option}");
        }
        commands += 1;
    }
    assert!(commands >= 7, "{commands} commands");
    let known = help("advise");
    let alone = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("--"));
    for option in alone.flat_map(str::split_whitespace).filter(|word| word.starts_with("--")) {
        let exists = OF_OTHERS.contains(&option) || known.iter().any(|word| word == option);
        assert!(exists, "advise has no {option}");
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
