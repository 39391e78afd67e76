//! What CloudWatch measures and gives.

use serde_json::{Value, json};

use crate::testing::{Scene, service};
use crate::*;

/// The values of one metric of the last ten minutes, oldest first.
fn values(scene: &mut Scene, name: &str, stat: &str, dimensions: Value) -> Vec<f64> {
    let end = scene.now().unix_timestamp();
    let query = json!({"Id": "q", "MetricStat": {"Period": 60, "Stat": stat,
        "Metric": {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": dimensions}}});
    let answer = scene.watch(
        "GetMetricData",
        json!({
            "MetricDataQueries": [query], "ScanBy": "TimestampAscending",
            "StartTime": end - 600, "EndTime": end,
        }),
    );
    serde_json::from_value(answer["MetricDataResults"][0]["Values"].clone()).unwrap()
}

fn web() -> Value {
    json!([{"Name": "ServiceName", "Value": "web"}, {"Name": "ClusterName", "Value": "default"}])
}

fn cluster() -> Value {
    json!([{"Name": "ClusterName", "Value": "default"}])
}

fn load(cpu: f64, memory: f64) -> Control {
    Control::SetLoad(SetLoad { cpu, memory, ..SetLoad::default() })
}

#[test]
fn a_load_is_shared_by_the_running_tasks() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(4, 100, 200)));
    scene.act(load(3.2, 1.0));
    scene.wait(64);
    assert_eq!(values(&mut scene, "CPUUtilization", "Average", web()), [0.0; 0]);
    scene.wait(1);
    assert_eq!(values(&mut scene, "CPUUtilization", "Average", web()), [80.0]);
    assert_eq!(values(&mut scene, "MemoryUtilization", "Maximum", web()), [25.0]);
    assert_eq!(values(&mut scene, "CPUUtilization", "SampleCount", web()), [4.0]);
}

#[test]
fn a_service_without_tasks_reports_nothing() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(0, 100, 200)));
    scene.act(load(3.2, 1.0));
    scene.wait(300);
    assert_eq!(values(&mut scene, "CPUUtilization", "Average", web()), [0.0; 0]);
}

#[test]
fn draining_instances_count_as_reservable() {
    let mut scene = Scene::new();
    // 4 of 256 units and 512 MiB on two instances of 4,096 and 16,384.
    scene.act(Control::CreateService(service(4, 100, 100)));
    scene.act(load(0.0, 0.0));
    scene.wait(65);
    scene.drain(0);
    scene.wait(60);
    assert_eq!(values(&mut scene, "CPUReservation", "Average", cluster()), [12.5, 12.5]);
    assert_eq!(values(&mut scene, "MemoryReservation", "Average", cluster()), [6.25, 6.25]);
}

#[test]
fn nothing_is_measured_before_there_is_a_load_or_an_alarm() {
    let mut scene = Scene::new();
    assert_eq!(scene.services.next_due(), None);
    scene.act(Control::CreateService(service(2, 100, 200)));
    scene.wait(300);
    assert_eq!(values(&mut scene, "CPUReservation", "Average", cluster()), [0.0; 0]);
}

#[test]
fn alarms_and_loads_leave_chance_elsewhere_as_it_was() {
    let history = |with: bool| {
        let mut scene = Scene::new();
        scene.act(Control::CreateService(CreateService::default()));
        if with {
            scene.act(load(1.0, 1.0));
            scene.act(Control::PutMetricAlarm(super::alarms::cpu_high()));
            scene.wait(600);
        }
        scene.gone = 600;
        scene.act(Control::SetDesiredCapacity("group".to_owned(), 5));
        (scene.id(4), scene.services.truth().instances().count())
    };
    assert_eq!(history(true), history(false));
}

