//! The input of a policy: a CloudWatch metric, or metric math over several.

use load_test::{Kind, Source, Unit};
use serde::Serialize;

use super::{Names, Service, filled};
use crate::advice::Assessment;

/// The metrics for which `stacks/service-scaling.yaml` defines alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    Cpu,
    Memory,
    RequestsPerTarget,
    ConnectionsPerTask,
    InFlightPerTask,
    SqsBacklogPerTask,
    KinesisLag,
}

/// The input of a policy.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// The metric of `stacks/service-scaling.yaml`, if it is one of them.
    pub(super) ready: Option<Ready>,
    /// The metric that measures the load.
    input: Source,
    /// Whether it is divided by the running tasks.
    per_task: bool,
    /// Factor from values of the load test to values of CloudWatch.
    pub(super) factor: f64,
    /// An assumption that the load test does not confirm.
    assumes: Option<&'static str>,
    /// The load balancer and the target group, in the form of target tracking.
    targets: String,
    tasks: Source,
    seconds: Source,
    label: String,
}

/// A query of GetMetricData, of an alarm or of a target tracking policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Query {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_stat: Option<MetricStat>,
    return_data: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: Metric,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<u32>,
    stat: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    namespace: String,
    metric_name: String,
    dimensions: Vec<Dimension>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

const ELB: &str = "AWS/ApplicationELB";

/// Each minute ECS sends one sample of CPUUtilization for every running task.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html>
const RUNNING: (&str, &str) = ("CPUUtilization", "SampleCount");

impl Watch {
    pub(super) fn of(
        assessment: &Assessment,
        per_task: bool,
        names: &Names,
        service: &Service,
    ) -> Self {
        let balancer = dimension("LoadBalancer", names.load_balancer.as_ref(), "LOAD_BALANCER");
        let targets = dimension("TargetGroup", names.target_group.as_ref(), "TARGET_GROUP");
        let both = vec![targets.clone(), balancer];
        let of_service =
            |(name, statistic)| source("AWS/ECS", name, statistic, service.dimensions());
        let ready = match &assessment.source {
            Some(source) => recorded(source, per_task),
            None => supposed(assessment, per_task),
        };
        let (input, factor, assumes) = match (&assessment.source, ready) {
            (Some(source), _) => (source.clone(), 1.0, None),
            (None, Some(Ready::Cpu)) => (of_service(("CPUUtilization", "Average")), 1.0, None),
            (None, Some(Ready::Memory)) => {
                (of_service(("MemoryUtilization", "Average")), 1.0, None)
            }
            (None, Some(Ready::RequestsPerTarget)) => (
                source(ELB, "RequestCountPerTarget", "Sum", vec![targets]),
                60.0,
                Some("an Application Load Balancer counts the requests"),
            ),
            (None, Some(Ready::InFlightPerTask)) => (
                source(ELB, "RequestCount", "Sum", both.clone()),
                1.0,
                Some("the requests in flight come from an Application Load Balancer"),
            ),
            (None, Some(_)) => {
                let queue = dimension("QueueName", names.queue.as_ref(), "QUEUE");
                let name = "ApproximateNumberOfMessagesVisible";
                let input = source("AWS/SQS", name, "Average", vec![queue]);
                (input, 1.0, Some("the queue is an SQS queue"))
            }
            (None, None) => {
                let dimensions = vec![("DIMENSION".to_owned(), "VALUE".to_owned())];
                let input = source("NAMESPACE", "METRIC_NAME", "Average", dimensions);
                (
                    input,
                    1.0,
                    Some("CloudWatch has the metric with the name and unit of the load test"),
                )
            }
        };
        Self {
            ready,
            targets: resource_label(names, &input),
            input,
            // RequestCountPerTarget is already divided.
            per_task: per_task && ready != Some(Ready::RequestsPerTarget),
            factor,
            assumes,
            tasks: of_service(RUNNING),
            seconds: source(ELB, "TargetResponseTime", "Average", both),
            label: match per_task {
                true => format!("{} per task", assessment.metric),
                false => assessment.metric.clone(),
            },
        }
    }

    /// Its predefined metric type of target tracking, and the resource label that the type needs.
    /// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>
    pub(super) fn predefined(&self) -> Option<(&'static str, Option<String>)> {
        match self.ready? {
            Ready::Cpu => Some(("ECSServiceAverageCPUUtilization", None)),
            Ready::Memory => Some(("ECSServiceAverageMemoryUtilization", None)),
            Ready::RequestsPerTarget => {
                Some(("ALBRequestCountPerTarget", Some(self.targets.clone())))
            }
            _ => None,
        }
    }

    /// The value of a dimension of the metric that measures the load.
    pub(super) fn dimension(&self, name: &str) -> Option<&str> {
        value(&self.input, name).map(String::as_str)
    }

    /// The assumption as a comment line, valid in YAML and in a shell.
    pub(super) fn comment(&self) -> String {
        self.assumes.map_or_else(String::new, |what| format!("# Assumes that {what}.\n"))
    }

    /// Whether the newest minute is too small until all its samples have arrived. This holds for
    /// sums, and for metrics in which a missing value counts as 0.
    pub(super) fn grows(&self) -> bool {
        let is_sum = matches!(self.input.statistic.as_str(), "Sum" | "SampleCount");
        let is_queue = self.ready == Some(Ready::SqsBacklogPerTask);
        is_sum || (self.per_task && !is_queue)
    }

