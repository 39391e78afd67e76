//! The metrics of a load, for a service that does not scale on CPU or memory.

use std::collections::BTreeMap;

use region::services::{Dimension, LoadMetric, Metric};

const LOAD_BALANCER: &str = "app/web/50dc6c495c0c9188";
const TARGET_GROUP: &str = "targetgroup/web/73e2d6bc24d8a067";
const QUEUE: &str = "jobs";

/// What a task can sustain of each metric: `TaskCapacity`.
const TASK_CAPACITY: f64 = 100.0;

/// Samples of the number of connections per minute, independent of the load.
const NODES: u32 = 20;

/// The parameters of a stack that scales its service on `metric`, a value of `ServiceMetric`.
pub fn parameters(metric: &str) -> BTreeMap<String, String> {
    let task_capacity = TASK_CAPACITY.to_string();
    let parameters = [
        ("ServiceMetric", metric),
        ("TaskCapacity", &task_capacity),
        ("LoadBalancer", LOAD_BALANCER),
        ("TargetGroup", TARGET_GROUP),
        ("Queue", QUEUE),
    ];
    parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// The label of the target group in a policy that tracks its requests.
pub fn resource_label() -> String {
    format!("{LOAD_BALANCER}/{TARGET_GROUP}")
}

/// Whether it is a parameter that [`parameters`] sets.
pub(super) fn is_parameter(name: &str) -> bool {
    parameters("").contains_key(name)
}

/// The metrics per minute of a load that keeps `tasks` tasks fully busy, for the `ServiceMetric` of
/// `parameters`. Empty unless that is `connections-per-task`, `in-flight-per-task` or
/// `sqs-backlog-per-task`.
pub fn by(parameters: &BTreeMap<String, String>, tasks: f64) -> Vec<LoadMetric> {
    let total = TASK_CAPACITY * tasks;
    match parameters.get("ServiceMetric").map(String::as_str) {
        Some("connections-per-task") => {
            let balancer = [("LoadBalancer", LOAD_BALANCER)];
            // A load balancer reports no samples of 0.
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

/// What a load balancer counts in a minute: the requests, the average seconds of a response, and the
/// targets. Empty for a minute without requests.
pub fn balanced(requests: f64, seconds: f64, targets: usize) -> Vec<LoadMetric> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let samples = requests.ceil() as u32;
    let target_group = [("TargetGroup", TARGET_GROUP)];
    let both = [("TargetGroup", TARGET_GROUP), ("LoadBalancer", LOAD_BALANCER)];
    let each = requests / targets.max(1) as f64;
    vec![
        shown("AWS/ApplicationELB", "RequestCount", &both, samples, requests),
        shown("AWS/ApplicationELB", "TargetResponseTime", &both, samples, requests * seconds),
        shown("AWS/ApplicationELB", "RequestCountPerTarget", &target_group, samples, each),
        shown("AWS/ApplicationELB", "RequestCountPerTarget", &both, samples, each),
    ]
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
