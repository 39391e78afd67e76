//! The names of a service, and its metrics in CloudWatch.

use advice::paste::Names;
use load_test::Source;

use crate::values;

/// The names of a service and of the resources that it uses.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Service, for its metrics and for the policies to paste")]
pub struct Place {
    /// Name of the cluster
    #[arg(long, value_parser = values::name)]
    pub cluster: Option<String>,
    /// Name of the service
    #[arg(long, value_parser = values::name)]
    pub service: Option<String>,
    /// Load balancer of the service, as an ARN or app/NAME/ID
    #[arg(long, value_name = "ALB", value_parser = values::load_balancer)]
    pub load_balancer: Option<String>,
    /// Target group of the service, as an ARN or targetgroup/NAME/ID
    #[arg(long, value_name = "GROUP", value_parser = values::target_group)]
    pub target_group: Option<String>,
    /// Name of the SQS queue that the service reads
    #[arg(long)]
    pub queue: Option<String>,
    /// Name of the Kinesis stream that the service reads
    #[arg(long)]
    pub stream: Option<String>,
    /// Name under which the Kinesis Client Library reports metrics
    #[arg(long, value_name = "NAME")]
    pub kcl_application: Option<String>,
}

/// Metrics of the service. The first one counts the running tasks: ECS sends one sample per task
/// and
/// minute.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html>
const ECS: [(&str, &str); 3] = [
    ("CPUUtilization", "SampleCount"),
    ("CPUUtilization", "Average"),
    ("MemoryUtilization", "Average"),
];

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>
const INSIGHTS: [(&str, &str); 7] = [
    ("RunningTaskCount", "Average"),
    ("CpuUtilized", "Average"),
    ("MemoryUtilized", "Average"),
    ("NetworkRxBytes", "Average"),
    ("NetworkTxBytes", "Average"),
    ("StorageReadBytes", "Average"),
    ("StorageWriteBytes", "Average"),
];

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
const TARGETS: [(&str, &str); 8] = [
    ("RequestCount", "Sum"),
    ("RequestCountPerTarget", "Sum"),
    ("TargetResponseTime", "Average"),
    ("TargetResponseTime", "p50"),
    ("TargetResponseTime", "p95"),
    ("TargetResponseTime", "p99"),
    ("HTTPCode_Target_5XX_Count", "Sum"),
    ("HealthyHostCount", "Average"),
];

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
const QUEUE: [(&str, &str); 5] = [
    ("ApproximateNumberOfMessagesVisible", "Average"),
    ("ApproximateNumberOfMessagesNotVisible", "Average"),
    ("ApproximateAgeOfOldestMessage", "Maximum"),
    ("NumberOfMessagesSent", "Sum"),
    ("NumberOfMessagesDeleted", "Sum"),
];

/// <https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>
const STREAM: [(&str, &str); 2] =
    [("GetRecords.IteratorAgeMilliseconds", "Average"), ("IncomingRecords", "Sum")];

impl Place {
    /// All metrics that the service can have.
    pub fn sources(&self) -> Vec<Source> {
        let pair = |name: &str, value: &Option<String>| {
            value.as_ref().map(|value| (name.to_owned(), value.clone()))
        };
        let service = [pair("ClusterName", &self.cluster), pair("ServiceName", &self.service)];
        let balancer = pair("LoadBalancer", &self.load_balancer);
        let targets = pair("TargetGroup", &self.target_group);
        // ELB has host counts only with both dimensions.
        let of_targets: Vec<_> =
            [targets.clone(), balancer.clone()].into_iter().flatten().collect();
        let mut all = Vec::new();
        if let [Some(cluster), Some(service)] = service {
            let dimensions = vec![cluster, service];
            add(&mut all, "AWS/ECS", &ECS, &dimensions);
            add(&mut all, "ECS/ContainerInsights", &INSIGHTS, &dimensions);
        }
        if targets.is_some() {
            add(&mut all, "AWS/ApplicationELB", &TARGETS, &of_targets);
        }
        if let Some(balancer) = balancer {
            let connections = [("ActiveConnectionCount", "Sum")];
            add(&mut all, "AWS/ApplicationELB", &connections, &[balancer]);
        }
        if let Some(queue) = pair("QueueName", &self.queue) {
            add(&mut all, "AWS/SQS", &QUEUE, &[queue]);
        }
        if let Some(stream) = pair("StreamName", &self.stream) {
            add(&mut all, "AWS/Kinesis", &STREAM, &[stream]);
        }
        if let Some(application) = &self.kcl_application {
            // The metrics of the library for all shards together.
            let dimensions = [("Operation".to_owned(), "ApplicationTracker".to_owned())];
            add(&mut all, application, &[("MillisBehindLatest", "Average")], &dimensions);
        }
        all
    }

    /// The service in words, if it was named.
    pub(crate) fn title(&self) -> Option<String> {
        let service = self.service.as_ref()?;
        Some(match &self.cluster {
            Some(cluster) => format!("{service} of the cluster {cluster}"),
            None => service.clone(),
        })
    }

    /// The names for the policies to paste.
    pub fn names(&self, min_tasks: Option<u32>, max_tasks: Option<u32>) -> Names {
        Names {
            cluster: self.cluster.clone(),
            service: self.service.clone(),
            min_tasks,
            max_tasks,
            load_balancer: self.load_balancer.clone(),
            target_group: self.target_group.clone(),
            queue: self.queue.clone(),
            stream: self.stream.clone(),
        }
    }
}

fn add(
    all: &mut Vec<Source>,
    namespace: &str,
    metrics: &[(&str, &str)],
    dimensions: &[(String, String)],
) {
    all.extend(metrics.iter().map(|(name, statistic)| Source {
        namespace: namespace.to_owned(),
        name: (*name).to_owned(),
        dimensions: dimensions.to_vec(),
        statistic: (*statistic).to_owned(),
    }));
}
