//! CloudWatch's metrics: series, and the labels that name them.

mod names;

use time::OffsetDateTime;

use crate::clock::{self, Clock};
use crate::data::Source;
use crate::said::{Fault, brief};
use crate::table::{Cell, Cells, Column, Recording, Table};
use crate::timeline::Timeline;

pub(crate) use self::names::{from_header, meaning, usual};

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

/// The label by which a query of GetMetricData names its metric for the reader of its answer:
/// `AWS/ECS CPUUtilization Average ClusterName=demo ServiceName=web`. Nothing else in the answer
/// names it.
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
    // A user's own namespace may have no slash, and their own label may have three words.
    let is_label = is_statistic(statistic) && (namespace.contains('/') || !dimensions.is_empty());
    is_label.then(|| Source {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions,
        statistic: statistic.to_owned(),
    })
}

/// A metric of which only the name and the statistic are known.
pub(crate) fn named(name: &str, statistic: &str) -> Source {
    Source {
        namespace: String::new(),
        name: name.to_owned(),
        dimensions: Vec::new(),
        statistic: statistic.to_owned(),
    }
}

pub(crate) fn is_statistic(word: &str) -> bool {
    matches!(word, "Average" | "Sum" | "Minimum" | "Maximum" | "SampleCount")
        || word.strip_prefix('p').is_some_and(|number| {
            number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok()
        })
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

/// A column's name: the metric's, and the statistic where it is not the usual one.
pub(crate) fn name(source: &Source) -> String {
    let Source { name, statistic, .. } = source;
    let is_usual = match usual(name) {
        Some(usual) => usual == statistic,
        None => matches!(statistic.as_str(), "Average" | "Sum"),
    };
    if is_usual { name.clone() } else { format!("{name} {statistic}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn source(name: &str, statistic: &str) -> Source {
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
}
