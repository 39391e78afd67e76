//! The planned load test, run by a shell with stand-ins for what it calls.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const ADVISOR: &str = env!("CARGO_BIN_EXE_metric-advisor");

/// Answers as the AWS CLI does, and notes how it was called.
const AWS: &str = r#"#!/usr/bin/env bash
echo "$*" >> "$NOTES"
case "$1 $2" in
  "ecs describe-services") echo 3 ;;
  "application-autoscaling describe-scalable-targets")
    echo '{"DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":true,"ScheduledScalingSuspended":false}' ;;
  "cloudwatch get-metric-data")
    minute=$(date -u +%Y-%m-%dT%H:%M:00Z)
    before=$(date -u -d '1 minute ago' +%Y-%m-%dT%H:%M:00Z)
    cat <<JSON
{"MetricDataResults":[{"Id":"q1","Label":"AWS/ECS CPUUtilization Average ClusterName=demo ServiceName=web",
 "Timestamps":["$before","$minute"],"Values":[20.0,30.0],"StatusCode":"Complete"}],"Messages":[]}
JSON
    ;;
esac
"#;

/// A level without failures, whose latency climbs with the rate.
const OHA: &str = r#"#!/usr/bin/env bash
echo "oha $*" >> "$NOTES"
while [ $# -gt 0 ]; do
  case "$1" in
    -q) rate=$2; shift ;;
    -z) hold=${2%s}; shift ;;
    --output) file=$2; shift ;;
  esac
  shift
done
cat > "$file" <<JSON
{"summary":{"successRate":1.0,"total":$hold,"slowest":0.9,"fastest":0.01,"average":0.1,"requestsPerSec":$rate},
 "latencyPercentiles":{"p10":0.05,"p25":0.07,"p50":0.08,"p75":0.1,"p90":0.2,"p95":0.3,"p99":0.5,"p99.9":0.8,"p99.99":0.9},
 "statusCodeDistribution":{"200":100},"errorDistribution":{}}
JSON
"#;

const K6: &str = r#"#!/usr/bin/env bash
echo "k6 $*" >> "$NOTES"
for word; do
  case "$previous" in
    --summary-export) file=$word ;;
    --env) declare "${word?}" ;;
  esac
  previous=$word
done
cat > "$file" <<JSON
{"metrics":{"http_reqs":{"count":100,"rate":$RATE},
 "http_req_failed":{"passes":0,"fails":100,"value":0},
 "http_req_duration":{"avg":100,"med":80,"p(95)":300,"p(99)":500}}}
JSON
"#;

/// A directory with the stand-ins, and where they note what they were asked.
struct Stage(PathBuf);

