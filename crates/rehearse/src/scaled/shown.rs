//! The metrics by which a load shows, where a service is scaled on another than those of ECS.

use std::collections::BTreeMap;

use region::world::{Dimension, LoadMetric, Metric};

const LOAD_BALANCER: &str = "app/web/50dc6c495c0c9188";
const TARGET_GROUP: &str = "targetgroup/web/73e2d6bc24d8a067";
const QUEUE: &str = "jobs";

/// What a task bears of each metric: `TaskLoad`.
const TASK_LOAD: f64 = 100.0;

/// Samples of the connections in a minute, whatever the load: one of each node, say.
const NODES: u32 = 20;

/// The parameters of a stack that scales its service on `metric`, a value of `ServiceMetric`.
pub fn parameters(metric: &str) -> BTreeMap<String, String> {
    let task_load = TASK_LOAD.to_string();
    let parameters = [
        ("ServiceMetric", metric),
        ("TaskLoad", &task_load),
        ("LoadBalancer", LOAD_BALANCER),
        ("TargetGroup", TARGET_GROUP),
        ("Queue", QUEUE),
    ];
    parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// What a load that keeps so many tasks wholly busy shows each minute, by the `ServiceMetric` of
/// `parameters`: nothing more for a metric of ECS, and nothing for one that is not among
/// `connections-per-task`, `in-flight-per-task` and `sqs-backlog-per-task`.
pub fn by(parameters: &BTreeMap<String, String>, tasks: f64) -> Vec<LoadMetric> {
    let total = TASK_LOAD * tasks;
    match parameters.get("ServiceMetric").map(String::as_str) {
        Some("connections-per-task") => {
            let balancer = [("LoadBalancer", LOAD_BALANCER)];
            // A load balancer reports what is not 0.
            let samples = if total > 0.0 { NODES } else { 0 };
            vec![shown("AWS/ApplicationELB", "ActiveConnectionCount", &balancer, samples, total)]
        }
        Some("in-flight-per-task") => {
            let both = [("TargetGroup", TARGET_GROUP), ("LoadBalancer", LOAD_BALANCER)];
            // Each request takes a second, and is one sample.
            let requests = (60.0 * total).ceil();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "thousands"
            )]
            let samples = requests as u32;
            ["RequestCount", "TargetResponseTime"]
                .map(|name| shown("AWS/ApplicationELB", name, &both, samples, 60.0 * total))
                .into()
        }
        Some("sqs-backlog-per-task") => {
            let name = "ApproximateNumberOfMessagesVisible";
            vec![shown("AWS/SQS", name, &[("QueueName", QUEUE)], 1, total)]
        }
        _ => Vec::new(),
    }
}

fn shown(
    namespace: &str,
    name: &str,
    dimensions: &[(&str, &str)],
    samples: u32,
    sum: f64,
) -> LoadMetric {
    let dimension =
        |(name, value): &(&str, &str)| Dimension { name: (*name).into(), value: (*value).into() };
    let metric = Metric {
        namespace: namespace.to_owned(),
        metric_name: name.to_owned(),
        dimensions: dimensions.iter().map(dimension).collect(),
    };
    LoadMetric { metric, samples, sum }
}
