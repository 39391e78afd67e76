//! `rehearse load` as a process.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

use crate::page::{cell, read, section, tables};

const SERVICE: &str = r#"{"sustains": 40, "work": "50ms", "objective": "p95<250ms"}"#;

/// A file of a test.
fn file(name: &str, text: &str) -> String {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("load");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn load(arguments: &[&str]) -> Output {
    let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    rehearse.arg("load").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_shape_is_rehearsed_with_a_service_from_a_file() {
    let service = file("shape.json", SERVICE);
    let shape = ["--shape", "step:from=30,to=60,at=2m,length=10m", "--service", &service];
    let output = load(&[&shape[..], &["--policy", "fixed:tasks=4"]].concat());
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(shown.contains("fixed:tasks=4 kept the objective for 100.0% of the time"), "{shown}");
    let output = load(&[&shape[..], &["--json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["policies"][0]["verdict"]["policy"], "native");
    assert_eq!(document["policies"][1]["verdict"]["policy"], "alarm-scaling");
}

#[test]
fn traffic_of_the_past_is_rehearsed_and_reported() {
    let rows: String =
        (0..20).map(|minute| format!("{},{}\n", 60 * minute, 1_200 + 60 * minute)).collect();
    let csv = file("traffic.csv", &format!("seconds,hits\n{rows}"));
    let report = file("report.html", "");
    let service = file("traffic.json", SERVICE);
    let output = load(&[
        "--csv",
        &csv,
        "--column",
        "time=seconds",
        "--column",
        "demand=hits",
        "--unit",
        "demand=sample",
        "--service",
        &service,
        "--html",
        &report,
        "--policy",
        "native",
        "--json",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["seconds"], 1_200.0);
    assert_eq!(document["policies"][0]["minutes"][10]["demand"], 30.0);
    assert!(fs::read_to_string(report).unwrap().ends_with("</html>"));
}

#[test]
fn more_violation_than_allowed_ends_with_3() {
    let service = file("violation.json", SERVICE);
    let shape = ["--shape", "step:from=30,to=400,at=2m,length=10m", "--service", &service];
    let small = [&shape[..], &["--policy", "fixed:tasks=2", "--max-violation"]].concat();
    let output = load(&[&small[..], &["5%"]].concat());
    assert_eq!(output.status.code(), Some(3));
    let errors = text(&output.stderr);
    assert!(errors.contains("fixed:tasks=2: 80.00% of the time"), "{errors}");
    assert!(load(&[&small[..], &["90%"]].concat()).status.success());
}

#[test]
fn what_cannot_be_used_is_named_and_ends_with_2() {
    let service = file("bad.json", SERVICE);
    let csv = file("bad.csv", "time,cpu\n0,1\n60,2\n");
    let good = ["--shape", "step:from=1,to=2", "--service", &service];
    for (arguments, word) in [
        (vec!["--service", &service], "--shape"),
        (vec!["--shape", "step:from=1"], "step.to: is missing"),
        (vec!["--shape", "step:from=1,to=2", "--work", "50ms"], "objective: is missing"),
        (vec!["--csv", &csv, "--service", &service], "`cpu`"),
        ([&good[..], &["--policy", "native:Size=3"]].concat(), "native.Size"),
        ([&good[..], &["--policy", "native:ServiceOutPercent=10"]].concat(), "give at least 65"),
        ([&good[..], &["--tasks", "3"]].concat(), "tasks: `3` is not MIN-MAX"),
        ([&good[..], &["--max-violation", "2"]].concat(), "`2` is not a share"),
        ([&good[..], &["--unit", "demand=minute"]].concat(), "'--unit <COLUMN=UNIT>'"),
    ] {
        let output = load(&arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
    let output = load(&["--csv", "nowhere.csv", "--service", &service]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot read nowhere.csv"));
}

#[test]
fn the_page_lists_every_shape_that_is_read() {
    let page = section(&read("docs/rehearsal.md"), "## The load");
    let listed = tables(&page).remove(0).rows;
    assert_eq!(listed.len(), 7);
    for row in listed {
        let name = cell(&row, 0).trim_matches('`').to_owned();
        let output = load(&["--shape", &name]);
        let errors = text(&output.stderr);
        assert!(errors.contains(&format!("{name}.")) && errors.contains("is missing"), "{errors}");
    }
}
