//! Several sources on one line of time.

use std::collections::BTreeSet;

use crate::clock::Clock;
use crate::level::Level;
use crate::mapping::Mapping;
use crate::requests::Log;
use crate::said::{Fault, Guess, Note, counted, list};
use crate::sketch::Sketch;
use crate::table::{Cell, Cells, Column, MOST_COLUMNS, Recording, Table};
use crate::timeline::{MOST_TIMES, Merge, Tick, Timeline};

/// Columns over the same times.
pub(crate) struct Grid {
    pub(crate) clock: Clock,
    pub(crate) times: Vec<Tick>,
    pub(crate) columns: Vec<Aligned>,
    /// The response times at each time, if requests were recorded one by one.
    pub(crate) requests: Option<Vec<Sketch>>,
}

/// A column of a [`Grid`].
pub(crate) struct Aligned {
    pub(crate) column: Column,
    pub(crate) cells: Vec<Cell>,
    /// Seconds between two samples, as they were recorded.
    pub(crate) step: f64,
    /// Whether it was counted from requests, one by one.
    pub(crate) counted: bool,
}

/// Seconds of an interval by which requests are counted where nothing else is recorded.
const ALONE: f64 = 10.0;

/// Files of the same columns are one table, in which they follow each other or are mixed. Of
/// tables with different steps, the coarsest gives the times, and the others' values are averaged
/// over each of its intervals: a value that stands for a minute is not known by the second, and
/// repeating it would make sixty observations of one.
pub(crate) fn align(
    recording: Recording,
    mapping: &Mapping,
    guesses: &mut Vec<Guess>,
    notes: &mut Vec<Note>,
) -> Result<Grid, Fault> {
    let Recording { mut tables, mut requests, .. } = recording;
    for table in &mut tables {
        table.leave_out(|column| mapping.is_ignored(&column.name));
    }
    tables.retain(|table| !table.columns.is_empty());
    let mut tables = unite(tables, notes);
    let clock = one_clock(&mut tables, &mut requests, mapping, guesses)?;
    let log = Log::join(requests);
    let logged = log.as_ref().map(Log::columns).unwrap_or_default();
    let columns: usize =
        tables.iter().map(|table| table.columns.len()).sum::<usize>() + logged.len();
    if columns > MOST_COLUMNS {
        let what = format!("have {columns} columns; {MOST_COLUMNS} are taken at most");
        return Err(Fault::new("the sources", what));
    }
    let coarsest = tables
        .iter()
        // What is seldom there says nothing of how often it is looked at.
        .filter(|table| table.density() >= 0.5)
        .max_by(|a, b| a.resolution().total_cmp(&b.resolution()))
        .or_else(|| tables.iter().max_by_key(|table| table.rows.len()));
    let (mut times, step): (Vec<Tick>, f64) = match (coarsest, &log) {
        (Some(coarsest), _) => {
            let step = coarsest.resolution();
            let finest = tables.iter().map(Table::resolution).fold(step, f64::min);
            if finest * 1.5 < step {
                let columns = coarsest.columns.iter().map(|column| column.name.as_str());
                let what =
                    format!("are averaged by {step:.3} s, as {} are recorded", list(columns));
                notes.push(Note::new("the sources", what));
            }
            (coarsest.rows.iter().map(|(tick, _)| *tick).collect(), step)
        }
        (None, Some(log)) => {
            let step = ALONE.min(log.seconds()).max(2.0 * log.seconds() / MOST_TIMES as f64);
            (log.times(step), step)
        }
        (None, None) => {
            return Err(Fault::new("the sources", "have no values; give a load test"));
        }
    };
    let rows = tables.iter().flat_map(|table| &table.rows).map(|(tick, _)| *tick);
    let rows = rows.chain(log.iter().flat_map(Log::ticks));
    extend(&mut times, rows, step);
    if times.len() >= MOST_TIMES && tables.len() + usize::from(log.is_some()) > 1 {
        let what = format!("are of more than {MOST_TIMES} times together; the rest is left out");
        notes.push(Note::new("the sources", what));
    }
    let mut grid = Grid { clock, times, columns: Vec::new(), requests: None };
    for table in tables {
        grid.add(table, step)?;
    }
    if let Some(log) = log {
        notes.push(Note::new(log.file(), format!("its requests are counted by {step:.3} s")));
        grid.count(log, logged, step);
        grid.columns.retain(|aligned| !mapping.is_ignored(&aligned.column.name));
    }
    Ok(grid)
}

