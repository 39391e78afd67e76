//! Formats that sum a level up: one file for each level of a load test.

use serde::Deserialize;
use time::OffsetDateTime;

use crate::clock::{self, Clock};
use crate::level::{self, Level};
use crate::said::{Fault, Guess, Note};
use crate::source::Text;
use crate::table::{Cell, Cells, Recording, Table};
use crate::timeline::{Merge, Tick, Timeline};

/// Seconds between the samples that a level is made of, so that it can be joined to metrics.
const SAMPLE: f64 = 10.0;

/// Seconds of the longest level.
const LONGEST: f64 = 86_400.0;

/// Seconds by which a file and its name may differ in when the level began. Programs need some
/// to start.
const NEAR: f64 = 60.0;

/// A level, how many seconds it lasted, and when it began if the file says so.
pub(super) struct Summed {
    pub(super) level: Level,
    pub(super) seconds: f64,
    pub(super) began: Option<OffsetDateTime>,
    /// What the reader of the advice should know.
    pub(super) notes: Vec<String>,
}

impl Summed {
    pub(super) const fn new(level: Level, seconds: f64) -> Self {
        Self { level, seconds, began: None, notes: Vec::new() }
    }
}

/// The recording of a level that `parse` finds in a file. When the level began, the file's name
/// says, as `20261126T101500Z-2tasks-100rps.oha.json`, or else the file. The name may give the
/// running tasks and the offered rate; without a rate, demand is what was sent. The values hold
/// from the beginning until the end of the level.
///
/// # Errors
/// What `parse` says; if nothing says when the level began, or it lasted for no time.
pub(super) fn read(
    text: Text<'_>,
    parse: fn(&[u8]) -> Result<Summed, String>,
) -> Result<Recording, Fault> {
    let path = text.path().to_owned();
    let file = text.name().to_owned();
    let summed = parse(&text.whole()?);
    let Summed { mut level, seconds, began, notes } =
        summed.map_err(|what| Fault::new(file.as_str(), what))?;
    if !(seconds > 0.0 && seconds <= LONGEST) {
        let what = format!("lasted {seconds} s; a level lasts more than 0 and at most {LONGEST} s");
        return Err(Fault::new(file, what));
    }
    let (named, began) = (level::began(&path).and_then(clock::tick), began.and_then(clock::tick));
    let mut recording = Recording::default();
    recording.notes.extend(notes.into_iter().map(|what| Note::new(file.as_str(), what)));
    if let Some((named, began)) = named.zip(began) {
        let apart = (named.seconds() - began.seconds()).abs();
        if apart > NEAR {
            let what = format!(
                "its name and its content differ by {apart:.0} s in when the level began; the \
                 name is taken"
            );
            recording.notes.push(Note::new(file.as_str(), what));
        }
    }
    let Some(began) = named.or(began) else {
        return Err(Fault::new(
            file,
            "its name has to tell when the level began, as \
             `20261126T101500Z-2tasks-100rps.oha.json` does",
        ));
    };
    level = plausible(level);
    level.tasks = level::tasks(&path).unwrap_or(f64::NAN);
    match level::rate(&path) {
        Some(rate) => level.demand = rate,
        None => recording.guesses.push(Guess::new(
            file.as_str(),
            "its demand is what was sent, because its name has no rate",
        )),
    }
    recording.tables.push(hold(&file, began, level, seconds));
    Ok(recording)
}

/// Programs write 0 where nothing was measured, and no answer takes no time.
fn plausible(mut level: Level) -> Level {
    for time in [&mut level.mean, &mut level.p50, &mut level.p95, &mut level.p99] {
        if !(time.is_finite() && *time > 0.0) {
            *time = f64::NAN;
        }
    }
    for value in [&mut level.demand, &mut level.completed] {
        if !(value.is_finite() && *value >= 0.0) {
            *value = f64::NAN;
        }
    }
    if !(0.0..=1.0).contains(&level.errors) {
        level.errors = f64::NAN;
    }
    level
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

/// JSON that a program wrote; of several documents one after the other, the last.
///
/// # Errors
/// Names the program and where its JSON ends or breaks.
pub(super) fn json<T: for<'de> Deserialize<'de>>(json: &[u8], program: &str) -> Result<T, String> {
    let mut documents = serde_json::Deserializer::from_slice(json).into_iter::<T>();
    let last = documents.try_fold(None, |_, document| document.map(Some));
    match last {
        Ok(Some(last)) => Ok(last),
        Ok(None) => Err(format!("is empty; it has to be what {program} writes")),
        Err(error) if error.is_eof() => Err(format!(
            "is cut off: the JSON of {program} ends too early ({error}); copy all of it"
        )),
        Err(error) => Err(format!("is not the JSON that {program} writes: {error}")),
    }
}

/// A known number, or NaN.
pub(super) fn known(value: Option<f64>) -> f64 {
    value.unwrap_or(f64::NAN)
}

/// A count or a time as text; `None` if it is negative or no number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)
}

/// A text for terminals without its colors.
pub(super) fn plain(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
                .get(1..)
                .unwrap_or_default(),
        );
    }
    plain
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn parse(text: &[u8]) -> Result<Summed, String> {
        let level = Level { demand: 5.0, p95: 0.0, mean: -1.0, errors: 2.0, ..Level::UNKNOWN };
        let began = (text == b"dated").then_some(datetime!(2026-11-26 08:00 UTC));
        Ok(Summed { began, ..Summed::new(level, 30.0) })
    }

    fn of(name: &str, text: &str) -> Result<Recording, Fault> {
        read(Text::open(name, text.as_bytes()).unwrap(), parse)
    }

    #[test]
    fn a_level_begins_when_its_name_says_or_else_its_content() {
        let first = |recording: Recording| recording.tables[0].rows[0].0.seconds();
        let content = of("2tasks.json", "dated").unwrap();
        assert_eq!(first(content), 1_795_680_000.0);
        let named = of("20261126T080500Z-2tasks.json", "dated").unwrap();
        assert!(named.notes[0].what.contains("differ by 300 s"), "{:?}", named.notes);
        assert_eq!(first(named), 1_795_680_300.0);
        let near = of("20261126T080001Z-2tasks.json", "dated").unwrap();
        assert!(near.notes.is_empty());
        let neither = of("2tasks.json", "").unwrap_err();
        assert!(neither.what.contains("when the level began"));
    }

    #[test]
    fn what_cannot_be_is_unknown() {
        let recording = of("20261126T080500Z-2tasks.json", "").unwrap();
        let cells = &recording.tables[0].rows[0].1.0;
        let known: Vec<bool> = cells.iter().map(|cell| !cell.is_empty()).collect();
        assert_eq!(known, [true, true, false, false, false, false, false, false]);
    }

    #[test]
    fn of_several_documents_the_last_is_read() {
        assert_eq!(json::<f64>(b"1\n2\n3\n", "x"), Ok(3.0));
        for (text, says) in [("", "is empty"), ("1 2e", "is cut off"), ("1 x", "the JSON that x")] {
            let fault = json::<f64>(text.as_bytes(), "x").unwrap_err();
            assert!(fault.contains(says), "{text}: {fault}");
        }
    }

    #[test]
    fn colors_are_taken_out() {
        assert_eq!(plain(b"\x1b[1m\x1b[38;5;9mSummary:\x1b[0m\n"), "Summary:\n");
        assert_eq!(plain(b"a\x1b["), "a");
        assert_eq!(plain("\u{1b}[é".as_bytes()), "");
        assert_eq!(plain(b"\xffplain"), "\u{fffd}plain");
    }
}
