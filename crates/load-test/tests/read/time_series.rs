//! Time series: Locust's history, CloudWatch's answers and the console's CSV, and what is told of
//! files that no reader knows.

use load_test::{Fault, Format, Kind, Mapping, Reading, Recording, Unit, read};
use serde_json::{Value, json};

use crate::csv;

fn known(name: &str, bytes: &[u8]) -> Result<(Format, Recording), Fault> {
    read(name, bytes, &Mapping::default())
}

fn recording(text: &str) -> Recording {
    known("metrics", text.as_bytes()).unwrap().1
}

fn load_test(recording: Recording) -> Reading {
    recording.into_load_test(&Mapping::default()).unwrap()
}

fn fault(text: &str) -> String {
    known("metrics", text.as_bytes()).unwrap_err().to_string()
}

fn notes(reading: &Reading) -> String {
    reading.notes.iter().map(|note| format!("{note}\n")).collect()
}

fn at(minute: usize) -> String {
    format!("2026-11-26T08:{minute:02}:00+00:00")
}

fn result(id: &str, label: &str, values: &[f64]) -> Value {
    let times: Vec<_> = (0..values.len()).map(at).collect();
    json!({"Id": id, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete"})
}

fn results() -> Vec<Value> {
    vec![
        result("tasks", "RunningTaskCount", &[2.0, 2.0, 4.0]),
        result("rq", "RequestCount", &[600.0, 1200.0, 2400.0]),
        result("cpu", "CPUUtilization", &[20.0, 40.0, 41.0]),
    ]
}

/// Points in the order of CloudWatch's answers, which is none.
fn statistics(label: &str, unit: &str, statistic: &str, values: &[f64]) -> String {
    let mut points: Vec<Value> = values
        .iter()
        .enumerate()
        .map(|(minute, value)| {
            let number = json!({ statistic: value });
            if statistic.starts_with('p') {
                json!({"Timestamp": at(minute), "Unit": unit, "ExtendedStatistics": number})
            } else {
                json!({"Timestamp": at(minute), "Unit": unit, statistic: value})
            }
        })
        .collect();
    points.rotate_left(1);
    serde_json::to_string_pretty(&json!({"Label": label, "Datapoints": points})).unwrap()
}

#[test]
fn answers_of_get_metric_data_are_the_same_whole_in_part_and_with_a_mark() {
    let whole = json!({"Messages": [], "MetricDataResults": results()}).to_string();
    let test = load_test(recording(&whole)).test;
    assert_eq!(
        (&test.tasks[..], &test.demand[..]),
        (&[2.0, 2.0, 4.0][..], &[10.0, 20.0, 40.0][..])
    );
    let pages: String = results()
        .into_iter()
        .enumerate()
        .map(|(at, result)| match at {
            0 => json!({"MetricDataResults": [result], "NextToken": "more"}).to_string(),
            _ => json!({"MetricDataResults": [result], "Messages": []}).to_string(),
        })
        .collect();
    let singles: Vec<_> = results().iter().map(Value::to_string).collect();
    for text in [
        serde_json::to_string_pretty(&results()).unwrap(),
        format!("\u{feff}{whole}"),
        format!("\r\n{}", whole.replace(',', ",\r\n")),
        pages,
        singles.join("\n"),
        json!([{"MetricDataResults": results()}]).to_string(),
    ] {
        let (format, recording) = known("metrics.json", text.as_bytes()).unwrap();
        assert_eq!(format, Format::GetMetricData, "{text}");
        let reading = load_test(recording);
        assert_eq!(reading.test, test, "{text}");
        assert!(!notes(&reading).contains("NextToken"), "{}", notes(&reading));
    }
}

#[test]
fn pages_that_are_missing_are_told() {
    let text = json!({"MetricDataResults": results(), "NextToken": "more"}).to_string();
    let said = notes(&load_test(recording(&text)));
    assert!(said.contains("metrics: its last page has a NextToken"), "{said}");
}

#[test]
fn parts_of_results_that_tell_no_name_are_told() {
    let text = json!([{"Timestamps": [at(0)], "Values": [1.0]}]).to_string();
    assert!(fault(&text).contains("--query MetricDataResults"), "{}", fault(&text));
    let cut = json!({"MetricDataResults": results()}).to_string();
    let cut: String = cut.chars().take(cut.len() - 9).collect();
    assert!(fault(&cut).contains("EOF"), "{}", fault(&cut));
}

#[test]
fn other_outputs_of_the_command_line_are_told_in_one_sentence() {
    for text in [
        "METRICDATARESULTS\tcpu\tCPUUtilization\tComplete\nTIMESTAMPS\t2026-11-26T08:00:00+00:00\n",
        "------\n|  GetMetricData  |\n+----+\n",
        "Messages: []\nMetricDataResults:\n- Id: cpu\n",
    ] {
        assert_eq!(
            fault(text),
            "metrics: is not JSON; repeat `aws cloudwatch get-metric-data` with `--output json`"
        );
    }
    for text in [
        "CPUUtilization\nDATAPOINTS\t9.5\t2026-11-26T08:00:00+00:00\tPercent\n",
        "------\n|  GetMetricStatistics  |\n+----+\n",
        "Datapoints:\n- Average: 9.5\n",
    ] {
        assert_eq!(
            fault(text),
            "metrics: is not JSON; repeat `aws cloudwatch get-metric-statistics` with `--output \
             json`"
        );
    }
}

#[test]
fn statistics_are_read_by_label_statistic_and_unit() {
    let text = [
        statistics("RunningTaskCount", "Count", "Average", &[1.0, 1.0, 2.0]),
        statistics("RequestCount", "Count", "Sum", &[300.0, 600.0, 1200.0]),
        statistics("TargetResponseTime", "Seconds", "p95", &[1.5, 2.5, 2.0]),
        statistics("TargetResponseTime", "Seconds", "Average", &[0.5, 0.75, 0.5]),
        statistics("HTTPCode_Target_5XX_Count", "Count", "Sum", &[0.0, 6.0]),
        statistics("CPUUtilization", "Percent", "Average", &[20.0, 40.0, 41.0]),
        statistics("CPUUtilization", "Percent", "Maximum", &[30.0, 50.0, 51.0]),
        statistics("heap_used", "Bytes", "Average", &[3e8, 4e8, 5e8]),
    ]
    .join("\n");
    let (format, recording) = known("statistics.json", text.as_bytes()).unwrap();
    assert_eq!(format, Format::GetMetricStatistics);
    let test = load_test(recording).test;
    assert_eq!(test.tasks, [1.0, 1.0, 2.0]);
    assert_eq!(test.demand, [5.0, 10.0, 20.0]);
    assert_eq!(test.latency.p95.as_deref(), Some(&[1.5, 2.5, 2.0][..]), "in seconds above 1 s too");
    assert_eq!(test.latency.mean.as_deref(), Some(&[0.5, 0.75, 0.5][..]));
    assert_eq!(
        test.errors.as_deref(),
        Some(&[0.0, 0.01, 0.0][..]),
        "a gap in such a count is none"
    );
    let metrics: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(
        metrics,
        [
            ("CPUUtilization", Kind::Cpu, Unit::Percent),
            ("CPUUtilization Maximum", Kind::Cpu, Unit::Percent),
            ("heap_used", Kind::Heap, Unit::Bytes),
        ]
    );
}

#[test]
fn a_unit_that_cloudwatch_tells_goes_before_the_usual_one() {
    let text = [
        statistics("RunningTaskCount", "Count", "Average", &[1.0, 1.0]),
        statistics("RequestCount", "Count", "Sum", &[300.0, 600.0]),
        statistics("TargetResponseTime", "Milliseconds", "Average", &[500.0, 750.0]),
    ]
    .concat();
    assert_eq!(load_test(recording(&text)).test.latency.mean.unwrap(), [0.5, 0.75]);
}

#[test]
fn statistics_without_points_or_label_are_told() {
    let empty = json!({"Label": "CPUUtilization", "Datapoints": []}).to_string();
    assert!(fault(&empty).contains("has no points"), "{}", fault(&empty));
    let point = json!({"Timestamp": at(0), "Average": 1.0, "Unit": "Percent"});
    let alone = json!([point]).to_string();
    assert!(fault(&alone).contains("have no label"), "{}", fault(&alone));
    let unnamed = json!({"Datapoints": [point]}).to_string();
    assert!(fault(&unnamed).contains("no usable label"), "{}", fault(&unnamed));
    let noon = json!({"Label": "x", "Datapoints": [{"Timestamp": "noon", "Sum": 1}]}).to_string();
    assert!(fault(&noon).contains("noon"), "{}", fault(&noon));
}

#[test]
fn the_console_s_csv_is_joined_to_a_load_by_its_labels() {
    let text = "Id,m1,m2\nStatusCode,Complete,Complete\nMessages,,\n\
        Full label,us-east-1:AWS/ECS ClusterName: c ServiceName: s CPUUtilization Average 60,\
        us-east-1:ECS/ContainerInsights ClusterName: c ServiceName: s RunningTaskCount Average 60\n\
        Label,CPUUtilization,RunningTaskCount\n\
        2026/11/26 08:00:00,20.5,1\n2026/11/26 08:01:00,40.5,1\n2026/11/26 08:02:00,30,2\n";
    let (format, metrics) = known("graph.csv", text.as_bytes()).unwrap();
    assert_eq!(format, Format::Console);
    let load =
        "time,rps\n2026-11-26T08:00:00Z,10\n2026-11-26T08:01:00Z,20\n2026-11-26T08:02:00Z,30\n";
    let load = csv("load.csv", load.as_bytes(), &Mapping::default()).unwrap();
    let reading = load_test(load.join(metrics));
    assert_eq!(reading.test.tasks, [1.0, 1.0, 2.0]);
    assert_eq!(reading.test.metrics[0].values, [20.5, 40.5, 30.0]);
    let source = reading.test.metrics[0].source.as_ref().unwrap();
    assert_eq!(source.namespace, "AWS/ECS");
    assert_eq!(source.dimensions[1], ("ServiceName".to_owned(), "s".to_owned()));
    assert!(reading.guesses.iter().any(|guess| guess.what.contains("taken as UTC")));
}

#[test]
fn columns_named_as_cloudwatch_names_them_have_its_units() {
    let text = "Timestamp,RunningTaskCount,RequestCount,TargetResponseTime,TargetResponseTime p95,\
        HTTPCode_Target_5XX_Count,CPUUtilization\n\
        2026/11/26 08:00,1,600,1.25,4.5,,20\n2026/11/26 08:01,1,1200,1.5,5,12,40\n\
        2026/11/26 08:02,2,1200,1.5,5,12,40\n";
    let reading = load_test(recording(text));
    let test = &reading.test;
    assert_eq!(test.demand, [10.0, 20.0, 20.0]);
    assert_eq!(test.latency.mean.as_deref(), Some(&[1.25, 1.5, 1.5][..]));
    assert_eq!(test.latency.p95.as_deref(), Some(&[4.5, 5.0, 5.0][..]));
    assert_eq!(test.errors.as_deref(), Some(&[0.0, 0.01, 0.01][..]));
    let metrics: Vec<_> = test.metrics.iter().map(|m| (m.name.as_str(), m.kind, m.unit)).collect();
    assert_eq!(metrics, [("CPUUtilization", Kind::Cpu, Unit::Percent)]);
}

#[test]
fn a_column_of_the_load_goes_before_cloudwatch_s_count() {
    let text = "time,tasks,rps,RequestCount,RunningTaskCount\n0,2,10,600,3\n60,2,20,1200,3\n";
    let reading = load_test(recording(text));
    assert_eq!(
        (&reading.test.demand[..], &reading.test.tasks[..]),
        (&[10.0, 20.0][..], &[2.0, 2.0][..])
    );
}

#[test]
fn without_errors_or_response_times_there_are_none() {
    let reading = load_test(recording("time,tasks,rps,CPUUtilization\n0,2,10,5\n60,2,20,9\n"));
    assert_eq!(reading.test.errors, None);
    assert_eq!(reading.test.latency.all().count(), 0);
}

#[test]
fn a_csv_of_locust_s_and_apache_s_names_is_read_without_flags() {
    let text = "timeStamp,running_tasks,Requests/s,Failures/s,50%,95%,p(99)\n\
        1795680000,2,10,1,40,150,300\n1795680005,2,20,2,50,160,310\n1795680010,2,20,2,50,160,310\n";
    let test = load_test(recording(text)).test;
    assert_eq!(test.errors.unwrap(), [0.1, 0.1, 0.1]);
    assert_eq!(test.latency.p50.unwrap()[0], 0.04);
    assert_eq!(test.latency.p95.unwrap()[0], 0.15);
    assert_eq!(test.latency.p99.unwrap()[0], 0.3);
}

#[test]
fn files_of_no_known_format_are_told_what_is_read() {
    for (bytes, says) in [
        (&b"{\"a\": 1}"[..], "is JSON, and of no format that is read: k6, oha, wrk"),
        (b"  [1, 2]", "is JSON"),
        (b"<html><body>403</body></html>", "is XML or HTML"),
        (b"<?xml version=\"1.0\"?><testResults>", "is XML or HTML"),
        (b"PAR1\x15\x04\x15", "is Parquet"),
        (b"ab\x07\x00\x01cd,\x00\x00", "is binary"),
        (b"all is well\n", "a format that is read: k6, oha, wrk"),
    ] {
        let fault = known("a", bytes).unwrap_err().to_string();
        assert!(fault.contains(says), "{fault}");
        assert!(fault.contains("--column time=COLUMN"), "{fault}");
        assert_eq!(fault.lines().count(), 1, "{fault}");
    }
}

#[test]
fn rows_of_one_time_only_are_told() {
    let text = format!("time,tasks,rps\n{}", "1.79568E+09,2,5\n".repeat(9));
    let fault = fault(&text);
    assert!(fault.contains("all of its 9 rows have one time"), "{fault}");
}
