//! The command line.

use std::process::{Command, Output};

fn advisor_bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_advisor-bench")).args(arguments).output().unwrap()
}

fn shown(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn one_test_is_written_as_csv() {
    let output = advisor_bench(&["--model", "cpu", "--seed", "1", "--csv"]);
    let csv = String::from_utf8(output.stdout).unwrap();
    let mut lines = csv.lines();
    let names = lines.next().unwrap();
    assert!(names.starts_with("time,tasks,demand,latency_mean_s,"), "{names}");
    let columns = names.split(',').count();
    assert!(lines.clone().count() > 100);
    assert!(lines.all(|line| line.split(',').count() == columns));
}

#[test]
fn one_test_is_told_with_its_truth_and_its_answer() {
    let output = advisor_bench(&["--model", "no-doubling", "--seed", "1"]);
    let shown = shown(&output);
    for part in ["no-doubling: ", "Truth {", "Advice {", "Judgement {"] {
        assert!(shown.contains(part), "no {part} in {shown}");
    }
}

#[test]
fn an_unknown_model_is_named_with_those_that_there_are() {
    let output = advisor_bench(&["--model", "quantum"]);
    assert!(!output.status.success());
    assert!(shown(&output).contains("is none of cpu, memory, workers"), "{}", shown(&output));
}

#[test]
fn a_page_without_room_for_the_table_is_named() {
    let page = std::env::temp_dir().join(format!("advisor-bench-{}.md", std::process::id()));
    std::fs::write(&page, "# Title\n").unwrap();
    let output = advisor_bench(&["--tests", "1", "--page", &page.to_string_lossy()]);
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::remove_file(&page).unwrap();
    assert!(!output.status.success());
    assert!(shown(&output).contains("has no lines `<!-- measured by"), "{}", shown(&output));
    assert_eq!(text, "# Title\n");
}

#[test]
fn every_format_is_written_into_a_folder_of_its_own() {
    let folder = std::env::temp_dir().join(format!("advisor-bench-{}", std::process::id()));
    let output = advisor_bench(&["--formats", &folder.to_string_lossy()]);
    let files = |format: &str| std::fs::read_dir(folder.join(format)).unwrap().count();
    let (folders, k6, wrk) = (files(""), files("k6-json"), files("wrk"));
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{}", shown(&output));
    assert_eq!((folders, k6, wrk), (19, 1, 15));
}
