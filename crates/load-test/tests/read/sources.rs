//! What load generators and CloudWatch write, alone and joined.

use load_test::{
    Fault, Format, Kind, Mapping, Observed, Reading, Recording, Source, Unit, label, read,
};
use serde_json::json;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::{csv, get_metric_data, k6, summary};

const BEGAN: OffsetDateTime = datetime!(2026-11-26 10:15 UTC);

fn at(seconds: f64) -> String {
    (BEGAN + Duration::seconds_f64(seconds)).format(&Rfc3339).unwrap()
}

fn load_test(recording: Recording) -> Reading {
    recording.into_load_test(&Mapping::default()).unwrap()
}

fn said(reading: &Reading) -> String {
    let guesses = reading.guesses.iter().map(ToString::to_string);
    guesses.chain(reading.notes.iter().map(ToString::to_string)).collect::<Vec<_>>().join("\n")
}

fn source(name: &str, statistic: &str) -> Source {
    Source {
        namespace: "AWS/ECS".to_owned(),
        name: name.to_owned(),
        dimensions: vec![("ServiceName".to_owned(), "web".to_owned())],
        statistic: statistic.to_owned(),
    }
}

/// A series of a point a minute, as the command line writes it.
fn result(id: &str, label: &str, values: &[f64]) -> serde_json::Value {
    let times: Vec<_> = (0..values.len()).map(|minute| at(60.0 * minute as f64)).collect();
    json!({"Id": id, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete"})
}

fn page(results: &[serde_json::Value]) -> String {
    json!({"MetricDataResults": results, "Messages": []}).to_string()
}

/// A line of k6's for each request: so many a second, each of as many milliseconds.
fn k6_lines(from: u32, to: u32, per_second: u32, milliseconds: f64) -> String {
    let mut lines = String::new();
    for second in from..to {
        for request in 0..per_second {
            let end =
                f64::from(second) + f64::from(request) / f64::from(per_second) + milliseconds / 1e3;
            for (metric, value) in
                [("http_reqs", 1.0), ("http_req_duration", milliseconds), ("http_req_failed", 0.0)]
            {
                let point = json!({"metric": metric, "type": "Point", "data":
                    {"time": at(end), "value": value, "tags": {"status": "200", "url": "http://a/\"b\""}}});
                lines.push_str(&format!("{point}\n"));
            }
        }
    }
    lines
}

fn oha(seconds: f64, requests: u64, average: f64) -> String {
    json!({
        "summary": {"successRate": 1.0, "total": seconds, "average": average},
        "latencyPercentiles": {"p50": average, "p95": 3.0 * average, "p99": 5.0 * average},
        "statusCodeDistribution": {"200": requests},
        "errorDistribution": {"aborted due to deadline": 3}
    })
    .to_string()
}

#[test]
fn labels_tell_what_a_series_is() {
    let cpu = source("CPUUtilization", "Average");
    let text = page(&[
        result("m1", &label(&cpu), &[40.0, 80.0, 60.0]),
        result("m2", &label(&source("CPUUtilization", "SampleCount")), &[2.0, 2.0, 4.0]),
        result(
            "m3",
            "AWS/ApplicationELB RequestCount Sum TargetGroup=t",
            &[6000.0, 12000.0, 18000.0],
        ),
        result("m4", "AWS/ApplicationELB TargetResponseTime p95 TargetGroup=t", &[0.1, 0.2, 0.1]),
        result(
            "m5",
            "AWS/ApplicationELB RequestCountPerTarget Sum TargetGroup=t",
            &[3000.0, 6000.0, 4500.0],
        ),
    ]);
    let reading = load_test(get_metric_data("metrics.json", text.as_bytes()).unwrap());
    let test = &reading.test;
    assert_eq!(test.times, [0.0, 60.0, 120.0]);
    assert_eq!(test.tasks, [2.0, 2.0, 4.0]);
    assert_eq!(test.demand, [100.0, 200.0, 300.0]);
    assert_eq!(test.latency.p95.as_deref(), Some(&[0.1, 0.2, 0.1][..]));
    let metrics: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(
        metrics,
        [
            ("CPUUtilization", Kind::Cpu, Unit::Percent),
            ("RequestCountPerTarget", Kind::Throughput, Unit::Count),
        ]
    );
    assert_eq!(test.metrics[0].source.as_ref(), Some(&cpu));
    assert_eq!(test.metrics[1].values[0], 3000.0, "as an alarm would see it");
    assert_eq!(reading.began, Some(BEGAN));
    assert!(reading.guesses.is_empty() && reading.notes.is_empty(), "{}", said(&reading));
}

#[test]
fn without_labels_of_ours_labels_and_ids_are_guessed() {
    let text = page(&[
        result("cpu", "CPUUtilization", &[40.0, 80.0]),
        result("running", "CPUUtilization", &[2.0, 2.0]),
        result("requests", "RequestCount", &[6000.0, 12000.0]),
        result("p95", "TargetResponseTime", &[0.1, 0.2]),
        result("jobs_per_second", "m1*2", &[1.0, 2.0]),
        result("x", "busy workers", &[1.0, 2.0]),
    ]);
    let mut mapping = Mapping::default();
    mapping.ignore("jobs_per_second");
    let recording = get_metric_data("metrics.json", text.as_bytes()).unwrap();
    let reading = recording.into_load_test(&mapping).unwrap();
    assert_eq!(reading.test.tasks, [2.0, 2.0]);
    assert_eq!(reading.test.demand, [100.0, 200.0]);
    assert!(reading.test.latency.p95.is_some());
    let names: Vec<_> = reading.test.metrics.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["CPUUtilization", "busy workers"]);
    let said = said(&reading);
    assert!(
        said.contains(
            "series `running` of metrics.json is taken for SampleCount of CPUUtilization"
        ),
        "{said}"
    );
}

#[test]
fn pages_and_calls_follow_each_other_and_gaps_of_errors_are_none() {
    let demand = |values: &[f64]| result("d", "RequestCount", values);
    let later = |minute: f64, value: f64| {
        json!({"Id": "d", "Label": "RequestCount",
        "Timestamps": [at(60.0 * minute)], "Values": [value], "StatusCode": "Complete"})
    };
    let errors = json!({"Id": "e", "Label": "HTTPCode_Target_5XX_Count",
        "Timestamps": [at(60.0)], "Values": [60.0]});
    let tasks = result("t", "RunningTaskCount", &[2.0, 2.0, 2.0, 2.0]);
    let text = format!(
        "{}\n{}",
        page(&[demand(&[600.0, 600.0]), errors, tasks]),
        page(&[later(3.0, 600.0), later(2.0, 600.0)])
    );
    let test = load_test(get_metric_data("m.json", text.as_bytes()).unwrap()).test;
    assert_eq!(test.demand, [10.0; 4]);
    assert_eq!(test.errors.unwrap(), [0.0, 0.1, 0.0, 0.0]);
}

#[test]
fn running_tasks_go_before_healthy_hosts_and_what_cloudwatch_says_of_pages_is_told() {
    let mut partial = result("t", "RunningTaskCount", &[2.0, 4.0]);
    partial["StatusCode"] = json!("PartialData");
    let text = page(&[
        partial,
        result("h", "HealthyHostCount", &[3.0, 3.0]),
        result("d", "RequestCount", &[600.0, 600.0]),
        result("none", "MemoryUtilization", &[]),
    ]);
    let reading = load_test(get_metric_data("m.json", text.as_bytes()).unwrap());
    assert_eq!(reading.test.tasks, [2.0, 4.0]);
    assert!(reading.test.metrics.is_empty());
    let said = said(&reading);
    assert!(said.contains("its last page says that more follow"), "{said}");
    assert!(said.contains("series `none` of m.json: CloudWatch has no points"), "{said}");
    assert!(said.contains("HealthyHostCount` of m.json: is left out"), "{said}");
}

#[test]
fn json_that_is_not_cloudwatch_s_is_told() {
    for (text, says) in [
        ("{}", "MetricDataResults"),
        ("[", "line 1"),
        ("", "has no series"),
        (
            r#"{"MetricDataResults": [{"Id": "a", "Timestamps": ["noon"], "Values": [1]}]}"#,
            "`noon`",
        ),
        (
            r#"{"MetricDataResults": [{"Id": "a", "Timestamps": [], "Values": [1]}]}"#,
            "0 timestamps and 1 values",
        ),
    ] {
        let fault = get_metric_data("m.json", text.as_bytes()).unwrap_err().to_string();
        assert!(
            fault.contains(says) || fault.contains(&says.replace('`', "\"")),
            "{text}: {fault}"
        );
    }
}

#[test]
fn series_of_the_sdk_become_a_load_test() {
    let observed = |name: &str, statistic: &str, values: [f64; 2]| Observed {
        from: "CloudWatch".to_owned(),
        source: source(name, statistic),
        period: 60.0,
        points: values
            .iter()
            .enumerate()
            .map(|(minute, value)| (BEGAN + Duration::minutes(minute as i64), *value))
            .collect(),
    };
    let mut recording = Recording::default();
    recording.add(observed("RunningTaskCount", "Average", [2.0, 2.0])).unwrap();
    recording.add(observed("NumberOfMessagesSent", "Sum", [600.0, 1200.0])).unwrap();
    recording.add(observed("NumberOfMessagesDeleted", "Sum", [600.0, 600.0])).unwrap();
    recording.add(observed("ApproximateNumberOfMessagesVisible", "Average", [1.0, 600.0])).unwrap();
    recording
        .add(Observed { points: Vec::new(), ..observed("MemoryUtilization", "Average", [0.0; 2]) })
        .unwrap();
    let reading = load_test(recording);
    assert_eq!(reading.test.demand, [10.0, 20.0]);
    assert_eq!(reading.test.completed.as_deref(), Some(&[10.0, 10.0][..]));
    assert_eq!(reading.test.metrics[0].kind, Kind::Queue);
    assert!(said(&reading).contains("CloudWatch has no points of it"));
    let bad = Recording::default().add(Observed { period: 0.0, ..observed("A", "Sum", [0.0; 2]) });
    assert!(bad.unwrap_err().to_string().contains("period"));
}

#[test]
fn k6_tells_what_started_what_ended_and_how_long_it_took() {
    let mut lines = String::from(
        "{\"type\":\"Metric\",\"data\":{\"name\":\"http_reqs\",\"type\":\"counter\",\"thresholds\":[]},\"metric\":\"http_reqs\"}\n",
    );
    lines.push_str(&k6_lines(0, 10, 20, 1500.0));
    for second in 0..10 {
        let dropped = json!({"metric": "dropped_iterations", "type": "Point",
            "data": {"time": at(f64::from(second)), "value": 5, "tags": null}});
        let iterations = json!({"metric": "iterations", "type": "Point",
            "data": {"time": at(f64::from(second)), "value": 10, "tags": null}});
        lines.push_str(&format!("{dropped}\n{iterations}\n"));
    }
    lines.push_str("{\"metric\":\"http_re");
    let reading = load_test(k6("20261126T101500Z-2tasks.k6.json", lines.as_bytes()).unwrap());
    let test = &reading.test;
    assert_eq!((test.times.len(), test.tasks[0]), (1, 2.0));
    // Two requests are an iteration, of which five more were dropped.
    assert_eq!(test.demand[0], 30.0);
    assert_eq!(test.completed.as_ref().unwrap()[0], 17.0, "the last 30 end after the test");
    for latency in [&test.latency.mean, &test.latency.p50, &test.latency.p99] {
        let seconds = latency.as_ref().unwrap()[0];
        assert!((seconds / 1.5 - 1.0).abs() < 0.011, "{seconds}");
    }
    assert!(
        said(&reading).contains("1 line is not JSON and left out: first line 622"),
        "{}",
        said(&reading)
    );
}

#[test]
fn k6_s_percentiles_are_right_within_a_hundredth() {
    let mut lines = String::new();
    for request in 1..=1000 {
        let point = json!({"metric": "http_req_duration", "type": "Point",
            "data": {"time": at(100.5), "value": request, "tags": {}}});
        lines.push_str(&format!("{point}\n"));
    }
    let test = load_test(k6("1task.k6.json", lines.as_bytes()).unwrap()).test;
    let last = test.len() - 1;
    for (latency, exact) in
        [(&test.latency.p50, 0.5), (&test.latency.p95, 0.95), (&test.latency.p99, 0.99)]
    {
        let seconds = latency.as_ref().unwrap()[last];
        assert!((seconds / exact - 1.0).abs() < 0.012, "{seconds} for {exact}");
    }
}

#[test]
fn what_is_not_k6_s_is_told() {
    let of = |text: &str| k6("a.json", text.as_bytes()).unwrap_err().to_string();
    assert!(of("").contains("http_req_duration"));
    assert!(of("\nhello\n").contains("line 2"));
    assert!(of(&"x".repeat(1 << 20)).contains("line of more than"));
}

#[test]
fn levels_hold_from_their_beginning_for_as_long_as_they_lasted() {
    let first =
        summary("20261126T101500Z-2tasks-100rps.oha.json", oha(60.0, 5990, 0.02).as_bytes())
            .unwrap();
    let second =
        summary("20261126T101610Z-2tasks-200rps.oha.json", oha(60.0, 11000, 0.08).as_bytes())
            .unwrap();
    let test = load_test(second.join(first)).test;
    assert_eq!(test.times.len(), 12);
    assert_eq!(test.times[..7], [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 70.0]);
    assert_eq!(test.demand[..6], [100.0; 6]);
    assert_eq!(test.demand[6..], [200.0; 6]);
    assert_eq!(test.tasks, [2.0; 12]);
    assert_eq!(test.latency.p95.as_ref().unwrap()[6], 0.24);
    assert_eq!(test.errors.as_ref().unwrap()[0], 0.0);
}

#[test]
fn a_level_of_a_name_that_tells_nothing_is_told() {
    let fault = summary("oha.json", oha(60.0, 1, 0.02).as_bytes()).unwrap_err().to_string();
    assert!(fault.contains("20261126T101500Z-2tasks-100rps.oha.json"), "{fault}");
    let name = "20261126T101500Z-2tasks.oha.json";
    let cut = summary(name, "Running 10s".as_bytes()).unwrap_err().to_string();
    assert!(cut.contains("wrk"), "{cut}");
    let endless = summary(name, oha(1e9, 1, 0.02).as_bytes()).unwrap_err().to_string();
    assert!(endless.contains("lasted"), "{endless}");
    let reading = load_test(summary(name, oha(60.0, 6000, 0.02).as_bytes()).unwrap());
    assert!(said(&reading).contains("its demand is what was sent"));
    assert_eq!(reading.test.demand[0], 100.0);
}

#[test]
fn every_format_is_known_by_its_content() {
    let wrk = "Running 10s test @ http://a/\n  Thread Stats\n  100 requests in 10.00s, 1MB read\nRequests/sec: 10.00\n";
    let name = "20261126T101500Z-2tasks-100rps";
    for (text, format) in [
        (page(&[result("a", "b", &[1.0])]), Format::GetMetricData),
        (
            serde_json::to_string_pretty(&json!({"MetricDataResults": []})).unwrap(),
            Format::GetMetricData,
        ),
        (k6_lines(0, 2, 1, 5.0), Format::K6Json),
        (oha(60.0, 1, 0.02), Format::OhaJson),
        (wrk.to_owned(), Format::Wrk),
        ("time,tasks,rps\n0,2,1\n".to_owned(), Format::Csv),
    ] {
        let read = read(name, text.as_bytes(), &Mapping::default());
        match read {
            Ok((known, _)) => assert_eq!(known, format),
            Err(fault) => assert!(fault.to_string().contains("no series"), "{fault}"),
        }
    }
}

#[test]
fn a_load_by_the_second_is_averaged_over_the_minutes_of_the_metrics() {
    // The rate doubles in the middle of the second minute.
    let load = format!("{}{}", k6_lines(0, 90, 10, 20.0), k6_lines(90, 180, 20, 20.0));
    let load = k6("20261126T101500Z-2tasks.k6.json", load.as_bytes()).unwrap();
    let metrics = page(&[
        result("t", "RunningTaskCount", &[2.0, 2.0, 3.0]),
        result("c", "CPUUtilization", &[40.0, 60.0, 80.0]),
        result("d", "RequestCount", &[600.0, 900.0, 1200.0]),
    ]);
    let metrics = get_metric_data("metrics.json", metrics.as_bytes()).unwrap();
    let reading = load_test(load.join(metrics));
    let test = &reading.test;
    assert_eq!(test.times, [0.0, 60.0, 120.0]);
    assert_eq!(test.demand, [10.0, 15.0, 20.0]);
    assert_eq!(test.tasks, [2.0, 2.0, 3.0], "CloudWatch counts them, the name does not");
    let names: Vec<_> = test.metrics.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["CPUUtilization", "RequestCount"], "the load generator's demand is it");
    let said = said(&reading);
    assert!(said.contains("its requests are counted by 60.000 s"), "{said}");
    assert!(
        said.contains(
            "`RequestCount` of metrics.json: is a metric; the demand is taken from column `demand`"
        ),
        "{said}"
    );
}