#[test]
fn data_that_is_put_can_be_got_and_reckoned_with() {
    let mut scene = Scene::new();
    scene.wait(30);
    let shop = json!([{"Name": "Shop", "Value": "a"}]);
    scene.watch("PutMetricData", json!({"Namespace": "Shop", "MetricData": [
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
    let start = scene.now().unix_timestamp();
    let answer = scene.watch(
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
            "Timestamps": [start - 30], "Values": [5.5],
        }])
    );
}

#[test]
fn newest_values_come_first_unless_asked_otherwise() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(2, 100, 200)));
    scene.act(load(1.0, 0.0));
    scene.wait(65);
    scene.act(load(1.5, 0.0));
    scene.wait(60);
    assert_eq!(values(&mut scene, "CPUUtilization", "Average", web()), [50.0, 75.0]);
    let start = scene.now().unix_timestamp() - 600;
    let answer = scene.watch("GetMetricData", json!({
        "MetricDataQueries": [{"Id": "q", "MetricStat": {"Period": 60, "Stat": "Average",
            "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Dimensions": web()}}}],
        "StartTime": start, "EndTime": start + 600,
    }));
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([75.0, 50.0]));
    assert_eq!(answer["MetricDataResults"][0]["Label"], "CPUUtilization");
}

#[test]
fn metric_data_come_in_pages_that_together_hold_each_value_once() {
    let mut scene = Scene::new();
    let start = scene.now().unix_timestamp() - 30;
    let data: Vec<Value> = (0..5)
        .map(|n| json!({"MetricName": "Orders", "Value": n, "Timestamp": start + 60 * n}))
        .collect();
    scene.watch("PutMetricData", json!({"Namespace": "Shop", "MetricData": data}));
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
        let mut page = scene.watch("GetMetricData", input.clone());
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

#[test]
fn bad_metric_data_is_refused() {
    let mut scene = Scene::new();
    let query = json!({"Id": "q", "Expression": "nothing"});
    for (operation, input, code) in [
        ("PutMetricData", json!({"Namespace": "AWS/ECS"}), "InvalidParameterValue"),
        (
            "PutMetricData",
            json!({"Namespace": "a", "MetricData": [{"MetricName": "b"}]}),
            "ValidationError",
        ),
        (
            "GetMetricData",
            json!({"MetricDataQueries": [query], "StartTime": 0, "EndTime": 60}),
            "ValidationError",
        ),
        ("GetMetricData", json!({"MetricDataQueries": []}), "ValidationError"),
        ("ListMetrics", json!({}), "UnknownOperationException"),
    ] {
        let error = scene.try_watch(operation, input).unwrap_err();
        assert_eq!(error.code, code, "{error}");
    }
}

#[test]
fn a_load_shows_by_further_metrics_whether_tasks_run_or_not() {
    let mut scene = Scene::new();
    scene.act(Control::CreateService(service(0, 100, 200)));
    let metric = Metric {
        namespace: "AWS/ECS".to_owned(),
        metric_name: "Backlog".to_owned(),
        dimensions: Vec::new(),
    };
    let metrics = vec![LoadMetric { metric, samples: 4, sum: 10.0 }];
    scene.act(Control::SetLoad(SetLoad { cpu: 1.0, metrics, ..SetLoad::default() }));
    scene.wait(65);
    assert_eq!(values(&mut scene, "Backlog", "Sum", json!([])), [10.0]);
    assert_eq!(values(&mut scene, "Backlog", "Average", json!([])), [2.5]);
    assert_eq!(values(&mut scene, "Backlog", "SampleCount", json!([])), [4.0]);
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
    let settings = Settings { late_samples, ..Settings::default() };
    let mut scene = Scene::of(settings, CreateGroup::default());
    scene.act(Control::CreateService(service(4, 100, 200)));
    scene.act(load(3.2, 1.0));
    // 30 percent of four samples, rounded up, are two.
    scene.wait(65);
    let count = |scene: &mut Scene, name: &str| values(scene, name, "SampleCount", web());
    assert_eq!(count(&mut scene, "CPUUtilization"), [2.0]);
    assert_eq!(count(&mut scene, "MemoryUtilization"), [0.0; 0]);
    assert_eq!(values(&mut scene, "CPUReservation", "Average", cluster()).len(), 1);
    scene.wait(84);
    assert_eq!(count(&mut scene, "CPUUtilization"), [2.0, 2.0]);
    scene.wait(1);
    assert_eq!(count(&mut scene, "CPUUtilization"), [4.0, 2.0]);
    assert_eq!(values(&mut scene, "CPUUtilization", "Average", web()), [80.0, 80.0]);
    scene.wait(30);
    assert_eq!(count(&mut scene, "MemoryUtilization"), [4.0]);
}