/// Tables of the same columns as one.
fn unite(tables: Vec<Table>, notes: &mut Vec<Note>) -> Vec<Table> {
    let mut united: Vec<Vec<Table>> = Vec::new();
    for table in tables {
        let like = |group: &Vec<Table>| {
            group.first().is_some_and(|first| {
                let (these, those) = (&first.columns, &table.columns);
                first.clock == table.clock
                    && these.len() == those.len()
                    && these
                        .iter()
                        .zip(those)
                        .all(|(a, b)| a.name == b.name && a.source == b.source)
            })
        };
        match united.iter_mut().find(|group| like(group)) {
            Some(group) => group.push(table),
            None => united.push(vec![table]),
        }
    }
    united.into_iter().filter_map(|group| one(group, notes)).collect()
}

fn one(group: Vec<Table>, notes: &mut Vec<Note>) -> Option<Table> {
    let many = group.len() > 1;
    let mut tables = group.into_iter();
    let mut first = tables.next()?;
    if !many {
        return Some(first);
    }
    let step = tables.as_slice().iter().map(|table| table.step).fold(first.step, f64::max);
    let mut rows = Timeline::<Cells>::default();
    let mut end: Option<Tick> = None;
    let from = first.columns.first().map(|column| column.from.clone()).unwrap_or_default();
    for table in std::iter::once(Table { rows: std::mem::take(&mut first.rows), ..first.clone() })
        .chain(tables)
    {
        let mut shift = 0;
        if let (Clock::Start, Some(end), Some((begin, _))) = (first.clock, end, table.rows.first())
        {
            // Each begins at its own start: one run follows the other.
            let after = Tick::from_seconds(step.max(1.0)).map_or(0, |step| step.0);
            shift = end.plus(after).minus(*begin);
            let file = table.columns.first().map_or("", |column| column.from.as_str());
            notes.push(Note::new(
                file,
                "its times are since its start; it is taken to follow the file before",
            ));
        }
        for (tick, cells) in table.rows {
            let tick = tick.plus(shift);
            end = end.max(Some(tick));
            rows.at(tick).merge(cells);
        }
    }
    if rows.repeated() > 0 {
        let times = counted(rows.repeated(), "time is", "times are");
        notes.push(Note::new(from, format!("{times} in another file too; both are averaged")));
    }
    let table = Table::new(first.clock, first.columns, rows);
    // Where runs are far apart, or rows are dealt out, the steps between all of them tell.
    let step = if table.width.is_some() { step } else { table.step };
    Some(Table { step, ..table })
}

/// Dates or times since the start, for all.
fn one_clock(
    tables: &mut [Table],
    requests: &mut [Log],
    mapping: &Mapping,
    guesses: &mut Vec<Guess>,
) -> Result<Clock, Fault> {
    let tables = tables.iter_mut().map(Timed::Table);
    let all = tables.chain(requests.iter_mut().map(Timed::Requests));
    let (dated, counted): (Vec<_>, Vec<_>) = all.partition(|timed| timed.clock() == Clock::Epoch);
    let files = |timed: &[Timed<'_>]| -> String {
        let mut files: Vec<&str> = timed.iter().flat_map(Timed::files).collect();
        files.dedup();
        list(files)
    };
    match (dated.is_empty(), counted.is_empty(), mapping.beginning()) {
        (_, true, _) => Ok(Clock::Epoch),
        (true, _, None) => {
            if counted.len() > 1 {
                guesses.push(Guess::new(files(&counted), "are taken to begin at the same time"));
            }
            Ok(Clock::Start)
        }
        (false, _, None) => Err(Fault::new(
            files(&counted),
            format!(
                "its times are since its start and those of {} are dates; say when it began by \
                 --start DATE",
                files(&dated)
            ),
        )),
        (_, _, Some(began)) => {
            for timed in counted {
                timed.date(began);
            }
            Ok(Clock::Epoch)
        }
    }
}

/// What has times.
enum Timed<'a> {
    Table(&'a mut Table),
    Requests(&'a mut Log),
}

impl Timed<'_> {
    const fn clock(&self) -> Clock {
        match self {
            Self::Table(table) => table.clock,
            Self::Requests(log) => log.clock,
        }
    }

    fn files(&self) -> Vec<&str> {
        match self {
            Self::Table(table) => table.columns.iter().map(|column| column.from.as_str()).collect(),
            Self::Requests(log) => log.files().collect(),
        }
    }

    /// Make dates of times that count from `began`.
    fn date(self, began: Tick) {
        match self {
            Self::Table(table) => {
                table.clock = Clock::Epoch;
                for (tick, _) in &mut table.rows {
                    *tick = tick.plus(began.0);
                }
            }
            Self::Requests(log) => {
                log.clock = Clock::Epoch;
                log.shift(began.0);
            }
        }
    }
}

