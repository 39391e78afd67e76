//! How times are written.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::timeline::Tick;

/// From where times count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// 1970.
    Epoch,
    /// The beginning of the recording, whose time is unknown.
    Start,
}

/// The form of a column's times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// As RFC 3339, or with a space between, or without an offset.
    Date { offset: bool },
    /// Numbers, so many of them a second.
    Number { clock: Clock, per_second: f64 },
}

impl Form {
    /// The form of a first time. `per_second` is what the column's name says of it.
    pub(crate) fn of(cell: &str, per_second: Option<f64>) -> Option<Self> {
        if let Ok(number) = cell.parse::<f64>() {
            // As dates, from 1973 to 5138; a test that lasts longer is none.
            let (clock, by_magnitude) = match number {
                1e8..1e11 => (Clock::Epoch, 1.0),
                1e11..1e14 => (Clock::Epoch, 1e3),
                1e14..1e17 => (Clock::Epoch, 1e6),
                1e17..1e20 => (Clock::Epoch, 1e9),
                _ => (Clock::Start, per_second.unwrap_or(1.0)),
            };
            return number.is_finite().then_some(Self::Number { clock, per_second: by_magnitude });
        }
        date(cell).map(|_| Self::Date { offset: has_offset(cell) })
    }

    pub(crate) const fn clock(self) -> Clock {
        match self {
            Self::Date { .. } => Clock::Epoch,
            Self::Number { clock, .. } => clock,
        }
    }

    /// A cell of this form, as a time.
    pub(crate) fn read(self, cell: &str) -> Option<Tick> {
        match self {
            Self::Date { .. } => date(cell).and_then(tick),
            Self::Number { per_second, .. } => {
                cell.parse::<f64>().ok().and_then(|number| Tick::from_seconds(number / per_second))
            }
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Date { offset: true } => "dates",
            Self::Date { offset: false } => "dates, without an offset and so in UTC",
            Self::Number { clock: Clock::Epoch, per_second } => {
                if per_second > 1.0 {
                    "a fraction of seconds since 1970, by its magnitude"
                } else {
                    "seconds since 1970, by its magnitude"
                }
            }
            Self::Number { clock: Clock::Start, per_second } => {
                if per_second > 1.0 {
                    "a fraction of seconds since the start, by its name"
                } else {
                    "seconds since the start"
                }
            }
        }
    }
}

/// A date as a time.
pub(crate) fn tick(date: OffsetDateTime) -> Option<Tick> {
    Tick::from_seconds(date.unix_timestamp_nanos() as f64 / 1e9)
}

/// A time since 1970 as a date.
pub(crate) fn to_date(tick: Tick) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos((tick.seconds() * 1e9).round() as i128).ok()
}

/// RFC 3339, or the like of it that spreadsheets and logs write.
pub(crate) fn date(cell: &str) -> Option<OffsetDateTime> {
    if let Ok(date) = OffsetDateTime::parse(cell, &Rfc3339) {
        return Some(date);
    }
    let (day, rest) = (cell.get(..10)?, cell.get(10..)?);
    // The year first, as the CloudWatch console has it: any other order is a guess.
    let slashed = day.get(4..5) == Some("/") && day.get(7..8) == Some("/");
    let day = if slashed { day.replace('/', "-") } else { day.to_owned() };
    let rest = rest.strip_prefix(['T', ' '])?;
    let rest = rest.strip_suffix(" UTC").unwrap_or(rest);
    // Spreadsheets leave out the seconds.
    let seconds = if rest.len() == "10:15".len() { ":00" } else { "" };
    let offset = if has_offset(cell) { "" } else { "Z" };
    OffsetDateTime::parse(&format!("{day}T{rest}{seconds}{offset}"), &Rfc3339).ok()
}

fn has_offset(cell: &str) -> bool {
    let time = cell.get(10..).unwrap_or_default();
    time.ends_with(['Z', 'z']) || time.contains(['+', '-'])
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates_are_read_as_programs_write_them() {
        for cell in [
            "2026-11-26T10:15:00Z",
            "2026-11-26T11:15:00+01:00",
            "2026-11-26 10:15:00",
            "2026-11-26T10:15:00",
            "2026-11-26 10:15:00.000",
            "2026-11-26 11:15:00+01:00",
            "2026-11-26 10:15:00 UTC",
            "2026/11/26 10:15:00",
            "2026/11/26 10:15",
            "2026-11-26T10:15",
            "2026/11/26 11:15:00+01:00",
            "1795688100",
            "1795688100000",
            "1795688100000000",
            "1.7956881e9",
        ] {
            let form = Form::of(cell, None).unwrap();
            assert_eq!(form.clock(), Clock::Epoch, "{cell}");
            let read = form.read(cell).and_then(to_date);
            assert_eq!(read, Some(datetime!(2026-11-26 10:15 UTC)), "{cell}");
        }
    }

    #[test]
    fn small_numbers_count_from_the_start() {
        let form = Form::of("90", None).unwrap();
        assert_eq!(form.clock(), Clock::Start);
        assert_eq!(form.read("90").map(Tick::seconds), Some(90.0));
        let form = Form::of("90000", Some(1000.0)).unwrap();
        assert_eq!(form.read("90000").map(Tick::seconds), Some(90.0));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for cell in [
            "",
            "noon",
            "NaN",
            "inf",
            "2026-13-26 10:15:00",
            "26.11.2026 10:15",
            "11/26/2026 10:15:00",
            "2026/11-26 10:15:00",
            "é",
        ] {
            assert_eq!(Form::of(cell, None), None, "{cell}");
        }
    }
}
