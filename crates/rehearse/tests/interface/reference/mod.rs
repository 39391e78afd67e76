//! Compares the reference pages about commands, log records and events with the sources.

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::{literals, markdown, shipped, sources};
use crate::help;
use crate::page::{Table, cell, quoted, read, root, section, table, tables};

const REHEARSE: &str = env!("CARGO_BIN_EXE_rehearse");
const COMMANDS: &str = "docs/reference/commands.md";
const LOGS: &str = "docs/reference/metrics-and-logs.md";
const EVENTS: &str = "docs/reference/events.md";

/// Headings of first columns whose names only one page may list.
const NAMED_ONCE: [&str; 6] = ["parameter", "variable", "metric", "field", "alarm", "exit code"];

/// The names in the first column of all tables in a section.
fn names_in(page: &str, title: &str) -> BTreeSet<String> {
    let tables = tables(&section(&read(page), title));
    let rows: Vec<_> = tables.into_iter().flat_map(|table| table.rows).collect();
    rows.iter().flat_map(|row| quoted(cell(row, 0))).collect()
}

/// The string literals after each `call` in a source of the repository, without its tests.
fn literals_in(path: &str, call: &str) -> BTreeSet<String> {
    literals(&shipped(&root().join(path)), call).into_iter().collect()
}

/// The variables that a source reads, with their defaults as it writes them.
fn variables(source: &str) -> BTreeMap<String, String> {
    let quoted_next = |text: &str| {
        let text = text.trim_start().strip_prefix('"')?;
        let (value, rest) = text.split_once('"')?;
        Some((value.to_owned(), rest.trim_start_matches([',', ' ', '\n']).to_owned()))
    };
    let required = source.split("from.required(").skip(1).map(|call| {
        let (name, _) = quoted_next(call).unwrap();
        (name, "required".to_owned())
    });
    let defaulted = source.split("from.defaulted(").skip(1).map(|call| {
        let (name, rest) = quoted_next(call).unwrap();
        (name, quoted_next(&rest).unwrap().0)
    });
    required.chain(defaulted).collect()
}

#[test]
fn configuration_page_rustdoc_and_code_agree_on_variables() {
    let page = read("docs/reference/configuration.md");
    let files = [
        ("auto-drain", "crates/auto-drain/src/config.rs"),
        ("reinvoke", "crates/reinvoke/src/lib.rs"),
        ("hook-keeper", "crates/hook-keeper/src/config.rs"),
        ("alarm-scaling", "crates/alarm-scaling/src/config.rs"),
    ];
    assert_eq!(tables(&page).len(), files.len());
    for (function, file) in files {
        let Table { heading, rows } = table(&section(&page, &format!("## {function}")));
        let source = shipped(&root().join(file));
        let rustdoc: String = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("/// "))
            .map(|line| format!("{line}\n"))
            .collect();
        let documented = table(&rustdoc);
        assert_eq!(heading, documented.heading, "configuration.md and the rustdoc of {file}");
        assert_eq!(rows, documented.rows, "configuration.md and the rustdoc of {file}");
        let default = |row: &[String]| cell(row, 1).replace(r#"`""`"#, "");
        let named: BTreeMap<String, String> = rows
            .iter()
            .map(|row| (cell(row, 0).trim_matches('`').to_owned(), default(row)))
            .collect();
        assert_eq!(named, variables(&source), "{file}");
    }
}

/// The sources of the functions and their harness, without their tests.
fn functions() -> String {
    let names = ["function", "auto-drain", "reinvoke", "hook-keeper", "alarm-scaling"];
    let folders = names.map(|name| format!("crates/{name}/src"));
    folders.iter().flat_map(|folder| sources(&root().join(folder))).map(|f| shipped(&f)).collect()
}

