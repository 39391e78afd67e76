//! CloudWatch: `aws cloudwatch get-metric-data` and `get-metric-statistics` of the AWS CLI
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/>), and the console's
//! "Download as .csv" of a graph.

use serde_json::{Value, json};

use super::{File, date, one};
use crate::log::{Log, Minute};

/// A metric: its namespace, name and unit, and its value.
type Metric = (&'static str, &'static str, &'static str, fn(&Minute) -> f64);

const METRICS: [Metric; 3] = [
    ("AWS/ECS", "CPUUtilization", "Percent", |minute| minute.cpu),
    ("AWS/ECS", "MemoryUtilization", "Percent", |minute| minute.memory),
    ("ECS/ContainerInsights", "RunningTaskCount", "Count", |minute| minute.tasks),
];

fn stamp(minute: &Minute) -> String {
    let date = date(minute.began);
    format!("{}T{:02}:{:02}:00+00:00", date.date(), date.hour(), date.minute())
}

/// The newest value first, as CloudWatch answers unless it is asked otherwise.
pub(super) fn get_metric_data(log: &Log) -> Vec<File> {
    let newest = || log.minutes.iter().rev();
    let results = METRICS.iter().enumerate().map(|(at, (_, name, _, value))| {
        json!({
            "Id": format!("m{}", at + 1),
            "Label": name,
            "Timestamps": newest().map(stamp).collect::<Vec<_>>(),
            "Values": newest().map(value).collect::<Vec<_>>(),
            "StatusCode": "Complete",
        })
    });
    let all = json!({"Messages": [], "MetricDataResults": results.collect::<Vec<_>>()});
    one("metrics.json", format!("{all:#}\n"))
}

/// A file for each metric. The points are in no order.
pub(super) fn get_metric_statistics(log: &Log) -> Vec<File> {
    METRICS
        .iter()
        .map(|(_, name, unit, value)| {
            let point = |minute: &Minute| -> Value {
                json!({"Timestamp": stamp(minute), "Average": value(minute), "Unit": unit})
            };
            let (odd, even): (Vec<_>, Vec<_>) =
                log.minutes.iter().enumerate().partition(|(at, _)| at % 2 == 1);
            let points = odd.into_iter().rev().chain(even).map(|(_, minute)| point(minute));
            let all = json!({"Label": name, "Datapoints": points.collect::<Vec<_>>()});
            File { name: format!("{name}.json"), text: format!("{all:#}\n") }
        })
        .collect()
}

pub(super) fn console(log: &Log) -> Vec<File> {
    let row = |first: &str, cell: &dyn Fn(usize, &Metric) -> String| {
        let cells = METRICS.iter().enumerate().map(|(at, metric)| cell(at, metric));
        let cells: Vec<String> = std::iter::once(first.to_owned()).chain(cells).collect();
        cells.join(",") + "\n"
    };
    let mut text = row("Id", &|at, _| format!("m{}", at + 1))
        + &row("StatusCode", &|_, _| "Complete".to_owned())
        + &row("Messages", &|_, _| String::new())
        + &row("Full label", &|_, (namespace, name, _, _)| {
            format!("us-east-1:{namespace} ClusterName: demo ServiceName: web {name} Average 60")
        })
        + &row("Label", &|_, metric| metric.1.to_owned());
    for minute in &log.minutes {
        let date = date(minute.began);
        let time = format!(
            "{:04}/{:02}/{:02} {:02}:{:02}:00",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute()
        );
        text.push_str(&row(&time, &|_, metric| (metric.3)(minute).to_string()));
    }
    one("console.csv", text)
}
