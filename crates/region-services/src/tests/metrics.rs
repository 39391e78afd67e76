//! What CloudWatch measures and gives.

use serde_json::{Value, json};

use super::scaling::cpu_high;
use crate::testing::{Account, service};
use crate::*;

/// The values of one metric of the last ten minutes, oldest first.
fn values(account: &mut Account, name: &str, stat: &str, dimensions: Value) -> Vec<f64> {
    let end = account.now().unix_timestamp();
    let query = json!({"Id": "q", "MetricStat": {"Period": 60, "Stat": stat,
        "Metric": {"Namespace": "AWS/ECS", "MetricName": name, "Dimensions": dimensions}}});
    let answer = account.watch(
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
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 100, 200)));
    account.act(load(3.2, 1.0));
    account.wait(64);
    assert_eq!(values(&mut account, "CPUUtilization", "Average", web()), [0.0; 0]);
    account.wait(1);
    assert_eq!(values(&mut account, "CPUUtilization", "Average", web()), [80.0]);
    assert_eq!(values(&mut account, "MemoryUtilization", "Maximum", web()), [25.0]);
    assert_eq!(values(&mut account, "CPUUtilization", "SampleCount", web()), [4.0]);
}

#[test]
fn a_service_without_tasks_reports_nothing() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(0, 100, 200)));
    account.act(load(3.2, 1.0));
    account.wait(300);
    assert_eq!(values(&mut account, "CPUUtilization", "Average", web()), [0.0; 0]);
}

#[test]
fn draining_instances_count_as_reservable() {
    let mut account = Account::new();
    // 4 of 256 units and 512 MiB on two instances of 4,096 and 16,384.
    account.act(Control::CreateService(service(4, 100, 100)));
    account.act(load(0.0, 0.0));
    account.wait(65);
    account.drain(0);
    account.wait(60);
    assert_eq!(values(&mut account, "CPUReservation", "Average", cluster()), [12.5, 12.5]);
    assert_eq!(values(&mut account, "MemoryReservation", "Average", cluster()), [6.25, 6.25]);
}

#[test]
fn nothing_is_measured_before_there_is_a_load_or_an_alarm() {
    let mut account = Account::new();
    assert_eq!(account.services.next_due(), None);
    account.act(Control::CreateService(service(2, 100, 200)));
    account.wait(300);
    assert_eq!(values(&mut account, "CPUReservation", "Average", cluster()), [0.0; 0]);
}

#[test]
fn alarms_and_loads_leave_chance_elsewhere_as_it_was() {
    let history = |with: bool| {
        let mut account = Account::new();
        account.act(Control::CreateService(CreateService::default()));
        if with {
            account.act(load(1.0, 1.0));
            account.act(Control::PutMetricAlarm(cpu_high()));
            account.wait(600);
        }
        account.gone = 600;
        account.act(Control::SetDesiredCapacity("group".to_owned(), 5));
        (account.id(4), account.services.truth().instances().count())
    };
    assert_eq!(history(true), history(false));
}

#[test]
fn a_load_shows_by_further_metrics_whether_tasks_run_or_not() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(0, 100, 200)));
    let metric = Metric {
        namespace: "AWS/ECS".to_owned(),
        metric_name: "Backlog".to_owned(),
        dimensions: Vec::new(),
    };
    let metrics = vec![LoadMetric { metric, samples: 4, sum: 10.0 }];
    account.act(Control::SetLoad(SetLoad { cpu: 1.0, metrics, ..SetLoad::default() }));
    account.wait(65);
    assert_eq!(values(&mut account, "Backlog", "Sum", json!([])), [10.0]);
    assert_eq!(values(&mut account, "Backlog", "Average", json!([])), [2.5]);
    assert_eq!(values(&mut account, "Backlog", "SampleCount", json!([])), [4.0]);
}

#[test]
fn an_alarm_on_a_load_is_an_event_and_a_message() {
    let alarm_actions = vec!["arn:aws:sns:us-east-1:123456789012:alarms".to_owned()];
    let mut account = Account::new();
    account.act(Control::CreateService(service(2, 100, 200)));
    account.act(Control::PutMetricAlarm(PutMetricAlarm { alarm_actions, ..cpu_high() }));
    account.act(load(1.6, 0.0));
    account.wait(130);
    let effects = account.services.take_effects();
    let sent: Vec<_> = effects
        .iter()
        .filter(|effect| match effect {
            Effect::Event(event) => event["source"] == "aws.cloudwatch",
            Effect::Publish { .. } => true,
        })
        .collect();
    let [Effect::Event(event), Effect::Publish { topic_arn, subject, .. }] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!(event["detail-type"], "CloudWatch Alarm State Change");
    assert_eq!(
        event["resources"],
        json!(["arn:aws:cloudwatch:us-east-1:123456789012:alarm:web-cpu-high"])
    );
    assert_eq!(event["detail"]["state"]["value"], "ALARM");
    assert_eq!(topic_arn, "arn:aws:sns:us-east-1:123456789012:alarms");
    assert_eq!(subject, "ALARM: \"web-cpu-high\" in US East (N. Virginia)");
    assert_eq!(account.services.alarm_state("web-cpu-high"), Some(StateValue::Alarm));
}

#[test]
fn a_service_can_be_measured_every_20_seconds_after_a_deployment() {
    let mut account = Account::new();
    account.act(Control::CreateService(service(4, 100, 200)));
    account.act(load(3.2, 1.0));
    account.wait(125);
    let samples = |account: &mut Account| {
        values(account, "CPUUtilization", "SampleCount", web()).last().copied()
    };
    assert_eq!(samples(&mut account), Some(4.0));
    let high_resolution = Some(true);
    let update = UpdateService { high_resolution, ..UpdateService::default() };
    account.act(Control::UpdateService(update.clone()));
    let deployed = |account: &mut Account| {
        let input = json!({"services": ["web"], "cluster": "default"});
        let answer = account.ecs("DescribeServices", input);
        answer["services"][0]["deployments"].as_array().unwrap().len()
    };
    assert_eq!(deployed(&mut account), 2);
    account.wait(300);
    assert_eq!(deployed(&mut account), 1);
    // Three times four.
    assert_eq!(samples(&mut account), Some(12.0));
    // What is so already begins no deployment.
    account.act(Control::UpdateService(update));
    assert_eq!(deployed(&mut account), 1);
}
