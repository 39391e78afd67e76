//! The built command: what it ends with, and what it says.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::model::Sample;
use serde_json::Value;

/// A directory of the test's own.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&path).unwrap();
    path
}

fn file(name: &str, text: &str) -> String {
    let path = directory("command").join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn advisor() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metric-advisor"));
    // No credentials, no region, and no address where some could be had.
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn run(arguments: &[&str]) -> Output {
    advisor().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The test ends with `code`, and says each of `words` on standard error.
#[track_caller]
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = run(arguments);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    for word in words {
        assert!(error.contains(word), "no {word} in: {error}");
    }
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
}

/// As separated values.
fn csv(samples: &[Sample]) -> String {
    let mut text =
        String::from("time,tasks,requests_per_second,latency_p95_ms,cpu_percent,memory_percent\n");
    for one in samples {
        let p95 = 1000.0 * one.p95;
        writeln!(
            text,
            "{},{},{:.2},{p95:.1},{:.2},{:.2}",
            one.time, one.tasks, one.demand, one.cpu, one.memory
        )
        .unwrap();
    }
    text
}

fn test_file(name: &str) -> String {
    file(name, &csv(&crate::model::load_test(15)))
}

#[test]
fn a_load_test_that_tells_ends_with_0_and_the_policy_to_paste() {
    let path = test_file("tells.csv");
    let output = run(&[
        "advise",
        &path,
        "--cluster",
        "demo",
        "--service",
        "web",
        "--ramp",
        "10%/min",
        "--objective",
        "p95=1s",
    ]);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{out}{error}");
    assert!(out.contains("cpu_percent"), "{out}");
    assert!(out.contains("ECSServiceAverageCPUUtilization"), "{out}");
    assert!(out.contains("service/demo/web"), "{out}");
    assert!(error.contains("separated values") && error.contains("cpu_percent"), "{error}");
}

#[test]
fn the_answer_for_programs_is_json_and_quiet_is_silent() {
    let path = test_file("json.csv");
    let output = run(&["advise", "--quiet", "--format", "json", "--objective", "p95=1s", &path]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(answer["advice"]["verdict"]["answer"], "recommended");
    assert_eq!(answer["advice"]["verdict"]["metric"], "cpu_percent");
    assert_eq!(answer["advice"]["settings"]["objective"]["latency"][1], 1.0);
    assert!(answer["guesses"].as_array().unwrap().len() > 4);
    assert!(answer["paste"][0]["text"].as_str().unwrap().contains("TargetValue"));
}

#[test]
fn a_test_without_a_second_run_ends_with_3_and_says_what_is_missing() {
    let mut samples = crate::model::load_test(15);
    samples.retain(|sample| sample.tasks == 2);
    let path = file("one-run.csv", &csv(&samples));
    let output = run(&["advise", "--format", "json", &path]);
    assert_eq!(output.status.code(), Some(3));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let missing = answer["advice"]["verdict"]["missing"].as_array().unwrap();
    assert!(missing.contains(&"doubling".into()), "{missing:?}");
}

#[test]
fn metrics_that_all_fail_end_with_1() {
    let mut samples = crate::model::load_test(15);
    for sample in &mut samples {
        // The same however many tasks there are.
        sample.cpu = 0.7 * sample.demand;
    }
    let path = file("none.csv", &csv(&samples));
    let output = run(&["advise", "--quiet", &path]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
}

#[test]
fn standard_input_is_read_as_a_file_is() {
    let csv = csv(&crate::model::load_test(15));
    let mut child = advisor()
        .args(["advise", "-", "--quiet", "--objective", "p95=1s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(csv.as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let path = test_file("pipe.csv");
    let mut child = advisor()
        .args(["advise", "--quiet", "--objective", "p95=1s", &path])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_report_is_a_file_with_what_to_paste_and_what_it_was_made_from() {
    let path = test_file("report.csv");
    let report = directory("command").join("report.html").display().to_string();
    let _ = fs::remove_file(&report);
    let arguments = ["advise", "--quiet", "--objective", "p95=1s", &path, "--html", &report];
    let named = ["--service", "web", "--cluster", "demo"];
    let output = advisor()
        .args(arguments)
        .args(named)
        .env("SOURCE_DATE_EPOCH", "1795683600")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let html = fs::read_to_string(&report).unwrap();
    assert!(html.contains("<svg") && html.contains("TargetTrackingScaling"));
    let sum = Command::new("sha256sum").arg(&path).output().unwrap();
    let sum = text(&sum.stdout).split(' ').next().unwrap().to_owned();
    let version = format!("metric-advisor {}", env!("CARGO_PKG_VERSION"));
    for made in ["2026-11-26 09:00 UTC", "web of the cluster demo", &sum, &version] {
        assert!(html.contains(made), "no {made}");
    }
    let (_, line) = html.split_once("<pre><code>metric-advisor ").unwrap();
    let line = shlex::split(line.split_once("</code>").unwrap().0).unwrap();
    assert_eq!(line, [&arguments[..], &named].concat());
}

#[test]
fn a_report_is_not_overwritten_without_force() {
    let path = test_file("force.csv");
    let report = file("force.html", "mine");
    let advise = ["advise", "--quiet", "--objective", "p95=1s", &path, "--html", &report];
    fails(&advise, 2, &["force.html exists", "--force"]);
    assert_eq!(fs::read_to_string(&report).unwrap(), "mine");
    let output = run(&[&advise[..], &["--force"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(fs::read_to_string(&report).unwrap().contains("<svg"));
    // What is not a file has nothing to lose.
    let output = run(&["advise", "--quiet", "--objective", "p95=1s", &path, "--html", "/dev/null"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    fails(&["advise", &path, "--force"], 2, &["--html"]);
    fails(&["advise", "--quiet", &path, "--html", "/nowhere/r.html"], 4, &["/nowhere/r.html"]);
}

#[test]
fn a_file_that_is_not_there_ends_with_4_and_one_that_says_nothing_with_2() {
    fails(&["advise", "/nowhere/test.csv"], 4, &["/nowhere/test.csv: No such file"]);
    let directory = directory("command").display().to_string();
    fails(&["advise", &directory], 2, &["is a directory"]);
    let empty = file("empty.csv", "");
    fails(&["advise", &empty], 2, &["empty.csv"]);
    let strange = file("strange.csv", "a,b\n1,2\n");
    fails(&["advise", &strange], 2, &["strange.csv"]);
}

#[test]
fn bad_options_end_with_2_and_say_what_may_stand_there() {
    let path = test_file("options.csv");
    for (option, value, word) in [
        ("--objective", "p90=1s", "p95=500ms"),
        ("--max-errors", "200%", "such as 1%"),
        ("--start-up", "60", "for example 500ms, 60s or 3m"),
        ("--ramp", "10%/h", "10%/min"),
        ("--cluster", "arn:aws:ecs:us-east-1:123456789012:cluster/demo", "not its ARN"),
        ("--column", "rps", "ROLE=COLUMN"),
        ("--kind", "jobs=lane", "queue"),
        ("--unit", "latency=h", "ms"),
        ("--runtime", "cobol", "collected"),
        ("--max-tasks", "1", "--min-tasks"),
    ] {
        fails(&["advise", &path, option, value], 2, &[option, word]);
    }
    fails(&["advise"], 2, &["<FILE>"]);
    fails(&["advise", "--from-cloudwatch"], 2, &["--cluster", "--service", "--start", "--end"]);
    fails(
        &["plan", "--start-rate", "10", "--max-rate", "5"],
        2,
        &["--max-rate 5 is not above --start-rate 10"],
    );
}

#[test]
fn cloudwatch_without_a_region_ends_with_4_and_says_where_one_is_set() {
    let span = ["--start", "2026-11-26T09:00:00Z", "--end", "2026-11-26T10:00:00Z"];
    let mut arguments =
        vec!["advise", "--from-cloudwatch", "--cluster", "demo", "--service", "web"];
    arguments.extend(span);
    fails(&arguments, 4, &["--region", "AWS_REGION"]);
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    let help = text(&run(&["advise", "--help"]).stdout);
    for word in ["Examples:", "Exit codes:", "cloudwatch:GetMetricData", "--objective", "p95=500ms"]
    {
        assert!(help.contains(word), "no {word} in: {help}");
    }
    for code in 0..=4 {
        assert!(help.contains(&format!("\n  {code}  ")), "{help}");
    }
    assert!(text(&run(&["plan", "--help"]).stdout).contains("> load-test.sh"));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn help_fits_its_width_and_leaves_examples_whole() {
    for command in ["advise", "plan", "man", "schema", "completions"] {
        let help = text(&run(&[command, "--help"]).stdout);
        for line in help.lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
        for example in help.lines().filter(|line| line.trim_start().starts_with("metric-advisor "))
        {
            let words: Vec<&str> = example.split_whitespace().collect();
            assert!(words.len() > 1, "{example}");
        }
    }
}

#[test]
fn what_is_misspelled_gets_a_suggestion() {
    let path = test_file("misspelled.csv");
    fails(&["advice", &path], 2, &["'advise'"]);
    fails(&["advise", &path, "--objectiv", "p95=1s"], 2, &["'--objective'"]);
    fails(&["advise", &path, "--format", "jsn"], 2, &["'json'"]);
    fails(&["plan", "--start", "10", "--max", "20"], 2, &["--start-rate"]);
}

#[test]
fn color_is_on_demand_where_there_is_no_terminal() {
    let path = test_file("color.csv");
    let advise = ["advise", "--quiet", "--objective", "p95=1s", &path];
    let colored = |more: &[&str], no_color: bool| {
        let mut command = advisor();
        command.args(advise).args(more);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.output().unwrap().stdout.contains(&b'\x1b')
    };
    assert!(!colored(&[], false) && !colored(&[], true));
    assert!(!colored(&["--color", "never"], false) && !colored(&["--color", "auto"], false));
    assert!(colored(&["--color", "always"], false) && colored(&["--color=always"], true));
    let help = |color: &str| run(&["advise", "--help", "--color", color]).stdout;
    assert!(help("always").contains(&b'\x1b') && !help("never").contains(&b'\x1b'));
    let error = |color: &str| run(&["--color", color, "advise", "/nowhere/test.csv"]).stderr;
    assert!(error("always").contains(&b'\x1b') && !error("never").contains(&b'\x1b'));
}

/// On a terminal of `script`, which util-linux has.
#[test]
fn color_is_on_a_terminal_unless_no_color_is_set() {
    let path = test_file("terminal.csv");
    let line = format!(
        "{} advise --quiet --objective p95=1s {path}",
        env!("CARGO_BIN_EXE_metric-advisor")
    );
    let colored = |variables: &[(&str, &str)]| {
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        script.env_remove("NO_COLOR").env("TERM", "xterm").envs(variables.iter().copied());
        let output = script.stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        text(&output.stdout).contains("\x1b[32mrecommended")
    };
    assert!(colored(&[]));
    assert!(colored(&[("NO_COLOR", "")]));
    assert!(!colored(&[("NO_COLOR", "1")]));
    assert!(!colored(&[("TERM", "dumb")]));
}

#[test]
fn every_command_has_a_man_page() {
    let page = |command: &[&str]| text(&run(&[&["man"], command].concat()).stdout);
    let whole = page(&[]);
    for words in
        [".TH metric-advisor 1", "metric\\-advisor\\-advise(1)", ".SH EXAMPLES", ".SH OPTIONS"]
    {
        assert!(whole.contains(words), "no {words} in {whole}");
    }
    for command in ["advise", "plan", "schema", "completions"] {
        let page = page(&[command]);
        assert!(page.contains(&format!(".TH metric-advisor-{command} 1")), "{page}");
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    let advise = page(&["advise"]);
    for words in ["\\-\\-objective", ".SH FORMATS", ".SH EXIT CODES\n.nf\n\\&  0  a metric"] {
        assert!(advise.contains(words), "no {words} in {advise}");
    }
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let completions = text(&output.stdout);
        assert!(completions.contains("objective") && completions.contains("plan"), "{shell}");
    }
    let path = file("completions.bash", &text(&run(&["completions", "bash"]).stdout));
    let checked = Command::new("bash").args(["-n", &path]).status().unwrap();
    assert!(checked.success());
}

#[test]
fn what_to_paste_into_a_shell_is_sound() {
    let path = test_file("paste.csv");
    let output = run(&["advise", "--quiet", "--format", "json", "--objective", "p95=1s", &path]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pastes = answer["paste"].as_array().unwrap();
    let commands = pastes.iter().map(|paste| paste["text"].as_str().unwrap());
    let commands: Vec<&str> = commands.filter(|text| text.contains("aws ")).collect();
    assert!(!commands.is_empty());
    for (number, command) in commands.iter().enumerate() {
        let path = file(&format!("paste-{number}.sh"), command);
        assert!(Command::new("bash").args(["-n", &path]).status().unwrap().success(), "{command}");
    }
}
