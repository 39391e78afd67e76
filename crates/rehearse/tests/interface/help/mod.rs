//! Reads the flags, subcommands and exit codes in the help of a command and in its reference page.

use std::collections::BTreeSet;
use std::process::Command;

use crate::page::{Table, cell, quoted, section, table, tables};

/// The output of a program for these arguments and `--help`.
pub fn of(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).arg("--help").output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} --help");
    String::from_utf8(output.stdout).unwrap()
}

/// The subcommands in a help, under all headings, without `help` itself.
pub fn subcommands(help: &str) -> Vec<String> {
    let lists = help.split("\n\n").filter_map(|block| block.split_once(":\n"));
    let lists = lists.filter(|(heading, _)| heading.to_lowercase().contains("commands"));
    // Names are indented by two columns, and further lines of a description by more.
    let lines = lists.flat_map(|(_, list)| list.lines()).filter(|line| !line.starts_with("   "));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

/// The exit codes in a help.
pub fn exit_codes(help: &str) -> Vec<String> {
    let (_, codes) = help.split_once("\nExit codes:\n").unwrap();
    let codes = codes.lines().filter_map(|line| line.split_whitespace().next());
    codes.map(str::to_owned).collect()
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

/// Compares a section of the reference page with the help of a program. Its first table has the
/// flags that all commands share. A command without flags of its own needs no section.
pub fn compare(program: &str, name: &str, page: &str) {
    let page = section(page, &format!("## {name}"));
    let help = of(program, &[]);
    let shared = listed(tables(&page).first().unwrap());
    assert_eq!(shared, flags(&help), "{name}");
    let commands = subcommands(&help);
    for title in page.lines().filter_map(|line| line.strip_prefix(&format!("### {name} "))) {
        assert!(commands.iter().any(|command| command == title), "there is no command {title}");
    }
    for command in commands {
        let title = format!("### {name} {command}");
        let described = match page.lines().any(|line| line == title) {
            true => listed(&table(&section(&page, &title))),
            false => BTreeSet::new(),
        };
        let printed = flags(&of(program, &[command.as_str()]));
        let own: BTreeSet<String> = printed.difference(&shared).cloned().collect();
        assert_eq!(described, own, "{name} {command}");
        assert!(page.contains(&format!("{name} {command}")), "{name} {command} is not described");
    }
}
