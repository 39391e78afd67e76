//! `rehearse tune` as a process.

use std::process::{Command, Output};

use serde_json::Value;

const LOAD: [&str; 8] = [
    "--shape",
    "step:from=60,to=160,at=5m,length=20m",
    "--sustains",
    "40",
    "--work",
    "50ms",
    "--objective",
    "p95<250ms",
];

fn tune(arguments: &[&str]) -> Output {
    let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    rehearse.arg("tune").args(LOAD).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_cheapest_number_of_tasks_is_found_and_can_be_pasted() {
    let policy = ["--policy", "fixed:tasks=12,instances=4", "--budget", "16"];
    let output = tune(&[&policy[..], &["--hold-out", "50%"]].concat());
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(shown.contains("The cheapest setting that keeps the objective has tasks"), "{shown}");
    assert!(shown.contains("On loads that are held out: "), "{shown}");
    let pasted = shown.lines().last().unwrap();
    let tasks: usize = pasted.strip_prefix("tasks=").unwrap().parse().unwrap();
    let output = tune(&[&policy[..], &["--json"]].concat());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(tasks < 12 && document["best"]["score"]["violation_percent"].as_f64().unwrap() <= 1.0);
    assert_eq!(document["unit"], "task-hours");
}

#[test]
fn what_cannot_be_used_is_named_and_ends_with_2() {
    for (arguments, word) in [
        (&[][..], "--policy"),
        (&["--policy", "native", "--hold-out", "99%"], "hold-out: is not from 5% to 95%"),
        (&["--policy", "native", "--budget", "0"], "--budget"),
        (&["--policy", "native", "--event", "flood"], "`flood` is not lost"),
        (&["--policy", "target-tracking"], "target-tracking.target: is missing"),
    ] {
        let output = tune(arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
    }
}
