//! The `rehearse` binary as a process.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::help;
use crate::page::{cell, quoted, read, section, table};

const REHEARSE: &str = env!("CARGO_BIN_EXE_rehearse");

fn run(path: &str, arguments: &[&str]) -> Output {
    Command::new(path).args(arguments).output().unwrap()
}

fn rehearse(line: &str) -> Output {
    run(REHEARSE, &line.split_whitespace().collect::<Vec<_>>())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A directory of a test.
fn directory(name: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&directory).unwrap();
    directory
}

/// A copy of `rehearse` in a directory without the functions.
fn alone() -> PathBuf {
    let copy = directory("alone").join("rehearse");
    fs::copy(REHEARSE, &copy).unwrap();
    copy
}

#[test]
fn without_the_compiled_functions_the_drain_fails_and_says_what_to_build() {
    let output = run(alone().to_str().unwrap(), &["drain"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(errors.contains("alone/auto-drain"), "{errors}");
    assert!(errors.contains("cargo build"), "{errors}");
}

#[test]
fn a_virtual_drain_ends_with_every_instance_drained() {
    let output = rehearse("drain --virtual --instances 12");
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("drained 12 of 12 instances, 0 tasks cut short"), "{shown}");
}

#[test]
fn the_same_seed_shows_the_same_drain() {
    let run = |seed| text(&rehearse(&format!("drain --virtual --seed {seed}")).stdout);
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("8"));
}

#[test]
fn command_lines_that_cannot_be_used_end_with_2() {
    for (line, word) in [
        ("drain --instances 0", "0 is not in 1..=500"),
        ("drain --faults all", "--virtual"),
        ("drain --virtual --faults all --limit-seconds 60", "--limit-seconds"),
        ("drain --virtual --faults all --tasks 3", "--tasks"),
        ("drain --virtual --faults all --deregistration-seconds 5", "--deregistration-seconds"),
        ("drain --virtual --faults all --stop-seconds 2-4", "--stop-seconds"),
        ("drain --virtual --faults all --deadline-seconds 600", "--deadline-seconds"),
        ("drain --tasks 11", "'--tasks <N>': 11 is not in 1..=10"),
        ("drain --deregistration-seconds 3601", "'--deregistration-seconds <SECONDS>': 3601"),
        ("drain --stop-seconds 4-2", "'--stop-seconds <LEAST-MOST>': 4 is above 2"),
        ("drain --deadline-seconds 59", "'--deadline-seconds <SECONDS>': 59"),
        ("drain --limit-seconds 0", "'--limit-seconds <SECONDS>': 0"),
        ("drain --virtual --faults rain", "`rain` is not a kind of fault"),
        ("drian", "'drain'"),
        ("serve --address nowhere", "--address"),
    ] {
        let output = rehearse(line);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {errors}");
        assert!(errors.contains(word), "{line}: no {word} in {errors}");
    }
}

#[test]
fn a_drain_has_the_tasks_and_takes_the_time_of_its_flags() {
    let line = "drain --virtual --json --instances 2 --tasks 6 --deregistration-seconds 40 \
                --stop-seconds 1-2";
    let output = rehearse(line);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    for instance in document["instances"].as_array().unwrap() {
        // With that of the daemon.
        assert_eq!(instance["tasks"], 7, "{document}");
        let took = instance["drain_seconds"].as_f64().unwrap();
        assert!((41.0..70.0).contains(&took), "{took}");
    }
    let introduced = "deregistration 40 s, containers stop in 1 to 2 s";
    assert!(text(&output.stderr).contains(introduced), "{}", text(&output.stderr));
}

/// Tasks that were already stopping at the deadline get up to 450 s more.
#[test]
fn a_deadline_before_the_end_of_deregistration_cuts_tasks_short() {
    let output = rehearse(
        "drain --virtual --json --instances 1 --deregistration-seconds 1800 --deadline-seconds 600",
    );
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let instance = &document["instances"][0];
    assert_eq!(instance["tasks_cut_short"], 4, "{document}");
    let took = instance["drain_seconds"].as_f64().unwrap();
    assert!((600.0..1100.0).contains(&took), "{took}");
    assert!(text(&output.stderr).contains("DeadlineSeconds=600"), "{}", text(&output.stderr));
}

#[test]
fn a_drain_that_is_not_over_in_time_ends_with_3() {
    let output = rehearse("drain --virtual --instances 1 --limit-seconds 60 --json");
    assert_eq!(output.status.code(), Some(3));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["instances_drained"], &document["seed"]), (&0.into(), &1.into()));
    assert_eq!(document["failures"][1], "not over after 60 s");
    let errors = text(&output.stderr);
    assert!(errors.contains("is still held; not over after 60 s"), "{errors}");
}

#[test]
fn missing_release_builds_end_with_1() {
    let output = rehearse("weigh --json --directory /nowhere");
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let errors = text(&output.stderr);
    assert!(errors.contains("/nowhere") && errors.contains("make bench"), "{errors}");
}