#[test]
fn metrics_page_lists_every_metric_with_its_unit() {
    let code = functions();
    let stuck = shipped(&root().join("crates/drain/src/stuck.rs"));
    let reasons = literals(&stuck, "=> ").into_iter().filter(|name| name.starts_with("Stuck"));
    let counts = literals(&code, ".count(").into_iter().chain(literals(&code, ".level("));
    let counts = counts.chain(reasons).map(|name| (name, "Count".to_owned()));
    let seconds = literals(&code, ".seconds(").into_iter().map(|name| (name, "Seconds".to_owned()));
    let emitted: BTreeMap<String, String> = counts.chain(seconds).collect();

    let page = section(&read(LOGS), "## Metrics");
    let listed: BTreeMap<String, String> = tables(&page)
        .iter()
        .flat_map(|table| &table.rows)
        .map(|row| (cell(row, 0).trim_matches('`').to_owned(), cell(row, 1).to_owned()))
        .collect();
    assert_eq!(listed, emitted);
}

/// The names in the first columns of those tables of a text whose first heading is `what`.
fn named(what: &str, text: &str) -> BTreeSet<String> {
    let tables = tables(text).into_iter().filter(|table| cell(&table.heading, 0) == what);
    let rows: Vec<_> = tables.flat_map(|table| table.rows).collect();
    rows.iter().flat_map(|row| quoted(cell(row, 0))).collect()
}

#[test]
fn metrics_page_lists_every_log_field() {
    let records = section(&read(LOGS), "## Log records");
    let code = functions();
    let fields = ["record.field(", "record.field_if_any("];
    let fields = fields.iter().flat_map(|call| literals(&code, call));
    let dimensions = literals(&code, "Record::new(");
    assert_eq!(named("field", &records), fields.chain(dimensions).collect());

    let outcome = shipped(&root().join("crates/auto-drain/src/outcome.rs"));
    let details = literals(&outcome, "fields.insert(").into_iter();
    let always = ["instance", "verdict", "decided"].map(str::to_owned);
    assert_eq!(named("detail", &records), details.chain(always).collect());
}

#[test]
fn pages_list_why_drains_are_stuck_and_why_nothing_is_scaled() {
    let stuck = shipped(&root().join("crates/drain/src/stuck.rs"));
    let reasons = literals(&stuck, "=> ").into_iter().filter(|name| !name.starts_with("Stuck"));
    let page = read("docs/operations.md");
    let rows = table(&section(&page, "## Why a drain is stuck, and what to do")).rows;
    let listed: BTreeSet<String> = rows.iter().flat_map(|row| quoted(cell(row, 0))).collect();
    assert_eq!(listed, reasons.collect());

    let codes = literals_in("crates/scaling/src/decide/reason.rs", "=> ");
    let page = section(&read(LOGS), "### Reasons not to scale");
    assert_eq!(named("reason", &page), codes);
}

#[test]
fn commands_page_lists_the_targets_of_the_makefile() {
    let is_name = |name: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !name.is_empty() && name.chars().all(plain)
    };
    let makefile = read("Makefile");
    let rules = makefile.lines().filter(|line| line.contains(" ## "));
    let targets = rules.filter_map(|line| Some(line.split_once(':')?.0));
    let targets: BTreeSet<_> = targets.filter(|name| is_name(name)).map(str::to_owned).collect();
    assert_eq!(names_in(COMMANDS, "## make"), targets);
}

#[test]
fn commands_page_lists_the_flags_of_rehearse() {
    help::compare(REHEARSE, "rehearse", &read(COMMANDS));
}

#[test]
fn commands_page_lists_the_flags_of_ops_and_live() {
    for (title, path) in
        [("## Deploying", "ops/__main__.py"), ("## Checking on AWS", "live/__main__.py")]
    {
        let described = table(&section(&read(COMMANDS), title));
        assert_eq!(help::listed(&described), literals_in(path, "add_argument("), "{path}");
    }
}

/// The exit codes of a Python program, from the line that names them.
fn codes_of(path: &str) -> BTreeSet<String> {
    let source = read(path);
    let line = source.lines().find_map(|line| line.split_once(", REFUSED = ")).unwrap();
    line.1.split(", ").map(str::to_owned).collect()
}

/// The exit code of a function that does not start.
fn code_of_functions() -> String {
    let source = read("crates/function/src/start.rs");
    let (_, rest) = source.split_once("BAD_CONFIGURATION: u8 = ").unwrap();
    rest.split_once(';').unwrap().0.to_owned()
}

