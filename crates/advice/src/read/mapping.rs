//! What the user says of columns. It wins over every guess.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::clock;
use super::said::{Fault, brief};
use super::timeline::Tick;
use crate::load_test::{Kind, Unit};

/// What a column is in a load test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// When.
    Time,
    /// Running tasks.
    Tasks,
    /// Requests or jobs that arrive.
    Demand,
    /// Average latency.
    LatencyMean,
    /// Median of latency.
    LatencyP50,
    /// 95th percentile of latency.
    LatencyP95,
    /// 99th percentile of latency.
    LatencyP99,
    /// What fails.
    Errors,
    /// Requests or jobs that are completed.
    Completed,
    /// A candidate to scale on.
    Metric,
}

/// In what values are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// So many a second.
    PerSecond,
    /// So many a minute.
    PerMinute,
    /// So many since the sample before.
    PerSample,
    /// 0 to 1.
    Share,
    /// 0 to 100.
    Percent,
    /// Things.
    Count,
    /// Bytes.
    Bytes,
}

/// Columns' roles, kinds and units, by flags.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    columns: BTreeMap<String, Role>,
    kinds: BTreeMap<String, Kind>,
    units: BTreeMap<String, Measure>,
    ignored: BTreeSet<String>,
    began: Option<Tick>,
}

/// Roles by the words of the flags.
pub(super) const ROLES: [(&str, Role); 10] = [
    ("time", Role::Time),
    ("tasks", Role::Tasks),
    ("demand", Role::Demand),
    ("mean", Role::LatencyMean),
    ("p50", Role::LatencyP50),
    ("p95", Role::LatencyP95),
    ("p99", Role::LatencyP99),
    ("errors", Role::Errors),
    ("completed", Role::Completed),
    ("metric", Role::Metric),
];

const KINDS: [(&str, Kind); 12] = [
    ("cpu", Kind::Cpu),
    ("memory", Kind::Memory),
    ("heap", Kind::Heap),
    ("collection", Kind::Collection),
    ("concurrency", Kind::Concurrency),
    ("throughput", Kind::Throughput),
    ("queue", Kind::Queue),
    ("lag", Kind::Lag),
    ("traffic", Kind::Traffic),
    ("latency", Kind::Latency),
    ("errors", Kind::Errors),
    ("other", Kind::Other),
];

const MEASURES: [(&str, Measure); 12] = [
    ("s", Measure::Seconds),
    ("seconds", Measure::Seconds),
    ("ms", Measure::Milliseconds),
    ("us", Measure::Microseconds),
    ("second", Measure::PerSecond),
    ("per_second", Measure::PerSecond),
    ("minute", Measure::PerMinute),
    ("sample", Measure::PerSample),
    ("share", Measure::Share),
    ("percent", Measure::Percent),
    ("count", Measure::Count),
    ("bytes", Measure::Bytes),
];

/// What `--unit latency=ms` calls all of them.
const LATENCY: &str = "latency";

impl Role {
    /// Its word in a flag.
    pub(super) fn word(self) -> &'static str {
        ROLES.iter().find(|(_, role)| *role == self).map_or("metric", |(word, _)| word)
    }

    /// In words.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Time => "the time",
            Self::Tasks => "the number of running tasks",
            Self::Demand => "the demand",
            Self::LatencyMean => "the average latency",
            Self::LatencyP50 => "the median of latency",
            Self::LatencyP95 => "the 95th percentile of latency",
            Self::LatencyP99 => "the 99th percentile of latency",
            Self::Errors => "the errors",
            Self::Completed => "what is completed",
            Self::Metric => "a metric",
        }
    }

    pub(super) const fn is_latency(self) -> bool {
        matches!(self, Self::LatencyMean | Self::LatencyP50 | Self::LatencyP95 | Self::LatencyP99)
    }

    /// Its word in `--unit`.
    pub(super) fn unit_word(self) -> &'static str {
        if self.is_latency() { LATENCY } else { self.word() }
    }

    fn takes(self, measure: Measure) -> bool {
        use Measure::{
            Bytes, Count, Microseconds, Milliseconds, PerMinute, PerSample, PerSecond, Percent,
            Seconds, Share,
        };
        match self {
            Self::Time | Self::Tasks => false,
            Self::LatencyMean | Self::LatencyP50 | Self::LatencyP95 | Self::LatencyP99 => {
                matches!(measure, Seconds | Milliseconds | Microseconds)
            }
            Self::Demand | Self::Completed => matches!(measure, PerSecond | PerMinute | PerSample),
            Self::Errors => {
                matches!(measure, Share | Percent | PerSecond | PerMinute | PerSample)
            }
            Self::Metric => {
                matches!(measure, Share | Percent | Count | PerSecond | Bytes | Seconds)
            }
        }
    }
}

impl Measure {
    /// In words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Seconds => "in seconds",
            Self::Milliseconds => "in milliseconds",
            Self::Microseconds => "in microseconds",
            Self::PerSecond => "a second",
            Self::PerMinute => "a minute",
            Self::PerSample => "a sample",
            Self::Share => "as a share of 1",
            Self::Percent => "in percent",
            Self::Count => "as a count",
            Self::Bytes => "in bytes",
        }
    }

    /// As a metric's unit.
    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::Share | Self::Percent => Unit::Percent,
            Self::Count => Unit::Count,
            Self::PerSecond => Unit::PerSecond,
            Self::Bytes => Unit::Bytes,
            Self::Seconds => Unit::Seconds,
            _ => Unit::Unknown,
        }
    }
}

