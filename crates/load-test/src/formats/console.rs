//! What the CloudWatch console downloads as CSV: "Actions", "Download as .csv" of a graph.
//!
//! Lines of `Id`, `StatusCode`, `Messages`, `Full label` and `Label` stand above rows whose times
//! are written `2026/11/26 08:00:00`. A full label is for example `eu-west-1:AWS/ECS ClusterName:
//! demo ServiceName: web CPUUtilization Average 60`, the last two being the statistic and the
//! period in seconds. AWS does not document the format; `samples/console.csv` was written after
//! files that users show. Times have no offset: the console writes them in UTC unless it is set
//! to local time, so the reader says that it takes UTC.

use super::cells::{LeftOut, Rows, number, text};
use super::cloudwatch;
use super::csv::separator;
use super::series::{self, Series, Told};
use crate::clock;
use crate::data::Source;
use crate::mapping::Mapping;
use crate::said::{Fault, Guess};
use crate::source::Text;
use crate::table::{MOST_COLUMNS, Recording};

/// The first cells of the lines above the rows.
const LINES: [&str; 5] = ["Id", "StatusCode", "Messages", "Full label", "Label"];

/// Lines that begin with `Id` and soon with `Full label` or `StatusCode`, in any order.
pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').take(LINES.len());
    let named = |line: &[u8]| {
        let first = line.split(|byte| matches!(byte, b',' | b';' | b'\t')).next();
        let first = first.unwrap_or_default().trim_ascii();
        let first = first.strip_prefix(b"\"").unwrap_or(first);
        let first = first.strip_suffix(b"\"").unwrap_or(first);
        LINES.iter().any(|word| word.as_bytes() == first)
    };
    // A table of one's own may have a column named `Id` or `Label`, but not two such lines.
    lines.next().is_some_and(named) && lines.next().is_some_and(named)
}

/// What the lines above the rows say of each column, the first one apart.
#[derive(Default)]
struct Lines {
    ids: Vec<String>,
    codes: Vec<String>,
    full: Vec<String>,
    labels: Vec<String>,
}

impl Lines {
    /// Whether the row is one of them.
    fn take(&mut self, row: &Rows<'_>) -> bool {
        let cells = || row.cells().skip(1).map(text).collect::<Vec<_>>();
        match row.cell(0) {
            b"Id" => self.ids = cells(),
            b"StatusCode" => self.codes = cells(),
            b"Full label" => self.full = cells(),
            b"Label" => self.labels = cells(),
            b"Messages" => {}
            _ => return false,
        }
        true
    }

    /// A series for each column, which has no points yet.
    fn series(&self, file: &str) -> Result<Vec<Series>, Fault> {
        let all = [&self.ids, &self.codes, &self.full, &self.labels];
        let columns = all.into_iter().map(Vec::len).max().unwrap_or_default();
        if columns == 0 || columns > MOST_COLUMNS {
            let what = format!("has {columns} series; 1 to {MOST_COLUMNS} are read");
            return Err(Fault::new(file, what));
        }
        let series = |column| {
            let code = self.codes.get(column).cloned().unwrap_or_default();
            let mut series = Series::new(self.told(column));
            series.partial = code == "PartialData";
            series.refused = matches!(code.as_str(), "InternalError" | "Forbidden").then_some(code);
            series
        };
        Ok((0..columns).map(series).collect())
    }

    /// What the lines say of a column.
    fn told(&self, column: usize) -> Told {
        let of = |line: &[String]| line.get(column).cloned().unwrap_or_default();
        let full = of(&self.full);
        let told = full_label(&full);
        let label = Some(of(&self.labels)).filter(|label| !label.is_empty()).unwrap_or(full);
        Told {
            id: of(&self.ids),
            label,
            source: told.as_ref().map(|(source, _)| source.clone()),
            period: told.map(|(_, period)| period),
            ..Told::default()
        }
    }
}

/// # Errors
/// If the file has no series, if none of its rows has a time, or if a row is too long.
pub(in crate::formats) fn read(source: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let file = source.name().to_owned();
    let fault = |what: String| Fault::new(file.as_str(), what);
    let separator = separator(source.head());
    let mut row = Rows::new(source, separator);
    let mut lines = Lines::default();
    let mut all: Vec<Series> = Vec::new();
    let (mut untimed, mut unread) = (LeftOut::default(), LeftOut::default());
    let mut rows = 0_u64;
    while row.advance()? {
        if all.is_empty() && lines.take(&row) {
            continue;
        }
        if all.is_empty() {
            all = lines.series(&file)?;
        }
        let Some(tick) = clock::date(&text(row.cell(0))).and_then(clock::tick) else {
            untimed.add(row.line());
            continue;
        };
        rows += 1;
        for (series, cell) in all.iter_mut().zip(row.cells().skip(1)) {
            match number(cell).filter(|value| value.is_finite()) {
                Some(value) => series.add(tick, value),
                None if cell.is_empty() || cell == b"-" => {}
                None => unread.add(row.line()),
            }
        }
    }
    if all.is_empty() {
        lines.series(&file)?;
    }
    if rows == 0 {
        let what = "no row begins with a time as `2026/11/26 08:00:00`; choose a time in which \
                    the metrics were recorded, and download the graph again";
        return Err(fault(what.to_owned()));
    }
    let mut recording = series::recording(&file, all);
    let what = "has times without an offset, taken as UTC; set the console to UTC to be sure";
    recording.guesses.push(Guess::new(file.as_str(), what));
    recording.notes.extend(untimed.note(&file, "no time"));
    let cells = ("cell is", "cells are");
    recording.notes.extend(unread.note_of(&file, cells, "no number and left out"));
    Ok(recording)
}

