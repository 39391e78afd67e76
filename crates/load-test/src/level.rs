//! The values of a level, from the output of a load generator and from the names of its files.

use time::OffsetDateTime;

use crate::clock;
use crate::data::{Kind, Unit};
use crate::role::{Measure, Role};
use crate::roles::{FILED, OFFERED};
use crate::table::{Column, Meaning};

/// The known values of a level, or of a second of one. Unknown values are NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Level {
    pub(crate) tasks: f64,
    /// Offered, in a second.
    pub(crate) demand: f64,
    /// In seconds, as the percentiles.
    pub(crate) mean: f64,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    /// 0 to 1.
    pub(crate) errors: f64,
    /// Answered and not failed, in a second.
    pub(crate) completed: f64,
}

impl Level {
    pub(crate) const UNKNOWN: Self = Self {
        tasks: f64::NAN,
        demand: f64::NAN,
        mean: f64::NAN,
        p50: f64::NAN,
        p95: f64::NAN,
        p99: f64::NAN,
        errors: f64::NAN,
        completed: f64::NAN,
    };

    /// In the order of [`columns`].
    pub(crate) const fn values(self) -> [f64; 8] {
        let Self { tasks, demand, mean, p50, p95, p99, errors, completed } = self;
        [tasks, demand, mean, p50, p95, p99, errors, completed]
    }
}

/// The columns that every load generator fills, as far as it can.
pub(crate) fn columns(file: &str) -> Vec<Column> {
    use Measure::{PerSecond, Seconds, Share};
    [
        (Role::Tasks, None),
        (Role::Demand, Some(PerSecond)),
        (Role::LatencyMean, Some(Seconds)),
        (Role::LatencyP50, Some(Seconds)),
        (Role::LatencyP95, Some(Seconds)),
        (Role::LatencyP99, Some(Seconds)),
        (Role::Errors, Some(Share)),
        (Role::Completed, Some(PerSecond)),
    ]
    .map(|(role, measure)| {
        let (kind, unit) = match role {
            Role::Demand | Role::Completed => (Kind::Throughput, Unit::PerSecond),
            Role::Tasks => (Kind::Other, Unit::Count),
            Role::Errors => (Kind::Errors, Unit::Unknown),
            _ => (Kind::Latency, Unit::Seconds),
        };
        // CloudWatch counts the tasks that run; a file's name says what was asked for.
        let rank = if role == Role::Tasks { FILED } else { OFFERED };
        let meaning = Meaning { role, rank, measure, kind, unit, gap_is_zero: false };
        Column {
            name: role.word().to_owned(),
            from: file.to_owned(),
            meaning: Some(meaning),
            source: None,
        }
    })
    .into()
}

/// The running tasks in the name of a file, for example `20261126T101500Z-2tasks-100rps.oha.json`.
pub(crate) fn tasks(file: &str) -> Option<f64> {
    number(file, "task")
}

/// The offered rate in the name of a file.
pub(crate) fn rate(file: &str) -> Option<f64> {
    number(file, "rps")
}

/// The start of a level, in the name of its file.
pub(crate) fn began(file: &str) -> Option<OffsetDateTime> {
    parts(file).find_map(|part| {
        let (day, time) = part.split_once('T')?;
        let (year, month, day) = (day.get(..4)?, day.get(4..6)?, day.get(6..)?);
        let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..6)?);
        let zone = time.get(6..).filter(|rest| rest.starts_with('Z'))?;
        (zone == "Z" || zone.starts_with("Z."))
            .then(|| clock::date(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")))?
    })
}

fn number(file: &str, unit: &str) -> Option<f64> {
    parts(file).find_map(|part| {
        let number = part.split_once(unit)?.0.parse::<f64>().ok()?;
        (number.is_finite() && number >= 0.0).then_some(number)
    })
}

fn parts(file: &str) -> impl Iterator<Item = &str> {
    file.rsplit(['/', '\\']).next().unwrap_or_default().split('-')
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_file_s_name_tells_when_with_how_many_and_how_much() {
        let file = "runs/20261126T101500Z-2tasks-12.5rps.oha.json";
        assert_eq!(began(file), Some(datetime!(2026-11-26 10:15 UTC)));
        assert_eq!(tasks(file), Some(2.0));
        assert_eq!(rate(file), Some(12.5));
        assert_eq!(tasks("1task-7rps.wrk.txt"), Some(1.0));
        assert_eq!(began("20261126T101500Z.k6.json"), Some(datetime!(2026-11-26 10:15 UTC)));
    }

    #[test]
    fn other_names_tell_nothing() {
        for file in
            ["", "oha.json", "T-tasks-rps", "20261326T101500Z", "1e999tasks", "éTé-NaNtasks"]
        {
            assert_eq!((began(file), tasks(file), rate(file)), (None, None, None), "{file}");
        }
    }
}