impl Stage {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("bin")).unwrap();
        let stage = Self(path);
        for (name, text) in
            [("aws", AWS), ("oha", OHA), ("k6", K6), ("sleep", "#!/usr/bin/env bash\n")]
        {
            let path = stage.0.join("bin").join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        symlink(ADVISOR, stage.0.join("bin/metric-advisor")).unwrap();
        stage
    }

    fn plan(&self, arguments: &[&str]) -> PathBuf {
        let output = Command::new(ADVISOR).arg("plan").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let path = self.0.join("load-test.sh");
        fs::write(&path, output.stdout).unwrap();
        path
    }

    fn run(&self, script: &Path) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new("bash")
            .arg(script)
            .current_dir(&self.0)
            .env("PATH", format!("{}:{path}", self.0.join("bin").display()))
            .env("NOTES", self.0.join("notes"))
            .output()
            .unwrap()
    }

    fn notes(&self) -> Vec<String> {
        let notes = fs::read_to_string(self.0.join("notes")).unwrap();
        notes.lines().map(str::to_owned).collect()
    }

    /// Names of what was recorded.
    fn recorded(&self) -> Vec<String> {
        let mut runs = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let run = runs.find(|path| path.display().to_string().contains("/load-test-2")).unwrap();
        let files = fs::read_dir(run).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const LADDER: [&str; 10] =
    ["--start", "10", "--max", "20", "--step", "50%", "--hold", "1s", "--cluster", "demo"];

fn planned(stage: &Stage, more: &[&str]) -> PathBuf {
    stage.plan(&[&LADDER[..], &["--service", "web"], more].concat())
}

#[test]
fn the_script_is_sound_whatever_the_names_are() {
    let stage = Stage::new("sound");
    for tool in ["oha", "k6"] {
        for url in ["http://localhost/", "http://localhost/?a='b'&c=\"$(id)\"`id`"] {
            let script = planned(&stage, &["--tool", tool, "--url", url, "--queue", "it's"]);
            assert!(Command::new("bash").arg("-n").arg(&script).status().unwrap().success());
        }
    }
}

#[test]
fn each_level_is_recorded_under_its_time_tasks_and_rate_and_all_are_read() {
    for tool in ["oha", "k6"] {
        let stage = Stage::new(&format!("run-{tool}"));
        let script = planned(&stage, &["--tool", tool]);
        let output = stage.run(&script);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        // Levels of a second tell nothing; but all were read and joined.
        assert_eq!(output.status.code(), Some(3), "{error}");
        let recorded = stage.recorded();
        for level in ["2tasks-10rps", "2tasks-14.1rps", "2tasks-20rps", "4tasks-10rps"] {
            let end = format!("-{level}.{tool}.json");
            assert!(recorded.iter().any(|name| name.ends_with(&end)), "{end} in {recorded:?}");
            assert!(error.contains(&end), "{error}");
        }
        assert!(error.contains("the summary of a level"), "{error}");
    }
}

#[test]
fn scaling_is_suspended_for_the_test_and_goes_on_as_before() {
    let stage = Stage::new("scaling");
    stage.run(&planned(&stage, &[]));
    let notes = stage.notes();
    let of = |word: &str| -> Vec<usize> {
        notes.iter().enumerate().filter(|(_, note)| note.contains(word)).map(|(at, _)| at).collect()
    };
    let (states, loads) = (of("register-scalable-target"), of("oha "));
    assert_eq!(states.len(), 2);
    assert!(notes[states[0]].contains(r#""DynamicScalingInSuspended":true"#));
    assert!(
        notes[states[1]]
            .contains(r#""DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":true"#)
    );
    assert!(states[0] < loads[0] && states[1] > loads[loads.len() - 1]);
    let counts: Vec<&str> =
        of("update-service").into_iter().map(|at| notes[at].rsplit(' ').next().unwrap()).collect();
    assert_eq!(counts, ["2", "4", "3"]);
    let wait = of("wait services-stable");
    assert!(wait.len() == 2 && wait[0] < loads[0]);
}

#[test]
fn a_test_that_breaks_off_sets_the_service_back_too() {
    let stage = Stage::new("broken");
    fs::write(stage.0.join("bin/oha"), "#!/usr/bin/env bash\nexit 7\n").unwrap();
    let output = stage.run(&planned(&stage, &[]));
    assert_eq!(output.status.code(), Some(7));
    let notes = stage.notes();
    assert!(notes[notes.len() - 2].contains("--desired-count 3"), "{notes:?}");
    assert!(notes[notes.len() - 1].contains(r#""DynamicScalingInSuspended":false"#), "{notes:?}");
}

#[test]
fn the_metrics_are_asked_for_by_queries_that_say_what_they_are() {
    let stage = Stage::new("queries");
    let balancer = ["--load-balancer", "app/front/01ab", "--target-group", "targetgroup/web/01ab"];
    stage.run(&planned(&stage, &[&balancer[..], &["--kcl-application", "jobs"]].concat()));
    let notes = fs::read_to_string(stage.0.join("notes")).unwrap();
    let call = notes.split_once("--metric-data-queries ").unwrap().1;
    let queries: Value =
        serde_json::Deserializer::from_str(call).into_iter().next().unwrap().unwrap();
    let queries = queries.as_array().unwrap();
    let labels: Vec<&str> = queries.iter().map(|one| one["Label"].as_str().unwrap()).collect();
    for what in
        ["AWS/ECS CPUUtilization SampleCount", "TargetResponseTime p95", "jobs MillisBehindLatest"]
    {
        assert!(labels.iter().any(|label| label.contains(what)), "{what} in {labels:?}");
    }
    assert!(queries.iter().all(|one| one["MetricStat"]["Period"] == 60));
}
