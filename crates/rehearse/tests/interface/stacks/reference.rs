//! Compares the reference pages about the stacks with the templates.

use std::collections::BTreeSet;

use region::wiring::template::{self, Parameter};
use scenarios::stack;

use crate::page::{Table, cell, quoted, read, section, table, tables};
use crate::stacks::scaling::{CLUSTER, SERVICE};
use crate::stacks::{DEMO, MAIN, load, parameters};

const PARAMETERS: &str = "docs/reference/parameters.md";
const IAM: &str = "docs/reference/iam.md";

/// The expected row of a parameter. `…` stands for any text.
fn row(parameter: &Parameter) -> [String; 4] {
    let default = match parameter.default.as_deref() {
        None => "required".to_owned(),
        Some("") => r#"`""`"#.to_owned(),
        Some(default) => default.to_owned(),
    };
    let values = &parameter.allowed_values;
    let range = match (&values[..], parameter.min_value, parameter.max_value) {
        ([], Some(least), Some(most)) => format!("{least} to {most}"),
        ([], ..) => "…".to_owned(),
        ([least, .., most], ..) if parameter.kind == "Number" => format!("{least} to {most}, …"),
        _ => values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", "),
    };
    [format!("`{}`", parameter.name), default, range, "…".to_owned()]
}

/// Whether a cell has the expected text, with more text in place of a final `…`.
fn has(cell: &str, expected: &str) -> bool {
    match expected.strip_suffix('…') {
        Some(start) => cell.len() > start.len() && cell.starts_with(start),
        None => cell == expected,
    }
}

/// Reports missing, wrong and unknown rows.
fn wrong_rows(rows: &[Vec<String>], parameters: &[Parameter]) -> Vec<String> {
    let written = |row: &[String]| format!("| {} |", row.join(" | "));
    let mut wrong = Vec::new();
    for expected in parameters.iter().map(row) {
        let of_it = rows.iter().filter(|row| row.first() == expected.first());
        let of_it: Vec<_> = of_it.collect();
        let [found] = of_it[..] else {
            wrong.push(format!("{} rows instead of one: {}", of_it.len(), written(&expected)));
            continue;
        };
        let is_right = |(column, expected): (usize, &String)| has(cell(found, column), expected);
        if !expected.iter().enumerate().all(is_right) {
            wrong.push(format!("{} should be {}", written(found), written(&expected)));
        }
    }
    let names: BTreeSet<String> = parameters.iter().map(|p| format!("`{}`", p.name)).collect();
    let unknown = rows.iter().filter(|row| !names.contains(cell(row, 0)));
    wrong.extend(unknown.map(|row| format!("of no parameter: {}", written(row))));
    wrong
}

#[test]
fn parameters_page_lists_the_parameters_of_the_templates() {
    let page = read(PARAMETERS);
    let mut wrong = Vec::new();
    for path in [MAIN, SERVICE, CLUSTER, DEMO] {
        let listed = tables(&section(&page, &format!("## {path}")));
        for Table { heading, .. } in &listed {
            assert_eq!(heading.join(" "), "parameter default range meaning");
        }
        let rows: Vec<_> = listed.into_iter().flat_map(|table| table.rows).collect();
        let wrong_here = wrong_rows(&rows, &parameters(path)).into_iter();
        wrong.extend(wrong_here.map(|row| format!("{path}: {row}")));
    }
    assert!(wrong.is_empty(), "{PARAMETERS}, by template:\n{}", wrong.join("\n"));
}

#[test]
fn missing_wrong_and_unknown_rows_are_reported() {
    let declared = "Parameters:
  Name: { Type: String }
  Empty: { Type: String, Default: '' }
  Percent: { Type: Number, Default: 30, MinValue: 1, MaxValue: 30 }
  Mode: { Type: String, Default: wait, AllowedValues: [wait, stop] }
  Days: { Type: Number, Default: 3, AllowedValues: [1, 3, 5] }
";
    let parameters = template::parameters(declared).unwrap();
    let good = "| `Name` | required | a name | x |
| `Empty` | `\"\"` | a name | x |
| `Percent` | 30 | 1 to 30 | x |
| `Mode` | wait | `wait`, `stop` | x |
| `Days` | 3 | 1 to 5, as AWS has them | x |";
    let wrong = |rows: &str| wrong_rows(&table(&format!("||||\n||||\n{rows}\n")).rows, &parameters);
    assert_eq!(wrong(good), [] as [String; 0]);
    for (from, to) in [
        ("`Percent`", "`Percents`"),
        ("`Percent`", "Percent"),
        ("required", ""),
        ("`\"\"`", "none"),
        ("30 | 1 to 30", "20 | 1 to 30"),
        ("1 to 30", "1 to 300"),
        ("1 to 5,", "1 to 7,"),
        ("`wait`, `stop`", "`wait`"),
        ("a name | x", "| x"),
        ("| x |", "| |"),
    ] {
        assert!(!wrong(&good.replace(from, to)).is_empty(), "{from} is {to}");
    }
    let without = good.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(wrong(&without), ["0 rows instead of one: | `Name` | required | … | … |"]);
    let unknown = format!("{good}\n| `Other` | 1 | 1 to 2 | x |");
    assert_eq!(wrong(&unknown), ["of no parameter: | `Other` | 1 | 1 to 2 | x |"]);
}

#[test]
fn iam_page_lists_the_actions_of_each_role() {
    let rows = table(&section(&read(IAM), "## Roles of the functions")).rows;
    let roles = stack::roles(&[]).unwrap();
    for (function, role) in [
        ("auto-drain", "AutoDrainRole"),
        ("reinvoke", "ReinvokeRole"),
        ("hook-keeper", "HookKeeperRole"),
        ("alarm-scaling", "AlarmScalingRole"),
    ] {
        let of_function = rows.iter().filter(|row| cell(row, 0) == function);
        let listed: BTreeSet<String> = of_function.flat_map(|row| quoted(cell(row, 1))).collect();
        let allowed = roles.get(role).unwrap().iter().flat_map(|s| s.actions.clone());
        let allowed: BTreeSet<String> = allowed.collect();
        let missing: Vec<_> = allowed.difference(&listed).collect();
        assert!(missing.is_empty(), "{IAM}, {function}: add {missing:?}");
        let unknown: Vec<_> = listed.difference(&allowed).collect();
        assert!(unknown.is_empty(), "{IAM}, {function}: remove {unknown:?}");
    }
}

#[test]
fn metrics_page_lists_the_alarms_of_the_templates() {
    let mut created = BTreeSet::new();
    for path in [MAIN, "stacks/monitoring.yaml"] {
        let document = load(path);
        let resources = document["Resources"].as_object().unwrap();
        let alarms = resources.iter().filter(|(_, one)| one["Type"] == "AWS::CloudWatch::Alarm");
        created.extend(alarms.map(|(id, _)| id.clone()));
    }
    let page = section(&read("docs/reference/metrics-and-logs.md"), "## Alarms");
    let listed = tables(&page).into_iter().filter(|table| cell(&table.heading, 0) == "alarm");
    let listed: Vec<_> = listed.flat_map(|table| table.rows).collect();
    let listed: BTreeSet<String> = listed.iter().flat_map(|row| quoted(cell(row, 0))).collect();
    assert_eq!(listed, created);
}