    /// The queries whose one result is the load, in periods of a minute if `period`; those of
    /// target tracking have no other.
    ///
    /// A division by zero tasks has no value, and then the alarm could not start the first task.
    /// Therefore zero tasks count as one. A minute without samples of load and of tasks
    /// has no value; SQS always reports a queue that is polled. The tasks' samples arrive over two
    /// minutes, so the largest count of a minute and of the two before it is used
    /// (`stacks/service-scaling.yaml`).
    pub(super) fn queries(&self, period: bool) -> Vec<Query> {
        let metric = |id, source: &Source, label| Query {
            id,
            label,
            expression: None,
            metric_stat: Some(MetricStat::of(source, period.then_some(60))),
            return_data: false,
        };
        let math = |id, expression, label| Query {
            id,
            label,
            expression: Some(expression),
            metric_stat: None,
            return_data: false,
        };
        let label = Some(self.label.clone());
        let is_in_flight = self.ready == Some(Ready::InFlightPerTask);
        if !self.per_task && !is_in_flight {
            return vec![Query { return_data: true, ..metric("load", &self.input, label) }];
        }
        let load = match self.ready {
            // Little's law: what arrives in a second, times the seconds that it stays.
            Some(Ready::InFlightPerTask) => {
                "IF(input + tasks >= 0, input / 60 * seconds / running)"
            }
            Some(Ready::SqsBacklogPerTask) => "IF(input >= 0, input / running)",
            _ => "IF(input + tasks >= 0, input / running)",
        };
        let mut queries = vec![
            Query { return_data: true, ..math("load", load, label) },
            math("running", "MAX([known, previous, earlier])", None),
            math("earlier", "previous - DIFF(previous)", None),
            math("previous", "known - DIFF(known)", None),
            math("known", "FILL(FILL(tasks, REPEAT), 1)", None),
            metric("tasks", &self.tasks, None),
            metric("input", &self.input, None),
        ];
        queries.extend(is_in_flight.then(|| metric("seconds", &self.seconds, None)));
        queries
    }
}

/// `app/name/id/targetgroup/name/id`, by which ALBRequestCountPerTarget knows the targets.
fn resource_label(names: &Names, input: &Source) -> String {
    let balancer = names.load_balancer.as_ref().or_else(|| value(input, "LoadBalancer"));
    let targets = names.target_group.as_ref().or_else(|| value(input, "TargetGroup"));
    format!("{}/{}", filled(balancer, "LOAD_BALANCER"), filled(targets, "TARGET_GROUP"))
}

fn value<'a>(source: &'a Source, dimension: &str) -> Option<&'a String> {
    source.dimensions.iter().find(|(name, _)| name == dimension).map(|(_, value)| value)
}

/// The metric of `stacks/service-scaling.yaml` that CloudWatch recorded.
fn recorded(source: &Source, per_task: bool) -> Option<Ready> {
    let named = (source.namespace.as_str(), source.name.as_str(), source.statistic.as_str());
    match (named, per_task) {
        (("AWS/ECS", "CPUUtilization", "Average"), false) => Some(Ready::Cpu),
        (("AWS/ECS", "MemoryUtilization", "Average"), false) => Some(Ready::Memory),
        ((ELB, "RequestCountPerTarget", "Sum"), false) => Some(Ready::RequestsPerTarget),
        ((ELB, "ActiveConnectionCount", "Sum"), true) => Some(Ready::ConnectionsPerTask),
        (("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Average"), true) => {
            Some(Ready::SqsBacklogPerTask)
        }
        (("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "Average"), false) => {
            Some(Ready::KinesisLag)
        }
        _ => None,
    }
}

/// The metric of `stacks/service-scaling.yaml` that a metric from another source corresponds to. Not
/// connections: a load balancer counts those to its clients too.
fn supposed(assessment: &Assessment, per_task: bool) -> Option<Ready> {
    let is_of_connections = assessment.metric.to_ascii_lowercase().contains("conn");
    match (assessment.kind, assessment.unit, per_task) {
        (Kind::Cpu, Unit::Percent, false) => Some(Ready::Cpu),
        (Kind::Memory, Unit::Percent, false) => Some(Ready::Memory),
        (Kind::Throughput, Unit::PerSecond, _) => Some(Ready::RequestsPerTarget),
        (Kind::Concurrency, _, true) if !is_of_connections => Some(Ready::InFlightPerTask),
        (Kind::Queue, _, true) => Some(Ready::SqsBacklogPerTask),
        _ => None,
    }
}

fn dimension(name: &str, value: Option<&String>, placeholder: &str) -> (String, String) {
    (name.to_owned(), filled(value, placeholder))
}

fn source(
    namespace: &str,
    name: &str,
    statistic: &str,
    dimensions: Vec<(String, String)>,
) -> Source {
    Source {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions,
        statistic: statistic.to_owned(),
    }
}

impl MetricStat {
    fn of(source: &Source, period: Option<u32>) -> Self {
        let dimension = |(name, value): &(String, String)| Dimension {
            name: name.clone(),
            value: value.clone(),
        };
        Self {
            metric: Metric {
                namespace: source.namespace.clone(),
                metric_name: source.name.clone(),
                dimensions: source.dimensions.iter().map(dimension).collect(),
            },
            period,
            stat: source.statistic.clone(),
        }
    }
}
