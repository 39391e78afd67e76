//! What CloudWatch's metrics mean, by name and statistic.

use super::{from_label, is_statistic, named};
use crate::data::{Kind, Source, Unit};
use crate::role::{Measure, Role};
use crate::table::Meaning;

/// A metric, its usual statistic and what that is for a load test.
struct Known {
    name: &'static str,
    usual: &'static str,
    role: Role,
    rank: u8,
    measure: Option<Measure>,
    kind: Kind,
    unit: Unit,
}

const fn metric(name: &'static str, usual: &'static str, kind: Kind, unit: Unit) -> Known {
    Known { name, usual, role: Role::Metric, rank: 0, measure: None, kind, unit }
}

const fn tasks(name: &'static str, rank: u8) -> Known {
    let (role, kind, unit) = (Role::Tasks, Kind::Other, Unit::Count);
    Known { name, usual: "Average", role, rank, measure: None, kind, unit }
}

/// A count of what happened in a period.
const fn count(name: &'static str, role: Role, rank: u8, kind: Kind) -> Known {
    let measure = Some(Measure::PerSample);
    Known { name, usual: "Sum", role, rank, measure, kind, unit: Unit::Count }
}

/// Metrics of which AWS documents the statistics and the units:
/// - ALB <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
/// - ECS <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>
/// - Container Insights <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html>
/// - SQS <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>
/// - Kinesis <https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>
const KNOWN: [Known; 36] = {
    use Kind::{Concurrency, Cpu, Errors, Lag, Latency, Memory, Other, Queue, Throughput, Traffic};
    use Unit::{Bytes, Count, PerSecond, Percent, Seconds, Unknown};
    const AVERAGE: &str = "Average";
    const SUM: &str = "Sum";
    const MAXIMUM: &str = "Maximum";
    [
        // ALB, and Service Connect under the same names.
        count("RequestCount", Role::Demand, 3, Throughput),
        Known {
            name: "TargetResponseTime",
            usual: AVERAGE,
            role: Role::LatencyMean,
            rank: 3,
            measure: Some(Measure::Seconds),
            kind: Latency,
            unit: Seconds,
        },
        count("HTTPCode_Target_5XX_Count", Role::Errors, 3, Errors),
        count("HTTPCode_ELB_5XX_Count", Role::Errors, 2, Errors),
        metric("HTTPCode_Target_2XX_Count", SUM, Throughput, Count),
        metric("HTTPCode_Target_3XX_Count", SUM, Throughput, Count),
        metric("HTTPCode_Target_4XX_Count", SUM, Errors, Count),
        metric("HTTPCode_ELB_4XX_Count", SUM, Errors, Count),
        metric("TargetConnectionErrorCount", SUM, Errors, Count),
        metric("RejectedConnectionCount", SUM, Errors, Count),
        metric("RequestCountPerTarget", SUM, Throughput, Count),
        metric("ActiveConnectionCount", SUM, Concurrency, Count),
        metric("NewConnectionCount", SUM, Throughput, Count),
        metric("ProcessedBytes", SUM, Traffic, Bytes),
        tasks("HealthyHostCount", 2),
        metric("UnHealthyHostCount", AVERAGE, Other, Count),
        // ECS and Container Insights.
        tasks("RunningTaskCount", 4),
        metric("DesiredTaskCount", AVERAGE, Other, Count),
        metric("PendingTaskCount", AVERAGE, Other, Count),
        metric("CPUUtilization", AVERAGE, Cpu, Percent),
        metric("MemoryUtilization", AVERAGE, Memory, Percent),
        metric("CpuUtilized", AVERAGE, Cpu, Count),
        metric("MemoryUtilized", AVERAGE, Memory, Unknown),
        metric("NetworkRxBytes", AVERAGE, Traffic, PerSecond),
        metric("NetworkTxBytes", AVERAGE, Traffic, PerSecond),
        metric("StorageReadBytes", SUM, Traffic, Bytes),
        metric("StorageWriteBytes", SUM, Traffic, Bytes),
        // SQS and Kinesis.
        count("NumberOfMessagesSent", Role::Demand, 2, Throughput),
        count("IncomingRecords", Role::Demand, 2, Throughput),
        count("NumberOfMessagesDeleted", Role::Completed, 3, Throughput),
        metric("NumberOfMessagesReceived", SUM, Throughput, Count),
        metric("ApproximateNumberOfMessagesVisible", AVERAGE, Queue, Count),
        metric("ApproximateNumberOfMessagesNotVisible", AVERAGE, Concurrency, Count),
        metric("ApproximateAgeOfOldestMessage", MAXIMUM, Lag, Seconds),
        metric("MillisBehindLatest", AVERAGE, Lag, Unknown),
        metric("GetRecords.IteratorAgeMilliseconds", MAXIMUM, Lag, Unknown),
    ]
};

/// The ranks of a metric's usual statistic and of its other ones are 2 and 1 of so many.
const STEPS: u8 = 2;

fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// The statistic that is meant where a file does not name one; `None` if AWS does not document the
/// metric.
pub(crate) fn usual(name: &str) -> Option<&'static str> {
    known(name).map(|known| known.usual)
}

