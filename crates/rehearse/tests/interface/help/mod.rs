//! Reads the flags and subcommands in the help of a command and in its reference page.

use std::collections::BTreeSet;
use std::process::Command;

use crate::page::{Table, cell, quoted};

/// The output of a program for these arguments and `--help`.
pub fn of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} --help");
    String::from_utf8(output.stdout).unwrap()
}

/// The subcommands in a help, without `help` itself.
pub fn subcommands(help: &str) -> Vec<String> {
    let (_, rest) = help.split_once("\nCommands:\n").unwrap();
    let lines = rest.lines().take_while(|line| !line.is_empty());
    // Names are indented by two columns, and further lines of a description by more.
    let names = lines.filter(|line| !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The flags in a help, in their long form.
pub fn flags(help: &str) -> BTreeSet<String> {
    // The examples below the options contain flags too.
    let options = help.split("\nExamples:").next().unwrap_or_default();
    let flag = |line: &str| {
        let text = line.trim_start();
        // Descriptions and possible values are indented more.
        let is_flag = line.len() - text.len() <= 6 && text.starts_with('-');
        let long = text.split_whitespace().find(|word| word.starts_with("--"));
        long.filter(|_| is_flag).map(str::to_owned)
    };
    options.lines().filter_map(flag).collect()
}

/// The flags in a table of the reference page.
pub fn listed(table: &Table) -> BTreeSet<String> {
    assert_eq!(cell(&table.heading, 0), "flag");
    table.rows.iter().flat_map(|row| quoted(cell(row, 0))).collect()
}
