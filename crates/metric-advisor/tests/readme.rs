//! The README's advice on the load test of this repository.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_readme_shows_what_the_advisor_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = page.split_once("--bin metric-advisor -- ").unwrap();
    let (arguments, rest) = rest.split_once('\n').unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html");
    let arguments = arguments.replace("report.html", report.to_str().unwrap());

    let mut advisor = Command::new(env!("CARGO_BIN_EXE_metric-advisor"));
    let output = advisor.current_dir(root).args(arguments.split_whitespace()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = String::from_utf8(output.stdout).unwrap();
    let mut said = output.lines().map(str::trim);
    for line in shown.lines().map(str::trim).filter(|line| *line != "…" && !line.is_empty()) {
        assert!(said.any(|said| said == line), "`{line}` is not, or not there, in:\n{output}");
    }
    assert!(fs::read_to_string(report).unwrap().contains("workers_busy"));
}