/// The metric that a header or a label names: `RequestCount`, or `TargetResponseTime p95`.
pub(crate) fn from_header(header: &str) -> Option<Source> {
    if let Some(source) = from_label(header) {
        return Some(source);
    }
    if let Some(usual) = usual(header) {
        return Some(named(header, usual));
    }
    let (name, statistic) = header.rsplit_once([' ', '_', '.', ':'])?;
    (usual(name).is_some() && is_statistic(statistic)).then(|| named(name, statistic))
}

/// The role of a series in a load test. `None` if its name has to decide.
pub(crate) fn meaning(source: &Source, period: f64) -> Option<Meaning> {
    let Source { namespace, name, statistic, .. } = source;
    let known = known(name)?;
    let is_usual = known.usual == statistic;
    let mut meaning = Meaning {
        role: known.role,
        rank: known.rank * STEPS - u8::from(known.rank > 0 && !is_usual),
        measure: known.measure,
        kind: known.kind,
        unit: known.unit,
        gap_is_zero: false,
    };
    meaning.role = match known.role {
        Role::LatencyMean => match statistic.as_str() {
            "Average" => Role::LatencyMean,
            "p50" => Role::LatencyP50,
            "p95" => Role::LatencyP95,
            "p99" => Role::LatencyP99,
            _ => Role::Metric,
        },
        Role::Tasks if matches!(statistic.as_str(), "Average" | "Minimum" | "Maximum") => {
            Role::Tasks
        }
        role if is_usual => role,
        _ => Role::Metric,
    };
    if statistic == "SampleCount" {
        (meaning.kind, meaning.unit) = (Kind::Other, Unit::Count);
        // ECS sends a sample for each task once a minute, so a minute's count of samples is that
        // of the tasks. Other services send CPUUtilization too, and not for tasks.
        let of_tasks = matches!(name.as_str(), "CPUUtilization" | "MemoryUtilization")
            && matches!(namespace.as_str(), "" | "AWS/ECS");
        if of_tasks && (period - 60.0).abs() < 0.5 {
            (meaning.role, meaning.rank) = (Role::Tasks, 3 * STEPS);
        }
    }
    if name == "TargetResponseTime" && namespace == "AWS/ECS" {
        // Service Connect has it in milliseconds.
        (meaning.measure, meaning.unit) = (Some(Measure::Milliseconds), Unit::Unknown);
    }
    if meaning.role == Role::Metric {
        meaning.measure = None;
    }
    meaning.gap_is_zero = meaning.role == Role::Errors;
    Some(meaning)
}

#[cfg(test)]
mod tests {
    use super::super::tests::source;
    use super::*;

    #[test]
    fn a_count_of_samples_is_that_of_tasks_in_a_minute_only() {
        let of = |period| meaning(&source("CPUUtilization", "SampleCount"), period).unwrap();
        assert_eq!(of(60.0).role, Role::Tasks);
        assert_eq!((of(300.0).role, of(300.0).unit), (Role::Metric, Unit::Count));
        let database =
            Source { namespace: "AWS/RDS".to_owned(), ..source("CPUUtilization", "SampleCount") };
        assert_eq!(meaning(&database, 60.0).unwrap().role, Role::Metric);
    }

    #[test]
    fn every_name_stands_in_the_table_once() {
        for known in &KNOWN {
            assert_eq!(KNOWN.iter().filter(|other| other.name == known.name).count(), 1);
        }
    }

    #[test]
    fn a_header_names_a_metric_and_may_name_a_statistic() {
        let of = |header| from_header(header).map(|source| (source.name, source.statistic));
        let pair = |name: &str, statistic: &str| Some((name.to_owned(), statistic.to_owned()));
        assert_eq!(of("RequestCount"), pair("RequestCount", "Sum"));
        assert_eq!(of("TargetResponseTime p95"), pair("TargetResponseTime", "p95"));
        assert_eq!(of("TargetResponseTime_p99"), pair("TargetResponseTime", "p99"));
        assert_eq!(of("CPUUtilization.Maximum"), pair("CPUUtilization", "Maximum"));
        for header in ["requestcount", "RequestCount per second", "cpu p95", "", "_p95", "p95"] {
            assert_eq!(of(header), None, "{header}");
        }
    }

    #[test]
    fn a_statistic_that_is_not_a_sum_is_not_the_demand() {
        let role = |statistic| meaning(&source("RequestCount", statistic), 60.0).unwrap().role;
        assert_eq!(role("Sum"), Role::Demand);
        assert_eq!(role("Average"), Role::Metric);
        assert_eq!(role("Maximum"), Role::Metric);
    }

    #[test]
    fn response_times_of_service_connect_are_in_milliseconds() {
        let measure = |namespace: &str| {
            let namespace = namespace.to_owned();
            let source = Source { namespace, ..source("TargetResponseTime", "p95") };
            meaning(&source, 60.0).unwrap().measure
        };
        assert_eq!(measure("AWS/ApplicationELB"), Some(Measure::Seconds));
        assert_eq!(measure(""), Some(Measure::Seconds));
        assert_eq!(measure("AWS/ECS"), Some(Measure::Milliseconds));
    }
}
