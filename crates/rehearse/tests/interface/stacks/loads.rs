//! The alarms of the metrics that a service may scale on, and the page that lists them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::page::{cell, read, section, table};
use crate::stacks::scaling::{PAGE, SERVICE};
use crate::stacks::{arguments, load, parameters};

fn metrics() -> Vec<String> {
    let metric = parameters(SERVICE).into_iter().find(|p| p.name == "ServiceMetric");
    metric.unwrap().allowed_values
}

#[test]
fn every_metric_is_read_and_none_else() {
    let template = load(SERVICE);
    let mut mapped: Vec<String> =
        template["Mappings"]["Metrics"].as_object().unwrap().keys().cloned().collect();
    mapped.sort();
    let mut metrics = metrics();
    metrics.sort();
    assert_eq!(mapped, metrics);
    for id in ["OutAlarm", "InAlarm"] {
        let alarm = &template["Resources"][id]["Properties"]["Metrics"];
        let ids: Vec<&Value> = arguments(alarm, "Id");
        for (metric, row) in template["Mappings"]["Metrics"].as_object().unwrap() {
            let text = format!("{} {}", row["Known"], row["Load"]);
            let words = text.split(|c: char| !c.is_ascii_alphabetic());
            for word in words.filter(|word| !word.is_empty()) {
                assert!(ids.iter().any(|id| *id == word), "{metric} reads {word}");
            }
        }
    }
}

#[test]
fn both_alarms_read_the_same() {
    let template = load(SERVICE);
    for property in ["Namespace", "MetricName", "Dimensions", "Statistic", "Period", "Metrics"] {
        let of = |id: &str| template["Resources"][id]["Properties"][property].clone();
        assert!(!of("OutAlarm").is_null());
        assert_eq!(of("OutAlarm"), of("InAlarm"), "{property}");
    }
}

/// An update creates the new alarm before it deletes the one that it replaces.
#[test]
fn no_two_alarms_have_one_name_whatever_the_condition() {
    let template = load(SERVICE);
    let names: Vec<&Value> = arguments(&template["Resources"], "AlarmName");
    let different: BTreeSet<String> = names.iter().map(|name| name.to_string()).collect();
    assert_eq!(different.len(), names.len(), "{different:?}");
}

#[test]
fn the_page_lists_every_metric_with_its_expression() {
    let template = load(SERVICE);
    let listed = table(&section(&read(PAGE), "## Metrics per task")).rows;
    let listed: BTreeMap<String, [String; 3]> = listed
        .iter()
        .map(|row| (cell(row, 0).to_owned(), [1, 2, 3].map(|column| cell(row, column).to_owned())))
        .collect();
    let expected: BTreeMap<String, [String; 3]> = template["Mappings"]["Metrics"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(metric, row)| {
            let text = |field: &str| row[field].as_str().unwrap();
            let input =
                format!("`{}` of `{}`, {}", text("Name"), text("Namespace"), text("Statistic"));
            let [known, load] = ["Known", "Load"].map(|field| format!("`{}`", text(field)));
            (format!("`{metric}`"), [input, known, load])
        })
        .collect();
    assert_eq!(listed, expected);
}
