//! The `rehearse` binary as a process.

use std::path::PathBuf;
use std::process::{Command, Output};

fn rehearse(path: &str, arguments: &[&str]) -> Output {
    Command::new(path).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A directory with `rehearse` and nothing else.
fn alone() -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("alone");
    std::fs::create_dir_all(&directory).unwrap();
    let copy = directory.join("rehearse");
    std::fs::copy(env!("CARGO_BIN_EXE_rehearse"), &copy).unwrap();
    copy
}

#[test]
fn without_the_compiled_functions_the_drain_fails_and_says_what_to_build() {
    let output = rehearse(alone().to_str().unwrap(), &["drain"]);
    assert!(!output.status.success());
    let errors = text(&output.stderr);
    assert!(errors.contains("alone/auto-drain"), "{errors}");
    assert!(errors.contains("cargo build"), "{errors}");
}

#[test]
fn a_virtual_drain_ends_with_every_instance_drained() {
    let output =
        rehearse(env!("CARGO_BIN_EXE_rehearse"), &["drain", "--virtual", "--instances", "12"]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("drained 12 of 12 instances, 0 tasks cut short"), "{shown}");
}

#[test]
fn the_same_seed_shows_the_same_drain() {
    let run = |seed| {
        let arguments = ["drain", "--virtual", "--seed", seed];
        text(&rehearse(env!("CARGO_BIN_EXE_rehearse"), &arguments).stdout)
    };
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("8"));
}

#[test]
fn no_instances_are_no_drain() {
    let output = rehearse(env!("CARGO_BIN_EXE_rehearse"), &["drain", "--instances", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("0 is not in 1..=500"));
}