/// The metric, its statistic and its period of a full label; `None` for the expression of a
/// formula, or whatever else stands there.
fn full_label(label: &str) -> Option<(Source, f64)> {
    let mut words: Vec<&str> = label.split_whitespace().collect();
    let period = words.pop()?.parse::<f64>().ok().filter(|period| *period > 0.0)?;
    if !period.is_finite() {
        return None;
    }
    let statistic = words.pop().filter(|word| cloudwatch::is_statistic(word))?;
    let name = words.pop()?;
    let (first, rest) = words.split_first()?;
    // A region stands before the namespace.
    let region =
        |region: &str| region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit());
    let split = first.split_once(':').filter(|(before, _)| region(before));
    let namespace = split.map_or(*first, |(_, namespace)| namespace);
    if namespace.is_empty() {
        return None;
    }
    let mut dimensions: Vec<(String, String)> = Vec::new();
    for word in rest {
        match (word.strip_suffix(':'), dimensions.last_mut()) {
            (Some(name), _) => dimensions.push((name.to_owned(), String::new())),
            (None, Some((_, value))) => {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
            }
            (None, None) => return None,
        }
    }
    let source = Source {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        dimensions,
        statistic: statistic.to_owned(),
    };
    Some((source, period))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Recording, Fault> {
        super::read(Text::open("graph.csv", text.as_bytes())?, &Mapping::default())
    }

    #[test]
    fn a_full_label_tells_metric_dimensions_statistic_and_period() {
        let label = "eu-west-1:AWS/ECS ClusterName: a b ServiceName: web CPUUtilization p99 300";
        let (source, period) = full_label(label).unwrap();
        assert_eq!(
            (source.namespace.as_str(), source.name.as_str()),
            ("AWS/ECS", "CPUUtilization")
        );
        let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            source.dimensions,
            [dimension("ClusterName", "a b"), dimension("ServiceName", "web")]
        );
        assert_eq!((source.statistic.as_str(), period), ("p99", 300.0));
        let (source, _) = full_label("Jobs Depth Maximum 60").unwrap();
        assert_eq!((source.namespace.as_str(), source.name.as_str()), ("Jobs", "Depth"));
    }

    #[test]
    fn other_full_labels_tell_nothing() {
        for label in [
            "",
            "60",
            "Average 60",
            "Expression1",
            "a b Average 0",
            "a b Average NaN",
            "eu-west-1: b Sum 60",
            "a b c Sum 60",
        ] {
            assert_eq!(full_label(label), None, "{label}");
        }
    }

    #[test]
    fn the_sample_is_known_and_each_column_has_its_own_period() {
        let text = include_str!("samples/console.csv");
        assert!(is(text.as_bytes()));
        let recording = read(text).unwrap();
        let steps: Vec<f64> = recording.tables.iter().map(|table| table.step).collect();
        assert_eq!(steps, [60.0, 300.0, 60.0, 60.0]);
        let columns = recording.tables.iter().flat_map(|table| &table.columns);
        let columns: Vec<_> = columns.map(|column| column.name.as_str()).collect();
        assert_eq!(columns, ["CPUUtilization", "TargetResponseTime p95", "RequestCount", "m1 / 2"]);
        let rows: Vec<usize> = recording.tables.iter().map(|table| table.rows.len()).collect();
        assert_eq!(rows, [6, 2, 6, 5], "cells without a value are gaps");
    }

    #[test]
    fn lines_in_another_order_quoted_with_semicolons_and_crlf_are_the_same() {
        let text = include_str!("samples/console.csv");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.swap(0, 4);
        let other = lines.join("\r\n").replace(',', "\";\"").replace("\r\n", "\"\r\n\"");
        let other = format!("\"{other}\"");
        assert!(is(other.as_bytes()), "{other}");
        assert_eq!(read(&other).unwrap(), read(text).unwrap());
    }

    #[test]
    fn a_table_with_such_a_column_is_not_known() {
        for text in ["Label,time\n1,2\n", "Id,Label\n1,2\n", "Label\n", "", "time,Id\nId,1\n"] {
            assert!(!is(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        for (text, says) in [
            ("Id\nLabel\n2026/11/26 08:00:00\n", "has 0 series"),
            ("Id,a\nLabel,b\n", "no row begins with a time"),
            ("Id,a\nLabel,b\nnoon,1\n", "no row begins with a time"),
        ] {
            let fault = read(text).unwrap_err().to_string();
            assert!(fault.contains(says), "{text}: {fault}");
        }
        let wide = format!("Id{}\nLabel\n", ",a".repeat(300));
        assert!(read(&wide).unwrap_err().to_string().contains("300 series"));
    }

    #[test]
    fn rows_without_a_time_and_cells_without_a_number_are_noted() {
        let text = "Id,a\nLabel,x\n2026/11/26 08:00:00,1\nnoon,2\n2026/11/26 08:01:00,oops\n";
        let notes: Vec<_> = read(text).unwrap().notes.iter().map(ToString::to_string).collect();
        let notes = notes.join("\n");
        assert!(notes.contains("1 row is left out, having no time: first line 4"), "{notes}");
        assert!(notes.contains("1 cell is no number and left out: first line 5"), "{notes}");
    }
}
