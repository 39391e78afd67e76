//! What `k6 run --out csv=FILE` writes: a row for each point.

use super::{Metric, Point, Points};
use crate::clock::{Clock, Form};
use crate::formats::cells::{self, LeftOut, Rows};
use crate::level;
use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;
use crate::timeline::Tick;

/// Columns that every version writes; those of tags are more or fewer.
const COLUMNS: [&str; 3] = ["metric_name", "timestamp", "metric_value"];

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    cells::separator(head, &COLUMNS).is_some()
}

/// Reads the rows that `k6 run --out csv=FILE` writes, as k6 2.2.0 and those before it do
/// (<https://github.com/grafana/k6/blob/v2.2.0/internal/output/csv/output.go>): a header, then a
/// row for each point. The columns of tags are by the option `systemTags`. Times are whole seconds
/// since 1970 or what `K6_CSV_TIME_FORMAT` says; a whole second stands for its middle.
///
/// # Errors
/// If it has no request, or is not k6's.
pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let Some(separator) = cells::separator(text.head().trim_ascii_start(), &COLUMNS) else {
        return Err(text.fault("is not what `k6 run --out csv=FILE` writes"));
    };
    let (name, tasks) = (text.name().to_owned(), level::tasks(text.path()));
    let mut rows = Rows::new(text, separator);
    rows.advance()?;
    let [metric, time, value] = COLUMNS.map(|name| rows.column(name).unwrap_or(usize::MAX));
    let [status, expected] = ["status", "expected_response"].map(|name| rows.column(name));
    let width = rows.len();
    let (mut points, mut uneven) = (Points::default(), LeftOut::default());
    let mut times = Times::default();
    while rows.advance()? {
        if rows.len() != width {
            uneven.add(rows.line());
            continue;
        }
        let Some(metric) = Metric::of(rows.cell(metric)) else { continue };
        let Some(value) =
            cells::number(rows.cell(value)).filter(|value| (0.0..f64::INFINITY).contains(value))
        else {
            uneven.add(rows.line());
            continue;
        };
        let Some(at) = times.read(rows.cell(time)) else {
            points.untimed += 1;
            continue;
        };
        let tag = |column: Option<usize>| {
            let tag = std::str::from_utf8(rows.cell(column?)).ok()?;
            (!tag.is_empty()).then_some(tag)
        };
        points.add(&Point { metric, at, value, status: tag(status), expected: tag(expected) });
    }
    let mut recording = points.finish(&name, tasks)?;
    recording.notes.extend(uneven.note(&name, "not the cells of the header, or no value"));
    Ok(recording)
}

/// The times of a file, which are all of one form.
#[derive(Default)]
struct Times {
    form: Option<Form>,
    /// Whether they are whole seconds.
    whole: bool,
}

impl Times {
    fn read(&mut self, cell: &[u8]) -> Option<Tick> {
        const HALF: f64 = 0.5;
        if self.form.is_none() {
            let text = std::str::from_utf8(cell).ok()?;
            self.form = Form::of(text, None).filter(|form| form.clock() == Clock::Epoch);
            let is_date = matches!(self.form, Some(Form::Date { .. }));
            self.whole = !cell.contains(&b'.')
                && (is_date || matches!(self.form, Some(Form::Number { per_second: 1.0, .. })));
        }
        let at = cells::tick(self.form?, cell)?;
        if self.whole { Tick::from_seconds(at.seconds() + HALF) } else { Some(at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;

    /// Written after k6's source, version 2.2.0, not recorded: two requests, of which one failed,
    /// and metrics that are not read.
    const SAMPLE: &str = include_str!("sample.csv");

    fn level(csv: &str) -> Level {
        let text = Text::open("20261126T080000Z-2tasks.k6.csv", csv.as_bytes()).unwrap();
        assert!(is(text.head()));
        let log = read(text, &Mapping::default()).unwrap().requests.remove(0);
        let times = log.times(10.0);
        assert_eq!(times, [Tick::from_seconds(1_795_680_000.0).unwrap()], "{csv}");
        log.sample(&times, 1.0)[0].0
    }

    fn fault(csv: &str) -> String {
        let text = Text::open("k6.csv", csv.as_bytes()).unwrap();
        read(text, &Mapping::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_sample_is_read() {
        let level = level(SAMPLE);
        assert_eq!((level.tasks, level.demand, level.errors), (2.0, 2.0, 0.5));
        assert!((level.mean - 0.05).abs() < 0.001, "{level:?}");
    }

    #[test]
    fn times_of_every_form_are_the_same() {
        let of = level(SAMPLE);
        for times in [
            "1795680000000",
            "1795680000400123",
            "1795680000400123456",
            "2026-11-26T08:00:00Z",
            "2026-11-26T09:00:00+01:00",
            "2026-11-26T08:00:00.4001234Z",
        ] {
            let mut csv = SAMPLE.replace(",1795680000,", &format!(",{times},"));
            if times == "1795680000000" {
                csv = csv.replace(times, "1795680000400");
            }
            assert_eq!(level(&csv), of, "{times}");
        }
    }

    #[test]
    fn columns_may_stand_in_another_order_or_be_missing() {
        let csv = "status,metric_value,timestamp,metric_name\r\n\
                   500,20.000000,1795680000,http_req_duration\r\n\
                   200,80.000000,1795680000,http_req_duration\r\n";
        assert_eq!(level(csv).errors, 0.5);
        let csv = "metric_name,timestamp,metric_value\nhttp_req_duration,1795680000,20.000000\n";
        assert!(level(csv).errors.is_nan(), "nothing tells whether it failed");
        let csv = SAMPLE.replace(',', ";");
        assert_eq!(level(&csv), level(SAMPLE), "as a spreadsheet may save it");
    }

    #[test]
    fn what_has_no_request_is_told() {
        let header = SAMPLE.lines().next().unwrap();
        for rows in [
            "",
            "\n\n",
            "http_req_duration,1795680000",
            "vus,1795680000,3.000000,,,,,,,,,,,,,,,,",
            "http_req_duration,noon,20.000000,,,,,,,,,,,,,,,,",
            "http_req_duration,3,20.000000,,,,,,,,,,,,,,,,",
            "http_req_duration,1795680000,NaN,,,,,,,,,,,,,,,,",
            "http_req_duration,1795680000,1e300,,,,,,,,,,,,,,,,",
            "http_req_duration,1795680000,-20.000000,,,,,,,,,,,,,,,,",
        ] {
            let fault = fault(&format!("{header}\n{rows}\n"));
            assert!(fault.contains("has no request"), "{rows}: {fault}");
        }
        assert!(fault("a,b\n1,2\n").contains("is not what `k6 run --out csv=FILE` writes"));
    }

    #[test]
    fn rows_that_are_cut_off_are_counted() {
        let csv = SAMPLE.rsplit_once(",default").unwrap().0;
        let text = Text::open("k6.csv", csv.as_bytes()).unwrap();
        let notes = read(text, &Mapping::default()).unwrap().notes;
        assert!(notes[0].to_string().contains("1 row is left out"), "{notes:?}");
    }
}