#[test]
fn commands_page_lists_the_exit_codes() {
    let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in table(&section(&read(COMMANDS), "## Exit codes")).rows {
        let program = cell(&row, 1).trim_matches('`').to_owned();
        listed.entry(program).or_default().insert(cell(&row, 0).to_owned());
    }
    // A test of metric-advisor compares its own.
    assert!(listed.remove("metric-advisor").is_some());
    let expected = [
        ("rehearse", help::exit_codes(&help::of(REHEARSE, &[])).into_iter().collect()),
        ("python -m ops", codes_of("ops/__main__.py")),
        ("python -m live", codes_of("live/__main__.py")),
        ("functions", BTreeSet::from([code_of_functions()])),
    ];
    let expected = expected.map(|(program, codes)| (program.to_owned(), codes));
    assert_eq!(listed, BTreeMap::from(expected));
}

#[test]
fn metrics_page_lists_verdicts_actions_and_errors() {
    let details = tables(&section(&read(LOGS), "### Details")).into_iter();
    let details: Vec<_> = details.flat_map(|table| table.rows).collect();
    let ends = details.iter().find(|row| cell(row, 0) == "`end`").unwrap();
    let mut listed: BTreeSet<String> = quoted(cell(ends, 1)).into_iter().collect();
    listed.extend(names_in(LOGS, "### Verdicts"));
    listed.extend(names_in(LOGS, "### Actions"));
    let mut named = literals_in("crates/auto-drain/src/outcome.rs", "=> ");
    named.extend(literals_in("crates/drain/src/decide/plan.rs", "=> "));
    assert_eq!(listed, named);

    let kinds = literals_in("crates/aws/src/error.rs", "=> ");
    assert_eq!(names_in(LOGS, "### Kinds of error"), kinds);
}

/// The names of the fields of a struct.
fn fields_of(path: &str, name: &str) -> BTreeSet<String> {
    let source = read(path);
    let (_, rest) = source.split_once(&format!("struct {name} {{\n")).unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let lines = body.lines().map(str::trim);
    let fields = lines.filter(|line| !line.starts_with("///") && !line.starts_with("#["));
    let names = fields.filter_map(|field| field.split_once(':'));
    names.map(|(name, _)| name.trim_start_matches("pub ").to_owned()).collect()
}

#[test]
fn metrics_page_lists_the_fields_of_decisions() {
    let decisions = tables(&section(&read(LOGS), "## Scaling decisions"));
    for (heading, path, name) in [
        ("decision", "crates/scaling/src/decide/record.rs", "Record<'a>"),
        ("raise", "crates/scaling/src/raise.rs", "Raise"),
    ] {
        let listed = decisions.iter().find(|table| cell(&table.heading, 0) == heading).unwrap();
        let listed = listed.rows.iter().flat_map(|row| quoted(cell(row, 0)));
        assert_eq!(listed.collect::<BTreeSet<_>>(), fields_of(path, name), "{name}");
    }
}

#[test]
fn events_page_lists_every_reason_to_skip_a_message() {
    let drain = literals_in("crates/drain/src/notification/mod.rs", "=> ");
    assert_eq!(names_in(EVENTS, "### Skip reasons of auto-drain"), drain);
    let mut scaling = literals_in("crates/alarm-scaling/src/fold.rs", ".skip(");
    scaling.extend(literals_in("crates/alarm-scaling/src/route.rs", ".skip("));
    scaling.extend(literals_in("crates/scaling/src/alarm/skip.rs", "=> "));
    assert_eq!(names_in(EVENTS, "### Skip reasons of alarm-scaling"), scaling);
}

#[test]
fn each_name_stands_in_one_reference_page() {
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for page in markdown("docs/reference") {
        for Table { heading, rows } in tables(&read(&page)) {
            let what = cell(&heading, 0);
            if !NAMED_ONCE.contains(&what) {
                continue;
            }
            for name in rows.iter().flat_map(|row| cell(row, 0).split(", ")) {
                let named = (what.to_owned(), name.trim_matches('`').to_owned());
                found.entry(named).or_default().insert(page.clone());
            }
        }
    }
    for what in NAMED_ONCE {
        assert!(found.keys().any(|(kind, _)| kind == what), "no page lists any {what}");
    }
    for ((what, name), pages) in found {
        assert_eq!(pages.len(), 1, "{what} `{name}` stands in {pages:?}");
    }
}