#[test]
fn levels_and_metrics_are_joined_by_time() {
    let level =
        |name: &str, requests| summary(name, oha(120.0, requests, 0.02).as_bytes()).unwrap();
    let load = level("20261126T101500Z-2tasks-100rps.oha.json", 12000)
        .join(level("20261126T101700Z-2tasks-200rps.oha.json", 24000));
    let metrics = page(&[result("c", "CPUUtilization", &[40.0, 41.0, 80.0, 82.0])]);
    let test = load_test(load.join(get_metric_data("m.json", metrics.as_bytes()).unwrap())).test;
    assert_eq!(test.demand, [100.0, 100.0, 200.0, 200.0]);
    assert_eq!(test.metrics[0].values, [40.0, 41.0, 80.0, 82.0]);
}

#[test]
fn what_the_coarsest_source_does_not_cover_is_kept() {
    let load = k6("2tasks.k6.json", k6_lines(0, 240, 5, 20.0).as_bytes()).unwrap();
    let metrics = page(&[result("c", "CPUUtilization", &[40.0, 41.0])]);
    let test = load_test(load.join(get_metric_data("m.json", metrics.as_bytes()).unwrap())).test;
    assert_eq!(test.times[..4], [0.0, 60.0, 120.0, 180.0]);
    assert_eq!(test.demand[..4], [5.0; 4]);
    assert!(test.metrics[0].values[2].is_nan());
}

