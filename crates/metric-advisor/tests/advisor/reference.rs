//! docs/reference/commands.md, held against the command.

use crate::page::{cell, read, section, table};
use crate::{help, words};

const ADVISOR: &str = env!("CARGO_BIN_EXE_metric-advisor");
const PAGE: &str = "docs/reference/commands.md";

#[test]
fn commands_page_lists_the_flags_of_metric_advisor() {
    help::compare(ADVISOR, "metric-advisor", &read(PAGE));
}

#[test]
fn commands_page_lists_the_exit_codes_of_metric_advisor() {
    let rows = table(&section(&read(PAGE), "## Exit codes")).rows;
    let rows = rows.iter().filter(|row| cell(row, 1) == "`metric-advisor`");
    let listed: Vec<&str> = rows.map(|row| cell(row, 0)).collect();
    assert_eq!(listed, help::exit_codes(&help::of(ADVISOR, &["advise"])));
}

#[test]
fn help_has_no_private_words() {
    let help = help::of(ADVISOR, &[]);
    let mut found = words::found("metric-advisor --help", &help);
    for command in help::subcommands(&help) {
        let help = help::of(ADVISOR, &[command.as_str()]);
        found.extend(words::found(&format!("metric-advisor {command} --help"), &help));
    }
    assert!(found.is_empty(), "private words:\n{}", found.join("\n"));
}
