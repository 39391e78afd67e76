//! docs/reference/commands.md, held against the command.

use std::collections::BTreeSet;

use crate::page::{cell, read, section, table, tables};
use crate::{help, words};

const ADVISOR: &str = env!("CARGO_BIN_EXE_metric-advisor");
const PAGE: &str = "docs/reference/commands.md";

#[test]
fn commands_page_lists_the_flags_of_metric_advisor() {
    let page = section(&read(PAGE), "## metric-advisor");
    let help = help::of(ADVISOR, &[]);
    // The first table has those of all commands.
    let shared = help::listed(tables(&page).first().unwrap());
    assert_eq!(shared, help::flags(&help));
    let commands = help::subcommands(&help);
    for title in page.lines().filter_map(|line| line.strip_prefix("### metric-advisor ")) {
        assert!(commands.iter().any(|command| command == title), "there is no command {title}");
    }
    for command in commands {
        let title = format!("### metric-advisor {command}");
        let described = match page.lines().any(|line| line == title) {
            true => help::listed(&table(&section(&page, &title))),
            false => BTreeSet::new(),
        };
        let printed = help::flags(&help::of(ADVISOR, &[command.as_str()]));
        let own: BTreeSet<String> = printed.difference(&shared).cloned().collect();
        assert_eq!(described, own, "metric-advisor {command}");
    }
}

#[test]
fn commands_page_lists_the_exit_codes_of_metric_advisor() {
    let rows = table(&section(&read(PAGE), "## Exit codes")).rows;
    let rows = rows.iter().filter(|row| cell(row, 1) == "`metric-advisor`");
    let listed: Vec<&str> = rows.map(|row| cell(row, 0)).collect();
    let help = help::of(ADVISOR, &["advise"]);
    let (_, codes) = help.split_once("\nExit codes:\n").unwrap();
    let printed = codes.lines().filter_map(|line| line.split_whitespace().next());
    assert_eq!(listed, printed.collect::<Vec<_>>());
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