#[test]
fn runs_of_the_same_columns_follow_each_other() {
    let of = |name: &str, text: &str| csv(name, text.as_bytes(), &Mapping::default()).unwrap();
    let first = of("a.csv", "time,tasks,rps\n0,2,100\n10,2,200\n");
    let second = of("b.csv", "time,tasks,rps\n0,4,100\n10,4,200\n");
    let reading = load_test(first.join(second));
    assert_eq!(reading.test.times, [0.0, 10.0, 20.0, 30.0]);
    assert_eq!(reading.test.tasks, [2.0, 2.0, 4.0, 4.0]);
    assert!(said(&reading).contains("b.csv: its times are since its start; it is taken to follow"));
}

#[test]
fn times_since_a_start_are_joined_to_dates_by_a_flag_only() {
    let of = |text: &str| csv("load.csv", text.as_bytes(), &Mapping::default()).unwrap();
    let join = |mapping: &Mapping| -> Result<Reading, Fault> {
        let load = of("time,tasks,rps\n0,2,100\n60,2,200\n");
        let metrics = page(&[result("c", "CPUUtilization", &[40.0, 80.0])]);
        load.join(get_metric_data("m.json", metrics.as_bytes())?).into_load_test(mapping)
    };
    let asked = join(&Mapping::default()).unwrap_err().to_string();
    assert!(asked.contains("`load.csv`") && asked.contains("--start DATE"), "{asked}");
    let mut mapping = Mapping::default();
    mapping.began("2026-11-26T10:15:00Z").unwrap();
    assert!(mapping.clone().began("noon").is_err());
    let reading = join(&mapping).unwrap();
    assert_eq!(reading.test.metrics[0].values, [40.0, 80.0]);
    assert_eq!(reading.began, Some(BEGAN));
}

