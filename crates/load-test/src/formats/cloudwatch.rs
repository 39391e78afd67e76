//! What CloudWatch's metrics mean, by name and statistic.

use time::OffsetDateTime;

use crate::clock::{self, Clock};
use crate::data::{Kind, Source, Unit};
use crate::role::{Measure, Role};
use crate::said::{Fault, brief};
use crate::table::{Cell, Cells, Column, Meaning, Recording, Table};
use crate::timeline::Timeline;

/// A series that CloudWatch returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// From where, as messages say it.
    pub from: String,
    /// Of what metric and statistic.
    pub source: Source,
    /// Seconds that a point stands for.
    pub period: f64,
    /// When each period began, and its value.
    pub points: Vec<(OffsetDateTime, f64)>,
}

impl Recording {
    /// Adds a series. One without points is left out with a note.
    ///
    /// # Errors
    /// If the period is no positive number of seconds.
    pub fn add(&mut self, observed: Observed) -> Result<(), Fault> {
        let Observed { from, source, period, points } = observed;
        if !(period.is_finite() && period > 0.0) {
            let what = format!("its period is {period} s; it has to be more than 0");
            return Err(Fault::new(format!("`{}` of {}", brief(&source.name), brief(&from)), what));
        }
        let column = column(&from, source, period);
        let mut rows = Timeline::default();
        for (time, value) in points {
            if let Some(tick) = clock::tick(time) {
                let cells: &mut Cells = rows.at(tick);
                cells.0.resize(1, Cell::default());
                cells.0.iter_mut().for_each(|cell| cell.add(value));
            }
        }
        let table = Table { step: period, ..Table::new(Clock::Epoch, vec![column], rows) };
        if table.rows.is_empty() {
            self.notes.extend(table.columns.iter().map(|column| {
                crate::Note::new(column.called(), "CloudWatch has no points of it in that time")
            }));
        } else {
            self.tables.push(table);
        }
        Ok(())
    }
}

/// The label by which a query of GetMetricData tells its metric to [`crate::get_metric_data`]:
/// `AWS/ECS CPUUtilization Average ClusterName=demo ServiceName=web`. The answer does not tell
/// it otherwise.
#[must_use]
pub fn label(source: &Source) -> String {
    let mut label = format!("{} {} {}", source.namespace, source.name, source.statistic);
    for (name, value) in &source.dimensions {
        label.push_str(&format!(" {name}={value}"));
    }
    label
}

/// The metric of such a label; `None` for any other.
pub(crate) fn from_label(label: &str) -> Option<Source> {
    let mut words = label.split(' ');
    let (namespace, name, statistic) = (words.next()?, words.next()?, words.next()?);
    let mut dimensions: Vec<(String, String)> = Vec::new();
    for word in words {
        match (word.split_once('='), dimensions.last_mut()) {
            (Some((name, value)), _) => dimensions.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                value.push(' ');
                value.push_str(word);
            }
            (None, None) => return None,
        }
    }
    // A user's own namespace may have no slash, and his own label may have three words.
    let is_label = is_statistic(statistic) && (namespace.contains('/') || !dimensions.is_empty());
    is_label.then(|| Source {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions,
        statistic: statistic.to_owned(),
    })
}

pub(crate) fn is_statistic(word: &str) -> bool {
    matches!(word, "Average" | "Sum" | "Minimum" | "Maximum" | "SampleCount")
        || word.strip_prefix('p').is_some_and(|number| number.parse::<f64>().is_ok())
}

/// A series as a column.
pub(crate) fn column(from: &str, source: Source, period: f64) -> Column {
    Column {
        name: name(&source),
        from: from.to_owned(),
        meaning: meaning(&source, period),
        source: Some(source),
    }
}

/// A column's name: the metric's, and the statistic where it is not the one that is usual.
pub(crate) fn name(source: &Source) -> String {
    match source.statistic.as_str() {
        "Average" | "Sum" => source.name.clone(),
        statistic => format!("{} {statistic}", source.name),
    }
}

