//! The planned load test, run by a shell with stand-ins for what it calls.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const ADVISOR: &str = env!("CARGO_BIN_EXE_metric-advisor");

/// Answers as the AWS CLI does, and notes how it was called. Each minute of a level has the CPU
/// of tasks that sixty requests a second fill.
const AWS: &str = r#"#!/usr/bin/env bash
echo "$*" >> "$STAGE/notes"
case "$1 $2" in
  "ecs describe-services") echo 3 ;;
  "application-autoscaling describe-scalable-targets")
    echo '{"DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":true,"ScheduledScalingSuspended":false}' ;;
  "cloudwatch get-metric-data")
    awk '
      { for (at = $1 + 30; at < $1 + $2; at += 60) {
          cpu = 100 * $4 / (60 * $3); if (cpu > 99) cpu = 99
          times = times (times == "" ? "" : ",") "\"" strftime("%Y-%m-%dT%H:%M:00Z", at, 1) "\""
          values = values (values == "" ? "" : ",") cpu } }
      END { printf "{\"MetricDataResults\":[{\"Id\":\"q1\",\"StatusCode\":\"Complete\",\"Label\":\"%s\",", label
            printf "\"Timestamps\":[%s],\"Values\":[%s]}],\"Messages\":[]}\n", times, values }
    ' label="AWS/ECS CPUUtilization Average ClusterName=demo ServiceName=web" "$STAGE/levels" ;;
esac
"#;

/// A clock that stands still while nothing waits.
const DATE: &str = r#"#!/usr/bin/env bash
command -p date -u -d "@$(cat "$STAGE/clock")" "${!#}"
"#;

const SLEEP: &str = r#"#!/usr/bin/env bash
echo $(($(cat "$STAGE/clock") + ${1%s})) > "$STAGE/clock"
"#;

/// What both load generators share: the level is noted, takes its time, and comes to
/// latencies that climb once the tasks are full.
const LEVEL: &str = r#"
tasks=${file#*-}
tasks=${tasks%%tasks*}
echo "$(cat "$STAGE/clock") ${hold%s} $tasks $rate" >> "$STAGE/levels"
sleep "$hold"
figures=$(awk -v rate="$rate" -v tasks="$tasks" 'BEGIN {
  busy = rate / (60 * tasks); done = rate
  if (busy > 0.99) { busy = 0.99; done = 60 * tasks }
  mean = 0.05 * (1 + busy ^ 20 / (1 - busy))
  print done, mean, 0.7 * mean, 3 * mean, 4.6 * mean }')
read -r done mean p50 p95 p99 <<< "$figures"
count=$(awk -v rate="$done" -v hold="${hold%s}" 'BEGIN { printf "%d", rate * hold }')
"#;

const OHA: &str = r#"#!/usr/bin/env bash
echo "oha $*" >> "$STAGE/notes"
while [ $# -gt 0 ]; do
  case "$1" in
    -q) rate=$2; shift ;;
    -z) hold=$2; shift ;;
    --output) file=$2; shift ;;
  esac
  shift
done
LEVEL
cat > "$file" <<JSON
{"summary":{"successRate":1.0,"total":${hold%s},"slowest":$p99,"fastest":0.01,"average":$mean,"requestsPerSec":$done},
 "latencyPercentiles":{"p10":$p50,"p25":$p50,"p50":$p50,"p75":$mean,"p90":$p95,"p95":$p95,"p99":$p99,"p99.9":$p99,"p99.99":$p99},
 "statusCodeDistribution":{"200":$count},"errorDistribution":{}}
JSON
"#;

const K6: &str = r#"#!/usr/bin/env bash
echo "k6 $*" >> "$STAGE/notes"
for word; do
  case "$previous" in
    --summary-export) file=$word ;;
    --env) declare "${word?}" ;;
  esac
  previous=$word
done
rate=$RATE
hold=$HOLD
LEVEL
ms() { awk -v s="$1" 'BEGIN { print 1000 * s }'; }
cat > "$file" <<JSON
{"metrics":{"http_reqs":{"count":$count,"rate":$done},
 "http_req_failed":{"passes":0,"fails":$count,"value":0},
 "http_req_duration":{"avg":$(ms "$mean"),"med":$(ms "$p50"),"p(95)":$(ms "$p95"),"p(99)":$(ms "$p99")}}}
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
            [("aws", AWS), ("date", DATE), ("k6", K6), ("oha", OHA), ("sleep", SLEEP)]
        {
            let path = stage.0.join("bin").join(name);
            fs::write(&path, text.replace("LEVEL\n", LEVEL)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        // 2026-11-26, 09:00 UTC.
        fs::write(stage.0.join("clock"), "1795683600").unwrap();
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
            .env("STAGE", &self.0)
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

const LADDER: [&str; 10] = [
    "--start-rate",
    "20",
    "--max-rate",
    "140",
    "--hold",
    "5m",
    "--cluster",
    "demo",
    "--service",
    "web",
];

fn planned(stage: &Stage, more: &[&str]) -> PathBuf {
    stage.plan(&[&LADDER[..], more].concat())
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
fn what_the_script_records_is_a_load_test_that_tells() {
    for tool in ["oha", "k6"] {
        let stage = Stage::new(&format!("run-{tool}"));
        let output = stage.run(&planned(&stage, &["--tool", tool]));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(0), "{answer}{error}");
        assert!(answer.contains("ECSServiceAverageCPUUtilization"), "{answer}");
        let recorded = stage.recorded();
        let first = format!("20261126T090000Z-2tasks-20rps.{tool}.json");
        let second = format!("20261126T090500Z-2tasks-24.8rps.{tool}.json");
        assert!(recorded.contains(&first) && recorded.contains(&second), "{recorded:?}");
        assert!(recorded.iter().any(|name| name.contains("-4tasks-140rps")), "{recorded:?}");
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