#[test]
fn one_column_in_two_files_at_once_is_a_fault() {
    let of = |name: &str, text: &str| csv(name, text.as_bytes(), &Mapping::default()).unwrap();
    let load = of("load.csv", "time,tasks,rps,cpu\n0,2,100,1\n10,2,200,2\n");
    let host = of("host.csv", "time,cpu,disk\n0,2,100\n10,2,200\n");
    let fault = load.join(host).into_load_test(&Mapping::default()).unwrap_err().to_string();
    assert!(fault.contains("column `cpu` of host.csv: column `cpu` of load.csv has it"), "{fault}");
}

#[test]
fn what_is_ignored_does_not_make_the_times_coarse() {
    let load = csv(
        "load.csv",
        "time,tasks,rps\n0,2,100\n60,2,110\n120,2,120\n180,2,130\n".as_bytes(),
        &Mapping::default(),
    )
    .unwrap();
    let slow = csv("slow.csv", "time,disk\n0,1\n120,2\n".as_bytes(), &Mapping::default()).unwrap();
    let both = load.join(slow);
    assert_eq!(load_test(both.clone()).test.demand, [105.0, 125.0]);
    let mut mapping = Mapping::default();
    mapping.ignore("disk");
    let test = both.into_load_test(&mapping).unwrap().test;
    assert_eq!(test.demand, [100.0, 110.0, 120.0, 130.0]);
}

#[test]
fn values_far_from_any_other_are_of_a_time_of_their_own() {
    let load = csv(
        "load.csv",
        "time,tasks,rps\n0,2,100\n10,2,110\n20,2,120\n30,2,130\n".as_bytes(),
        &Mapping::default(),
    )
    .unwrap();
    let late = csv("late.csv", "time,cpu\n20,1\n30,2\n500,9\n".as_bytes(), &Mapping::default());
    let test = load_test(load.join(late.unwrap())).test;
    assert_eq!(test.times, [0.0, 10.0, 20.0, 30.0, 500.0]);
    assert!(test.demand[4].is_nan());
    assert_eq!(test.metrics[0].values[2..], [1.0, 2.0, 9.0]);
}

#[test]
fn a_load_without_tasks_says_how_to_tell_them() {
    let load = k6("load.json", k6_lines(0, 3, 1, 5.0).as_bytes()).unwrap();
    let fault = load.into_load_test(&Mapping::default()).unwrap_err().to_string();
    assert!(fault.contains("20261126T101500Z-2tasks-100rps.oha.json"), "{fault}");
}