impl Mapping {
    /// `ROLE=COLUMN`, as `demand=rps`. The roles are `time`, `tasks`, `demand`, `mean`, `p50`,
    /// `p95`, `p99` (of latency), `errors`, `completed` and `metric`.
    ///
    /// # Errors
    /// If there is no such role, or the column has another already.
    pub fn column(&mut self, flag: &str) -> Result<(), Fault> {
        let (role, column) = halves("--column", flag, "ROLE=COLUMN")?;
        let role = one_of("--column", role, &ROLES)?;
        match self.columns.insert(column.to_owned(), role) {
            Some(before) if before != role => Err(Fault::new(
                flagged("--column", flag),
                format!("the column is said to be `{}` too", before.word()),
            )),
            _ => Ok(()),
        }
    }

    /// `COLUMN=KIND`, as `jobs=queue`. The kinds are those of [`Kind`].
    ///
    /// # Errors
    /// If there is no such kind.
    pub fn kind(&mut self, flag: &str) -> Result<(), Fault> {
        let (column, kind) = halves("--kind", flag, "COLUMN=KIND")?;
        self.kinds.insert(column.to_owned(), one_of("--kind", kind, &KINDS)?);
        Ok(())
    }

    /// `latency=UNIT`, `demand=UNIT`, `completed=UNIT`, `errors=UNIT` or `COLUMN=UNIT`, as
    /// `latency=ms`. Latency is in `s`, `ms` or `us`; demand and completions are by the `second`,
    /// `minute` or `sample`; errors are so too, or a `share` or `percent` of the demand; a
    /// metric is a `share`, `percent` or `count`, or in `per_second`, `bytes` or `s`.
    ///
    /// # Errors
    /// If there is no such unit, or it is none of the role's.
    pub fn unit(&mut self, flag: &str) -> Result<(), Fault> {
        let (of, unit) = halves("--unit", flag, "COLUMN=UNIT")?;
        let measure = one_of("--unit", unit, &MEASURES)?;
        let role = if of == LATENCY {
            Some(Role::LatencyMean)
        } else {
            ROLES.iter().find(|(word, _)| *word == of).map(|(_, role)| *role)
        };
        if role.is_some_and(|role| !role.takes(measure)) {
            return Err(wrong_unit(flagged("--unit", flag), role.unwrap_or(Role::Metric)));
        }
        self.units.insert(of.to_owned(), measure);
        Ok(())
    }

    /// A date of RFC 3339 at which the sources began whose times count from their start. With it
    /// they can be joined to sources that have dates.
    ///
    /// # Errors
    /// If it is no date.
    pub fn began(&mut self, flag: &str) -> Result<(), Fault> {
        let tick = clock::date(flag).and_then(clock::tick);
        let what = "it has to be a date as 2026-11-26T10:15:00Z";
        self.began = Some(tick.ok_or_else(|| Fault::new(flagged("--began", flag), what))?);
        Ok(())
    }

    /// The column is left out.
    pub fn ignore(&mut self, column: &str) {
        self.ignored.insert(column.to_owned());
    }

    pub(super) const fn beginning(&self) -> Option<Tick> {
        self.began
    }

    pub(super) fn is_ignored(&self, column: &str) -> bool {
        self.ignored.contains(column)
    }

    pub(super) fn role_of(&self, column: &str) -> Option<Role> {
        self.columns.get(column).copied()
    }

    pub(super) fn kind_of(&self, column: &str) -> Option<Kind> {
        self.kinds.get(column).copied()
    }

    /// The unit of a column in a role.
    pub(super) fn measure_of(&self, column: &str, role: Role) -> Result<Option<Measure>, Fault> {
        let by_role = if role == Role::Metric { None } else { self.units.get(role.unit_word()) };
        match self.units.get(column).or(by_role) {
            Some(measure) if !role.takes(*measure) => {
                Err(wrong_unit(format!("--unit of column `{}`", brief(column)), role))
            }
            measure => Ok(measure.copied()),
        }
    }

    /// Every column that has to be there, with the flag that names it.
    pub(super) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let is_role = |name: &str| name == LATENCY || ROLES.iter().any(|(word, _)| *word == name);
        // Of several sources, one may call the time so and another not.
        let columns = self.columns.iter().filter(|(_, role)| **role != Role::Time);
        let columns = columns.map(|(name, _)| ("--column", name.as_str()));
        let kinds = self.kinds.keys().map(|name| ("--kind", name.as_str()));
        let units = self.units.keys().filter(move |name| !is_role(name));
        columns.chain(kinds).chain(units.map(|name| ("--unit", name.as_str())))
    }
}

fn wrong_unit(of: String, role: Role) -> Fault {
    let words: Vec<_> = MEASURES
        .iter()
        .filter(|(_, measure)| role.takes(*measure))
        .map(|(word, _)| *word)
        .collect();
    let what = if words.is_empty() {
        format!("{} has no unit to choose", role.meaning())
    } else {
        format!("{} can be in one of: {}", role.meaning(), words.join(", "))
    };
    Fault::new(of, what)
}

fn flagged(flag: &str, text: &str) -> String {
    format!("{flag} `{}`", brief(text))
}

fn halves<'a>(flag: &str, text: &'a str, form: &str) -> Result<(&'a str, &'a str), Fault> {
    // A name may have equals signs; the words that are known have none.
    let at = if form.starts_with("COLUMN") { text.rsplit_once('=') } else { text.split_once('=') };
    at.filter(|(left, right)| !left.is_empty() && !right.is_empty())
        .ok_or_else(|| Fault::new(flagged(flag, text), format!("it has to be {form}")))
}

fn one_of<T: Copy>(flag: &str, text: &str, known: &[(&str, T)]) -> Result<T, Fault> {
    known.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<_> = known.iter().map(|(word, _)| *word).collect();
        Fault::new(flagged(flag, text), format!("it has to be one of: {}", words.join(", ")))
    })
}
