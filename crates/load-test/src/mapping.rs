//! The options about columns. They take precedence over every guess.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock;
use crate::data::Kind;
use crate::role::{LATENCY, MEASURES, Measure, ROLES, Role};
use crate::said::{Fault, brief};
use crate::timeline::Tick;

/// Columns' roles, kinds and units, by flags.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    columns: BTreeMap<String, Role>,
    kinds: BTreeMap<String, Kind>,
    units: BTreeMap<String, Measure>,
    ignored: BTreeSet<String>,
    began: Option<Tick>,
}

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

impl Mapping {
    /// `ROLE=COLUMN`, for example `demand=rps`. The roles are `time`, `tasks`, `demand`, `mean`,
    /// `p50`, `p95`, `p99` (of latency), `errors`, `completed` and `metric`.
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

    /// `COLUMN=KIND`, for example `jobs=queue`. The kinds are those of [`Kind`].
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
        let what = "it has to be a date such as 2026-11-26T10:15:00Z";
        self.began = Some(tick.ok_or_else(|| Fault::new(flagged("--start", flag), what))?);
        Ok(())
    }

    /// The column is left out.
    pub fn ignore(&mut self, column: &str) {
        self.ignored.insert(column.to_owned());
    }

    pub(crate) const fn beginning(&self) -> Option<Tick> {
        self.began
    }

    pub(crate) fn is_ignored(&self, column: &str) -> bool {
        self.ignored.contains(column)
    }

    pub(crate) fn role_of(&self, column: &str) -> Option<Role> {
        self.columns.get(column).copied()
    }

    pub(crate) fn kind_of(&self, column: &str) -> Option<Kind> {
        self.kinds.get(column).copied()
    }

    /// The unit of a column in a role.
    pub(crate) fn measure_of(&self, column: &str, role: Role) -> Result<Option<Measure>, Fault> {
        let by_role = if role == Role::Metric { None } else { self.units.get(role.unit_word()) };
        match self.units.get(column).or(by_role) {
            Some(measure) if !role.takes(*measure) => {
                Err(wrong_unit(format!("--unit of column `{}`", brief(column)), role))
            }
            measure => Ok(measure.copied()),
        }
    }

    /// Every column that has to be there, with the flag that names it.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
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
