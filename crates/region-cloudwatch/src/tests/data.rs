//! Metric data, put and read.

use serde_json::{Value, json};

use super::setup::{Setup, web};
use crate::*;

/// The values of one metric of `web` of the last ten minutes, oldest first.
fn values(setup: &mut Setup, name: &str, stat: &str) -> Vec<f64> {
    let end = setup.now().unix_timestamp();
    let query = json!({"Id": "q", "MetricStat": {"Period": 60, "Stat": stat,
        "Metric": {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": web()}}});
    let answer = setup.call(
        "GetMetricData",
        json!({
            "MetricDataQueries": [query], "ScanBy": "TimestampAscending",
            "StartTime": end - 600, "EndTime": end,
        }),
    );
    serde_json::from_value(answer["MetricDataResults"][0]["Values"].clone()).unwrap()
}

#[test]
fn data_that_is_put_can_be_got_and_reckoned_with() {
    let mut setup = Setup::new();
    setup.wait(30);
    let shop = json!([{"Name": "Shop", "Value": "a"}]);
    setup.call("PutMetricData", json!({"Namespace": "Shop", "MetricData": [
        {"MetricName": "Orders", "Dimensions": shop, "Value": 6},
        {"MetricName": "Orders", "Dimensions": shop, "Values": [1.0, 2.0], "Counts": [3.0, 1.0]},
        {"MetricName": "Tills", "Dimensions": shop, "StatisticValues":
            {"SampleCount": 2, "Sum": 4, "Minimum": 1, "Maximum": 3}},
    ]}));
    let metric = |id: &str, name: &str, stat: &str| {
        json!({"Id": id, "ReturnData": false,
        "MetricStat": {"Period": 60, "Stat": stat, "Metric":
            {"Namespace": "Shop", "MetricName": name, "Dimensions": shop}}})
    };
    let start = setup.now().unix_timestamp();
    let answer = setup.call(
        "GetMetricData",
        json!({
            "MetricDataQueries": [
                metric("orders", "Orders", "Sum"), metric("tills", "Tills", "Average"),
                {"Id": "each", "Expression": "orders / tills", "Label": "orders of a till"},
            ],
            "StartTime": start, "EndTime": start + 60,
        }),
    );
    assert_eq!(
        answer["MetricDataResults"],
        json!([{
            "Id": "each", "Label": "orders of a till", "StatusCode": "Complete",
            "Timestamps": [(start - 30) as f64], "Values": [5.5],
        }])
    );
}

#[test]
fn newest_values_come_first_unless_asked_otherwise() {
    let mut setup = Setup::new();
    setup.report_cpu(50.0);
    setup.wait(65);
    setup.report_cpu(75.0);
    setup.wait(60);
    assert_eq!(values(&mut setup, "CPUUtilization", "Average"), [50.0, 75.0]);
    let start = setup.now().unix_timestamp() - 600;
    let answer = setup.call("GetMetricData", json!({
        "MetricDataQueries": [{"Id": "q", "MetricStat": {"Period": 60, "Stat": "Average",
            "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": web()}}}],
        "StartTime": start, "EndTime": start + 600,
    }));
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([75.0, 50.0]));
    assert_eq!(answer["MetricDataResults"][0]["Label"], "CPUUtilization");
}

#[test]
fn metric_data_come_in_pages_that_together_hold_each_value_once() {
    let mut setup = Setup::new();
    let start = setup.now().unix_timestamp() - 30;
    let data: Vec<Value> = (0..5)
        .map(|n| json!({"MetricName": "Orders", "Value": n, "Timestamp": start + 60 * n}))
        .collect();
    setup.call("PutMetricData", json!({"Namespace": "Shop", "MetricData": data}));
    let query = |id: &str, name: &str| {
        json!({"Id": id, "MetricStat": {"Period": 60, "Stat": "Sum",
            "Metric": {"Namespace": "Shop", "MetricName": name}}})
    };
    let mut input = json!({
        "MetricDataQueries": [query("a", "Orders"), query("b", "Nothing"), query("c", "Orders")],
        "StartTime": start, "EndTime": start + 300, "MaxDatapoints": 3,
        "ScanBy": "TimestampAscending",
    });
    let mut pages = Vec::new();
    loop {
        let mut page = setup.call("GetMetricData", input.clone());
        let results = page["MetricDataResults"].as_array().unwrap().iter();
        pages.push(results.map(|one| json!([one["Id"], one["Values"]])).collect::<Value>());
        input["NextToken"] = page["NextToken"].take();
        if input["NextToken"].is_null() {
            break;
        }
    }
    assert_eq!(
        pages,
        [
            json!([["a", [0.0, 1.0, 2.0]], ["b", []], ["c", []]]),
            json!([["a", [3.0, 4.0]], ["b", []], ["c", [0.0]]]),
            json!([["c", [1.0, 2.0, 3.0]]]),
            json!([["c", [4.0]]]),
        ]
    );
}

/// As recorded from AWS (LocalStack's `test_get_metric_data_different_units_no_unit_in_query` and
/// `test_label_generation`): without a unit, the samples of one unit only, and a message.
#[test]
fn of_several_units_one_is_read() {
    let mut setup = Setup::new();
    let datum =
        |value: f64, unit: &str| json!({"MetricName": "Wait", "Value": value, "Unit": unit});
    let data = [datum(2.0, "Seconds"), datum(500.0, "Milliseconds"), datum(700.0, "Milliseconds")];
    setup.call("PutMetricData", json!({"Namespace": "Shop", "MetricData": data}));
    let start = setup.now().unix_timestamp();
    let mut read = |unit: Option<&str>| {
        let stat = json!({"Period": 60, "Stat": "Sum", "Unit": unit,
            "Metric": {"Namespace": "Shop", "MetricName": "Wait"}});
        let answer = setup.call(
            "GetMetricData",
            json!({
                "MetricDataQueries": [{"Id": "wait", "MetricStat": stat}],
                "StartTime": start, "EndTime": start + 60,
            }),
        );
        let result = &answer["MetricDataResults"][0];
        (result["Values"].clone(), result["Messages"].clone())
    };
    assert_eq!(
        read(None),
        (
            json!([1200.0]),
            json!([{"Code": "MultipleUnits",
                "Value": "Multiple units returned: '[Milliseconds, Seconds]'"}])
        )
    );
    assert_eq!(read(Some("Seconds")), (json!([2.0]), Value::Null));
    assert_eq!(read(Some("Count")), (json!([]), Value::Null));
}

fn late(metric: &str, samples_percent: u32, seconds: u64) -> LateSamples {
    LateSamples {
        metric: Some(metric.to_owned()),
        minutes_percent: 100,
        samples_percent: samples_percent..=samples_percent,
        seconds: seconds..=seconds,
    }
}

#[test]
fn late_samples_are_read_once_they_have_arrived_and_the_others_before() {
    let late_samples = vec![late("CPUUtilization", 30, 90), late("MemoryUtilization", 100, 120)];
    let mut setup = Setup::with(Settings { late_samples, ..Settings::default() });
    let metrics = [
        ("CPUUtilization", 80.0, 4.0),
        ("MemoryUtilization", 25.0, 4.0),
        ("TasksInTime", 4.0, 1.0),
    ];
    setup.report(&metrics, &web());
    // 30 percent of four samples, rounded up, are two.
    setup.wait(65);
    let count = |setup: &mut Setup, name: &str| values(setup, name, "SampleCount");
    assert_eq!(count(&mut setup, "CPUUtilization"), [2.0]);
    assert_eq!(count(&mut setup, "MemoryUtilization"), [0.0; 0]);
    assert_eq!(values(&mut setup, "TasksInTime", "Average"), [4.0]);
    setup.wait(84);
    assert_eq!(count(&mut setup, "CPUUtilization"), [2.0, 2.0]);
    setup.wait(1);
    assert_eq!(count(&mut setup, "CPUUtilization"), [4.0, 2.0]);
    assert_eq!(values(&mut setup, "CPUUtilization", "Average"), [80.0, 80.0]);
    setup.wait(30);
    assert_eq!(count(&mut setup, "MemoryUtilization"), [4.0]);
}