/// Adds times where there are rows and the coarsest table has none, by its step.
fn extend(times: &mut Vec<Tick>, rows: impl Iterator<Item = Tick>, step: f64) {
    let step = Tick::from_seconds(step).map_or(0, |step| step.0);
    let mut known: BTreeSet<Tick> = times.drain(..).collect();
    for tick in rows {
        if known.len() >= MOST_TIMES {
            break;
        }
        let before = known.range(..=tick).next_back().copied();
        let after = known.range(tick..).next().copied();
        if !covers(before, after, tick, step) {
            let origin = before.or(after).unwrap_or(tick);
            let within = tick.minus(origin).checked_rem_euclid(step).unwrap_or(0);
            known.insert(tick.plus(-within));
        }
    }
    times.extend(known);
}

/// Whether the time before, for the interval that it begins, or the one after is near enough. The
/// step is a median: an interval may be half as long again.
fn covers(before: Option<Tick>, after: Option<Tick>, tick: Tick, step: i64) -> bool {
    let since = before.map(|before| tick.minus(before));
    let until = after.map(|after| after.minus(tick));
    since.is_some_and(|since| since == 0 || since < step + step / 2)
        || until.is_some_and(|until| until <= step / 2)
}

impl Grid {
    fn add(&mut self, table: Table, step: f64) -> Result<(), Fault> {
        let alike = table.resolution() * 2.0 > step;
        let step = Tick::from_seconds(step).map_or(0, |step| step.0);
        let first = self.columns.len();
        let mut at = Vec::with_capacity(table.columns.len());
        for column in table.columns {
            let known = self.columns.iter().take(first).position(|aligned| {
                aligned.column.name == column.name && aligned.column.source == column.source
            });
            at.push(known.unwrap_or(self.columns.len()));
            if known.is_none() {
                let cells = vec![Cell::default(); self.times.len()];
                self.columns.push(Aligned { column, cells, step: table.step, counted: false });
            } else if let Some(aligned) = known.and_then(|known| self.columns.get_mut(known)) {
                aligned
                    .clashes(&column, &table.rows, |tick| index(&self.times, tick, alike, step))?;
            }
        }
        for (tick, cells) in table.rows {
            let Some(index) = index(&self.times, tick, alike, step) else { continue };
            for (column, cell) in at.iter().zip(cells.0) {
                let cells = self.columns.get_mut(*column).map(|aligned| &mut aligned.cells);
                if let Some(into) = cells.and_then(|cells| cells.get_mut(index)) {
                    into.merge(cell);
                }
            }
        }
        Ok(())
    }

    /// Counts requests by its times, as the columns of the log.
    fn count(&mut self, log: Log, columns: Vec<Column>, step: f64) {
        let (levels, sketches): (Vec<Level>, Vec<Sketch>) =
            log.sample(&self.times, step).into_iter().unzip();
        for (at, column) in columns.into_iter().enumerate() {
            let cell = |level: &Level| level.values().get(at).copied().map(Cell::of);
            let cells = levels.iter().filter_map(cell).collect();
            self.columns.push(Aligned { column, cells, step, counted: true });
        }
        self.requests = Some(sketches);
    }
}

/// Where in the grid a row belongs. Of alike steps the nearest time is meant; of finer ones, the
/// interval that it falls into.
fn index(times: &[Tick], tick: Tick, alike: bool, step: i64) -> Option<usize> {
    let after = times.partition_point(|time| *time <= tick);
    let before = after.checked_sub(1);
    let earlier = before.and_then(|before| times.get(before)).copied();
    let later = times.get(after).copied();
    if !covers(earlier, later, tick, step) {
        return None;
    }
    match (earlier, later) {
        (Some(earlier), Some(later)) if alike && later.minus(tick) < tick.minus(earlier) => {
            Some(after)
        }
        (None, Some(_)) => Some(after),
        _ => before,
    }
}

impl Aligned {
    /// A column that two files have may go on in the other, but not stand in both at once.
    fn clashes(
        &self,
        other: &Column,
        rows: &[(Tick, Cells)],
        index: impl Fn(Tick) -> Option<usize>,
    ) -> Result<(), Fault> {
        let both = rows
            .iter()
            .filter_map(|(tick, _)| self.cells.get(index(*tick)?))
            .filter(|cell| !cell.is_empty());
        // The last interval of the one may be the first of the other.
        if both.count() * 2 > rows.len() {
            return Err(Fault::new(
                other.called(),
                format!(
                    "{} has it at the same times; rename one, or leave it out by --ignore",
                    self.column.called()
                ),
            ));
        }
        Ok(())
    }
}