/// What a series is for a load test; `None` if the name is to tell.
pub(crate) fn meaning(source: &Source, period: f64) -> Option<Meaning> {
    use Kind::{Concurrency, Cpu, Errors, Lag, Latency, Memory, Other, Queue, Throughput, Traffic};
    // CloudWatch counts each task once a minute
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html), so
    // a minute's count of samples is that of the tasks.
    let counts_tasks = source.statistic == "SampleCount" && (period - 60.0).abs() < 0.5;
    let (role, rank, measure, kind, unit) = match source.name.as_str() {
        "RunningTaskCount" => (Role::Tasks, 4, None, Other, Unit::Count),
        "CPUUtilization" | "MemoryUtilization" if counts_tasks => {
            (Role::Tasks, 3, None, Other, Unit::Count)
        }
        "HealthyHostCount" => (Role::Tasks, 2, None, Other, Unit::Count),
        "RequestCount" => (Role::Demand, 3, Some(Measure::PerSample), Throughput, Unit::Count),
        "NumberOfMessagesSent" | "IncomingRecords" => {
            (Role::Demand, 2, Some(Measure::PerSample), Throughput, Unit::Count)
        }
        "NumberOfMessagesDeleted" => {
            (Role::Completed, 3, Some(Measure::PerSample), Throughput, Unit::Count)
        }
        "TargetResponseTime" => {
            let role = match source.statistic.as_str() {
                "Average" => Role::LatencyMean,
                "p50" => Role::LatencyP50,
                "p95" => Role::LatencyP95,
                "p99" => Role::LatencyP99,
                _ => Role::Metric,
            };
            (role, 3, Some(Measure::Seconds), Latency, Unit::Seconds)
        }
        "HTTPCode_Target_5XX_Count" => {
            (Role::Errors, 3, Some(Measure::PerSample), Errors, Unit::Count)
        }
        "HTTPCode_ELB_5XX_Count" => {
            (Role::Errors, 2, Some(Measure::PerSample), Errors, Unit::Count)
        }
        "CPUUtilization" => (Role::Metric, 0, None, Cpu, Unit::Percent),
        "MemoryUtilization" => (Role::Metric, 0, None, Memory, Unit::Percent),
        "CpuUtilized" => (Role::Metric, 0, None, Cpu, Unit::Count),
        "MemoryUtilized" => (Role::Metric, 0, None, Memory, Unit::Unknown),
        "RequestCountPerTarget" => (Role::Metric, 0, None, Throughput, Unit::Count),
        "ActiveConnectionCount" | "ApproximateNumberOfMessagesNotVisible" => {
            (Role::Metric, 0, None, Concurrency, Unit::Count)
        }
        "ApproximateNumberOfMessagesVisible" => (Role::Metric, 0, None, Queue, Unit::Count),
        "ApproximateAgeOfOldestMessage" => (Role::Metric, 0, None, Lag, Unit::Seconds),
        "MillisBehindLatest" | "GetRecords.IteratorAgeMilliseconds" => {
            (Role::Metric, 0, None, Lag, Unit::Unknown)
        }
        "NetworkRxBytes" | "NetworkTxBytes" => (Role::Metric, 0, None, Traffic, Unit::PerSecond),
        "StorageReadBytes" | "StorageWriteBytes" => (Role::Metric, 0, None, Traffic, Unit::Bytes),
        _ => return None,
    };
    let gap_is_zero = role == Role::Errors;
    Some(Meaning { role, rank, measure, kind, unit, gap_is_zero })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, statistic: &str) -> Source {
        Source {
            namespace: "AWS/ECS".to_owned(),
            name: name.to_owned(),
            dimensions: vec![
                ("ClusterName".to_owned(), "demo".to_owned()),
                ("ServiceName".to_owned(), "a b c".to_owned()),
            ],
            statistic: statistic.to_owned(),
        }
    }

    #[test]
    fn a_label_tells_the_metric() {
        for statistic in ["Average", "SampleCount", "p95", "p99.9"] {
            let source = source("CPUUtilization", statistic);
            assert_eq!(from_label(&label(&source)), Some(source));
        }
    }

    #[test]
    fn other_labels_tell_nothing() {
        for label in ["", "CPUUtilization", "a b c d", "CPU load Average", "the CPU / all"] {
            assert_eq!(from_label(label), None, "{label}");
        }
    }

    #[test]
    fn a_count_of_samples_is_that_of_tasks_in_a_minute_only() {
        let role = |period| meaning(&source("CPUUtilization", "SampleCount"), period).unwrap().role;
        assert_eq!(role(60.0), Role::Tasks);
        assert_eq!(role(300.0), Role::Metric);
    }
}
