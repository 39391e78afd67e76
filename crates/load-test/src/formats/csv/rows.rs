//! Rows, and what is wrong with some of them.

use super::header::Header;
use crate::clock::{Clock, Form};
use crate::formats::{cells, cloudwatch};
use crate::said::{Fault, Guess, Note, brief, counted};
use crate::table::{Cell, Cells, Column, Recording, Table};
use crate::timeline::{Tick, Timeline};
use crate::words::Words;

/// What programs write where there is no value.
const GAPS: [&str; 8] = ["", "-", "null", "None", "NA", "n/a", "N/A", "NULL"];

/// Something that happened in rows: how often, where first, and what stood there.
#[derive(Default)]
struct Seen {
    times: u64,
    line: u64,
    cell: String,
}

impl Seen {
    fn at(&mut self, line: u64, cell: &[u8]) {
        if self.times == 0 {
            self.line = line;
            self.cell = brief(&String::from_utf8_lossy(cell));
        }
        self.times += 1;
    }
}

/// Rows as they come.
pub(crate) struct Rows {
    file: String,
    header: Header,
    form: Option<Form>,
    rows: Timeline<Cells>,
    read: u64,
    last: Option<Tick>,
    unsorted: u64,
    uneven: Seen,
    untimed: Seen,
    /// For each column.
    unread: Vec<Seen>,
}

impl Rows {
    pub(crate) fn new(file: &str, header: Header) -> Self {
        Self {
            file: file.to_owned(),
            form: None,
            rows: Timeline::default(),
            read: 0,
            last: None,
            unsorted: 0,
            uneven: Seen::default(),
            untimed: Seen::default(),
            unread: header.names.iter().map(|_| Seen::default()).collect(),
            header,
        }
    }

    fn time_column(&self) -> &str {
        self.header.names.get(self.header.time).map_or("", String::as_str)
    }

    pub(crate) fn add(&mut self, record: &cells::Rows<'_>) -> Result<(), Fault> {
        let line = record.line();
        self.read += 1;
        if record.len() != self.header.names.len() {
            self.uneven.at(line, record.len().to_string().as_bytes());
            return Ok(());
        }
        let time = record.cell(self.header.time);
        let Some(tick) = self.time(time) else {
            self.untimed.at(line, time);
            return Ok(());
        };
        if self.last.is_some_and(|last| tick < last) {
            self.unsorted += 1;
        }
        self.last = Some(tick);
        let cells = &mut self.rows.at(tick).0;
        cells.resize(self.header.names.len(), Cell::default());
        for (index, ((bytes, cell), unread)) in
            record.cells().zip(cells).zip(&mut self.unread).enumerate()
        {
            if index == self.header.time {
                continue;
            }
            if let Some(value) = cells::number(bytes) {
                cell.add(value);
                continue;
            }
            match text(bytes) {
                Some(text) if GAPS.contains(&text) => {}
                Some(text) if has_decimal_comma(text) => {
                    let column = self.header.names.get(index).map_or("", String::as_str);
                    return Err(Fault::new(
                        format!("line {line}, column `{}` of {}", brief(column), self.file),
                        format!("`{}` has a decimal comma; write a point", brief(text)),
                    ));
                }
                _ => unread.at(line, bytes),
            }
        }
        Ok(())
    }

    fn time(&mut self, bytes: &[u8]) -> Option<Tick> {
        if self.form.is_none() {
            let unit = Words::of(self.time_column()).time();
            self.form = Form::of(text(bytes)?, unit.map(|(_, per_second)| per_second));
        }
        cells::tick(self.form?, bytes)
    }

