//! Formats that sum a level up: one file for each level of a load test.

use crate::clock::{self, Clock};
use crate::level::{self, Level};
use crate::said::{Fault, Guess};
use crate::source::Text;
use crate::table::{Cell, Cells, Recording, Table};
use crate::timeline::{Merge, Tick, Timeline};

/// Seconds between the samples that a level is made of, so that it can be joined to metrics.
const SAMPLE: f64 = 10.0;

/// Seconds of the longest level.
const LONGEST: f64 = 86_400.0;

/// A level and how many seconds it lasted.
pub(super) struct Summed {
    pub(super) level: Level,
    pub(super) seconds: f64,
}

/// The recording of a level that `parse` finds in a file. The file's name has to tell when the
/// level began, and may tell the running tasks and the offered rate, as
/// `20261126T101500Z-2tasks-100rps.oha.json` does; if it does not tell the rate, that is what was
/// sent. The values hold from the beginning until the end of the level.
///
/// # Errors
/// What `parse` says; if the name does not tell when the level began, or it lasted for no time.
pub(super) fn read(
    text: Text<'_>,
    parse: fn(&[u8]) -> Result<Summed, String>,
) -> Result<Recording, Fault> {
    let path = text.path().to_owned();
    let file = text.name().to_owned();
    let Some(began) = level::began(&path).and_then(clock::tick) else {
        return Err(Fault::new(
            file,
            "its name has to tell when the level began, as \
             `20261126T101500Z-2tasks-100rps.oha.json` does",
        ));
    };
    let summed = parse(&text.whole()?);
    let Summed { mut level, seconds } = summed.map_err(|what| Fault::new(file.as_str(), what))?;
    if !(seconds > 0.0 && seconds <= LONGEST) {
        let what = format!("lasted {seconds} s; a level lasts more than 0 and at most {LONGEST} s");
        return Err(Fault::new(file, what));
    }
    let mut recording = Recording::default();
    level.tasks = level::tasks(&path).unwrap_or(f64::NAN);
    match level::rate(&path) {
        Some(rate) => level.demand = rate,
        None => recording.guesses.push(Guess::new(
            file.as_str(),
            "its demand is what was sent, as its name tells no rate",
        )),
    }
    recording.tables.push(hold(&file, began, level, seconds));
    Ok(recording)
}

/// Samples of a level from its beginning until its end.
fn hold(file: &str, began: Tick, level: Level, seconds: f64) -> Table {
    let mut rows = Timeline::<Cells>::default();
    let mut since = 0.0;
    while since < seconds {
        let tick = Tick::from_seconds(began.seconds() + since).unwrap_or(began);
        rows.at(tick).merge(Cells(level.values().map(Cell::of).to_vec()));
        since += SAMPLE;
    }
    let table = Table::new(Clock::Epoch, level::columns(file), rows);
    Table { step: SAMPLE.min(seconds), ..table }
}