#[test]
fn version_is_that_of_the_workspace() {
    let version = format!("rehearse {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(text(&rehearse("--version").stdout), version);
}

/// The fields that the reference page lists for the document of a command.
fn documented(command: &str) -> BTreeSet<String> {
    let page = section(&read("docs/reference/commands.md"), "### JSON documents of rehearse");
    let rows = table(&page).rows;
    let of = rows.iter().filter(|row| quoted(cell(row, 1)).iter().any(|name| name == command));
    of.flat_map(|row| quoted(cell(row, 0))).collect()
}

#[test]
fn json_documents_have_the_fields_of_the_reference_page() {
    for (command, line) in [
        ("drain", "drain --virtual --json"),
        ("drain --faults", "drain --virtual --faults all --seed 3 --json"),
        ("scale", "scale --json"),
        ("soak", "soak --seeds 3 --json"),
        ("soak --scaling", "soak --scaling --seeds 3 --json"),
    ] {
        let output = rehearse(line);
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let fields: BTreeSet<String> = document.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, documented(command), "{line}");
    }
}

#[test]
fn a_json_document_of_a_drain_has_its_figures_and_no_progress() {
    let output = rehearse("drain --virtual --instances 3 --seed 7 --json");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["seed"], 7);
    assert_eq!(document["virtual"], true);
    assert_eq!(document["instances_drained"], 3);
    assert_eq!(document["failures"], serde_json::json!([]));
    let instances = document["instances"].as_array().unwrap();
    assert_eq!(instances.len(), 3);
    let lags = instances.iter().map(|instance| instance["lag_seconds"].as_f64().unwrap());
    let longest = document["longest_lag_seconds"].as_f64().unwrap();
    assert!(longest > 0.0 && lags.fold(0.0, f64::max) == longest, "{document}");
    assert!(document["calls_by_operation"]["CompleteLifecycleAction"].as_u64() >= Some(3));
    assert!(text(&output.stderr).contains("Terminating:Wait"));
}

/// On a terminal of `script`, which util-linux has.
#[test]
fn progress_bars_stay_out_of_standard_output() {
    let file = directory("bars").join("soak.txt");
    let line = format!("{REHEARSE} soak --seeds 20 > {}", file.display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    let status = script.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
    let shown = fs::read_to_string(file).unwrap();
    assert!(shown.starts_with("20 runs from seed 0 on"), "{shown}");
    assert!(!shown.contains(['\r', '\x1b']), "{shown}");
}

#[test]
fn a_reader_that_closes_standard_output_is_not_a_failure() {
    let mut child = Command::new(REHEARSE)
        .args(["drain", "--virtual", "--instances", "8"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = rehearse(&format!("completions {shell}"));
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let completions = text(&output.stdout);
        for word in ["limit-seconds", "deregistration-seconds", "digest"] {
            assert!(completions.contains(word), "no {word} for {shell}");
        }
    }
    let file = directory("completions").join("rehearse.bash");
    fs::write(&file, rehearse("completions bash").stdout).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&file).status().unwrap().success());
}

#[test]
fn color_is_on_demand_where_there_is_no_terminal() {
    let colored = |bytes: &[u8]| bytes.contains(&b'\x1b');
    for (flag, expected) in [("", false), ("--color auto", false), ("--color never", false)]
        .into_iter()
        .chain([("--color always", true), ("--color=always", true)])
    {
        assert_eq!(colored(&rehearse(&format!("--help {flag}")).stdout), expected, "{flag}");
        let error = rehearse(&format!("weigh --directory /nowhere {flag}")).stderr;
        assert_eq!(colored(&error), expected, "{flag}");
    }
}

/// On a terminal of `script`, which util-linux has.
#[test]
fn color_is_on_a_terminal_unless_no_color_is_set() {
    let line = format!("{REHEARSE} weigh --directory /nowhere");
    let colored = |name: &str, value: &str| {
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        script.env_remove("NO_COLOR").env("TERM", "xterm").env(name, value);
        let output = script.stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        text(&output.stdout).contains("\x1b[31mrehearse:")
    };
    assert!(colored("NO_COLOR", ""));
    assert!(!colored("NO_COLOR", "1"));
    assert!(!colored("TERM", "dumb"));
}

#[test]
fn help_lists_commands_for_users_first() {
    let help = help::of(REHEARSE, &[]);
    let users = "\nCommands:\n  drain        Scale a cluster in";
    let maintainers = "\n\nCommands for maintainers:\n  soak ";
    let places = [users, maintainers, "\n\nOther commands:\n", "\n\nOptions:\n", "\n\nExamples:"];
    let places = places.map(|words| help.find(words).unwrap_or_else(|| panic!("{words}: {help}")));
    assert!(places.is_sorted(), "{help}");
    let users = ["drain", "scale", "load", "tune", "serve"];
    let others = ["soak", "bench", "weigh", "digest", "completions"];
    assert_eq!(help::subcommands(&help), [&users[..], &others].concat());
}

#[test]
fn help_has_examples_and_fits_its_width() {
    let help = help::of(REHEARSE, &[]);
    for command in help::subcommands(&help) {
        let help = help::of(REHEARSE, &[command.as_str()]);
        assert!(help.contains("\nExamples:\n"), "{command}");
        let widest = help.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{command}: {help}");
    }
    // The list of commands is not wrapped.
    let (lists, _) = help.split_once("\nOptions:").unwrap();
    assert!(lists.lines().all(|line| line.chars().count() <= 80), "{lists}");
    for command in ["drain", "scale", "load"] {
        let codes = help::exit_codes(&help::of(REHEARSE, &[command]));
        assert_eq!(codes, ["0", "1", "2", "3"], "{command}");
    }
}