    pub(crate) fn finish(self) -> Result<Recording, Fault> {
        let of = |what: String| Fault::new(self.file.as_str(), what);
        if self.read == 0 {
            return Err(of("has a header and no rows".to_owned()));
        }
        if self.uneven.times * 2 > self.read {
            return Err(of(format!(
                "{} of its {} rows have not the {} cells that the header has, as line {} with {}; \
                 is it separated by something else, or are cells with commas not quoted?",
                self.uneven.times,
                self.read,
                self.header.names.len(),
                self.uneven.line,
                self.uneven.cell
            )));
        }
        let time = format!("column `{}` of {}", brief(self.time_column()), self.file);
        let Some(form) = self.form.filter(|_| self.rows.entries() > 0) else {
            return Err(Fault::new(
                time,
                format!(
                    "no cell is a time, as `{}` in line {}; write RFC 3339, seconds since 1970 or \
                     seconds since the start",
                    self.untimed.cell, self.untimed.line
                ),
            ));
        };
        if self.rows.entries() > 2 && self.rows.is_at_once() {
            let rows = self.rows.entries();
            return Err(Fault::new(
                time,
                format!(
                    "all of its {rows} rows have one time; has a spreadsheet rounded it? give the \
                     file as it was written"
                ),
            ));
        }
        let mut recording = Recording::default();
        let by = if self.header.time_told { "" } else { ", by its name" };
        let what = format!("is the time{by}: {}", form.words());
        recording.guesses.push(Guess::new(time.as_str(), what));
        self.notes(&time, &mut recording.notes);
        recording.tables.push(self.into_table(form.clock()));
        Ok(recording)
    }

    fn notes(&self, time: &str, notes: &mut Vec<Note>) {
        let mut note = |of: &str, what: String| notes.push(Note::new(of, what));
        if self.uneven.times > 0 {
            let rows = counted(self.uneven.times, "row is", "rows are");
            let (line, cells, columns) =
                (self.uneven.line, &self.uneven.cell, self.header.names.len());
            note(
                &self.file,
                format!(
                    "{rows} left out, having more or fewer cells than the header's {columns}: \
                     first line {line} with {cells}"
                ),
            );
        }
        if self.untimed.times > 0 {
            let rows = counted(self.untimed.times, "row is", "rows are");
            let (line, cell) = (self.untimed.line, &self.untimed.cell);
            note(time, format!("{rows} left out, having no time: first line {line} with `{cell}`"));
        }
        if self.unsorted > 0 {
            let rows = counted(self.unsorted, "row comes", "rows come");
            note(time, format!("{rows} after a later one; they are put in order"));
        }
        if self.rows.repeated() > 0 {
            let rows = counted(self.rows.repeated(), "row has", "rows have");
            note(time, format!("{rows} the time of another; they are averaged"));
        }
        if let Some(width) = self.rows.width() {
            let rows = self.rows.entries();
            note(&self.file, format!("its {rows} rows are averaged by {width:.3} s"));
        }
        for (name, unread) in self.header.names.iter().zip(&self.unread) {
            if unread.times > 0 {
                let cells = counted(unread.times, "cell is", "cells are");
                let (line, cell) = (unread.line, &unread.cell);
                note(
                    &format!("column `{}` of {}", brief(name), self.file),
                    format!("{cells} no number and left out: first line {line} with `{cell}`"),
                );
            }
        }
        if self.header.names.iter().any(String::is_empty) {
            note(&self.file, "a column without a name is left out".to_owned());
        }
    }

    fn into_table(self, clock: Clock) -> Table {
        let time = self.header.time;
        let names = self.header.names.into_iter().enumerate();
        let columns = names.map(|(index, name)| Column {
            // The time is no column of a table, as one without a name is not.
            name: if index == time { String::new() } else { name },
            from: self.file.clone(),
            meaning: None,
            source: None,
        });
        let mut table = Table::new(clock, columns.collect(), self.rows);
        table.leave_out(|column| column.name.is_empty());
        let step = table.step;
        for column in &mut table.columns {
            // What is named as CloudWatch names it is in CloudWatch's unit.
            let source = cloudwatch::from_header(&column.name);
            column.meaning = source.and_then(|source| cloudwatch::meaning(&source, step));
        }
        table
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().map(str::trim)
}

fn has_decimal_comma(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.trim_start_matches('-')
        .split_once(',')
        .is_some_and(|(left, right)| digits(left) && digits(right))
}
