//! JMeter's results as CSV: a row is a request.

use crate::clock::{self, Clock, Form};
use crate::formats::cells::{self, LeftOut, Rows};
use crate::level;
use crate::mapping::Mapping;
use crate::requests::{self, Request, Requests};
use crate::said::{Fault, Guess, Note, brief, counted};
use crate::source::Text;
use crate::table::Recording;
use crate::timeline::Tick;

/// Columns without which rows cannot be counted as requests.
const COLUMNS: [&str; 2] = ["timeStamp", "elapsed"];

/// Columns of which JMeter writes one at least, unless it was told to leave all of them out.
const OTHERS: [&str; 5] = ["success", "responseCode", "label", "threadName", "Latency"];

/// What begins the message of a Transaction Controller's row.
const TRANSACTION: &[u8] = b"Number of samples in transaction";

/// What begins the code of a request that no answer came to.
const UNANSWERED: &[u8] = b"Non HTTP response code";

/// Digits of milliseconds since 1970.
const DIGITS: usize = 13;

/// Requests that cannot all be sent in one millisecond, if they are a load test.
const MANY: u64 = 10;

pub(in crate::formats) fn is(head: &[u8]) -> bool {
    separator(head).is_some()
}

fn separator(head: &[u8]) -> Option<u8> {
    let separator = cells::separator(head, &COLUMNS)?;
    OTHERS.iter().any(|other| cells::separator(head, &[other]).is_some()).then_some(separator)
}

/// Reads results as JMeter 5.6.3 and those before it write them (`resultToDelimitedString` in
/// <https://github.com/apache/jmeter/blob/rel/v5.6.3/src/core/src/main/java/org/apache/jmeter/save/CSVSaveService.java>).
/// `timeStamp` is when the request was sent, as JMeter's `jmeter.properties` has it
/// (`sampleresult.timestamp.start=true`), in milliseconds or by
/// `jmeter.save.saveservice.timestamp_format`; `elapsed` is in milliseconds. Columns are found by
/// their names, whatever `jmeter.save.saveservice.default_delimiter` stands between them.
///
/// A Transaction Controller has a row beside those of its requests, or instead of them (“generate
/// parent sample”). Its rows are counted only where there are no others.
///
/// # Errors
/// If it has no request, or a spreadsheet has rounded its times.
pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let Some(separator) = separator(text.head().trim_ascii_start()) else {
        return Err(text.fault("has no header of JMeter's results, as `timeStamp,elapsed,label`"));
    };
    let (name, tasks) = (text.name().to_owned(), level::tasks(text.path()));
    let mut rows = Rows::new(text, separator);
    rows.advance()?;
    let columns = Columns::of(&rows);
    let mut results = Results::default();
    while rows.advance()? {
        results.add(&rows, &columns)?;
    }
    results.finish(&name, tasks)
}

struct Columns {
    width: usize,
    time: Option<usize>,
    elapsed: Option<usize>,
    code: Option<usize>,
    message: Option<usize>,
    success: Option<usize>,
    count: Option<usize>,
}

impl Columns {
    fn of(header: &Rows<'_>) -> Self {
        Self {
            width: header.len(),
            time: header.column("timeStamp"),
            elapsed: header.column("elapsed"),
            code: header.column("responseCode"),
            message: header.column("responseMessage"),
            success: header.column("success"),
            count: header.column("SampleCount"),
        }
    }
}

/// Rows as they come.
#[derive(Default)]
struct Results {
    requests: Requests,
    transactions: Requests,
    form: Option<Form>,
    left_out: LeftOut,
}

impl Results {
    fn add(&mut self, rows: &Rows<'_>, columns: &Columns) -> Result<(), Fault> {
        let cell = |column: Option<usize>| column.map_or(&[][..], |column| rows.cell(column));
        let time = cell(columns.time);
        if is_rounded(time) {
            return Err(rounded(rows, time));
        }
        let took = cells::number(cell(columns.elapsed));
        let took = took.and_then(|milliseconds| requests::duration(milliseconds / 1e3));
        let (Some(took), Some(sent), true) = (took, self.time(time), rows.len() == columns.width)
        else {
            self.left_out.add(rows.line());
            return Ok(());
        };
        if cells::number(cell(columns.count)).is_some_and(|count| count > 1.0) {
            let line = rows.line();
            let what = format!(
                "line {line}: a row stands for several samples; run JMeter with `mode=Standard`, \
                 which writes a row for each"
            );
            return Err(rows.fault(what));
        }
        let code = cell(columns.code);
        let answered = !code.starts_with(UNANSWERED);
        let failed = failed(cell(columns.success), code);
        let is_transaction = cell(columns.message).starts_with(TRANSACTION);
        let into = if is_transaction { &mut self.transactions } else { &mut self.requests };
        into.add(Request { sent, took, answered, failed });
        Ok(())
    }

    fn time(&mut self, cell: &[u8]) -> Option<Tick> {
        let american = || american(std::str::from_utf8(cell).ok()?);
        if self.form.is_none() {
            let form = Form::of(std::str::from_utf8(cell).ok()?, None)
                .or_else(|| american().is_some().then_some(Form::Date { offset: false }));
            self.form = form.filter(|form| form.clock() == Clock::Epoch);
        }
        cells::tick(self.form?, cell).or_else(|| clock::date(&american()?).and_then(clock::tick))
    }

    fn finish(self, file: &str, tasks: Option<f64>) -> Result<Recording, Fault> {
        let mut recording = Recording::default();
        let (requests, others) = (self.requests.sent(), self.transactions.sent());
        let rows = requests + others;
        let spans = [self.requests.span(), self.transactions.span()].into_iter().flatten();
        let mut times = spans.flat_map(|(first, last)| [first, last]);
        let first = times.next();
        if rows >= MANY && times.all(|time| Some(time) == first) {
            let what = format!(
                "its {rows} rows all have one time; if a spreadsheet has rounded it, give the \
                 file as JMeter wrote it"
            );
            return Err(Fault::new(file, what));
        }
        let kept = if requests > 0 { self.requests } else { self.transactions };
        recording.requests.push(kept.finish(file, Clock::Epoch, tasks, 1.0)?);
        if let Some(Form::Date { offset: false }) = self.form {
            recording.guesses.push(Guess::new(file, "has times without an offset, taken as UTC"));
        }
        if others > 0 {
            let rows = counted(others, "row", "rows");
            let what = if requests > 0 {
                format!("{rows} of Transaction Controllers, beside those of requests, left out")
            } else {
                "its rows are of Transaction Controllers, each of which is taken for a request"
                    .to_owned()
            };
            recording.notes.push(Note::new(file, what));
        }
        recording.notes.extend(self.left_out.note(file, "no time, no duration or other cells"));
        Ok(recording)
    }
}

/// By JMeter's verdict, else by the code.
fn failed(success: &[u8], code: &[u8]) -> Option<bool> {
    if success.eq_ignore_ascii_case(b"true") {
        return Some(false);
    }
    if success.eq_ignore_ascii_case(b"false") || code.starts_with(UNANSWERED) {
        return Some(true);
    }
    let code = cells::number(code).filter(|code| (100.0..1000.0).contains(code))?;
    Some(code >= 400.0)
}

/// Whether a time is written by its magnitude and the milliseconds are gone, as `1.79568E+12`.
fn is_rounded(time: &[u8]) -> bool {
    let mantissa = time.split(|byte| byte.eq_ignore_ascii_case(&b'e')).next().unwrap_or_default();
    let is_number = |byte: &u8| byte.is_ascii_digit() || b".,".contains(byte);
    mantissa.len() < time.len()
        && !mantissa.is_empty()
        && mantissa.iter().all(is_number)
        && mantissa.iter().filter(|byte| byte.is_ascii_digit()).count() < DIGITS
}

fn rounded(rows: &Rows<'_>, time: &[u8]) -> Fault {
    let time = brief(&String::from_utf8_lossy(time));
    rows.fault(format!(
        "line {}: a spreadsheet has rounded the time `{time}`, so that it is not known when \
         requests were sent; give the file as JMeter wrote it",
        rows.line()
    ))
}

/// A date as JMeter reads it too, `MM/dd/yy HH:mm:ss`, in the order that others have.
fn american(text: &str) -> Option<String> {
    let (day, time) = text.split_once(' ')?;
    let mut parts = day.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    (month.len() == 2 && year.len() == 2).then(|| format!("20{year}-{month}-{day} {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written after JMeter's source, version 5.6.3, not recorded: four requests of which two
    /// failed, one without an answer, and the row of a Transaction Controller.
    const SAMPLE: &str = include_str!("jmeter/sample.csv");

    fn read(csv: &str) -> Result<Recording, Fault> {
        let text = Text::open("20261126T080000Z-2tasks.jtl", csv.as_bytes()).unwrap();
        super::read(text, &Mapping::default())
    }

    fn level(csv: &str) -> level::Level {
        assert!(is(csv.as_bytes()), "{csv}");
        let log = read(csv).unwrap().requests.remove(0);
        let times = log.times(2.0);
        assert_eq!(times, [Tick::from_seconds(1_795_680_000.0).unwrap()], "{csv}");
        log.sample(&times, 2.0)[0].0
    }

    fn fault(csv: &str) -> String {
        read(csv).unwrap_err().to_string()
    }

    #[test]
    fn a_row_is_a_request_and_transactions_are_not_counted_beside_theirs() {
        let level = level(SAMPLE);
        assert_eq!((level.tasks, level.demand, level.errors), (2.0, 2.0, 0.5));
        assert!((level.mean - 0.05).abs() < 0.001, "of those with an answer: {level:?}");
        let notes = format!("{:?}", read(SAMPLE).unwrap().notes);
        assert!(notes.contains("1 row of Transaction Controllers"), "{notes}");
    }

    #[test]
    fn transactions_alone_are_taken_for_requests() {
        let lines = SAMPLE.lines().filter(|line| !line.contains("items"));
        let level = level(&lines.map(|line| format!("{line}\n")).collect::<String>());
        assert_eq!((level.demand, level.errors), (1.0, 1.0));
    }

    #[test]
    fn separators_ends_of_lines_and_quotes_do_not_matter() {
        for csv in [
            SAMPLE.replace('\n', "\r\n"),
            SAMPLE.replace("timeStamp", "\"timeStamp\""),
            SAMPLE.replace("true", "TRUE"),
            SAMPLE.replace("Service Unavailable", "\"Service,\nUnavailable\""),
        ] {
            assert_eq!(level(&csv), level(SAMPLE), "{csv}");
        }
        let plain = SAMPLE.replace("2, number", "2; number").replace('"', "");
        for separator in ['\t', ';', '|', ','] {
            let csv = plain.replace("2; number", "2 number").replace(',', &separator.to_string());
            assert_eq!(level(&csv), level(SAMPLE), "{csv}");
        }
    }

    #[test]
    fn columns_may_stand_in_another_order_or_be_missing() {
        let csv = "success,elapsed,timeStamp\nfalse,50,1795680000100\ntrue,50,1795680001100\n";
        assert_eq!((level(csv).demand, level(csv).errors), (1.0, 0.5));
        let csv = "timeStamp,elapsed,responseCode\n1795680000100,5,404\n1795680001100,5,200\n";
        assert_eq!(level(csv).errors, 0.5);
        let csv = "timeStamp,elapsed,label\n1795680000100,5,a\n1795680001100,5,a\n";
        assert!(level(csv).errors.is_nan(), "nothing tells whether they failed");
        assert!(!is(b"timeStamp,elapsed\n"), "any test may have these");
    }

    #[test]
    fn dates_are_taken_as_utc() {
        for date in ["2026/11/26 08:00:", "2026-11-26 08:00:", "11/26/26 08:00:"] {
            let csv =
                format!("timeStamp,elapsed,success\n{date}00.100,50,true\n{date}01,50,true\n");
            assert_eq!(level(&csv).demand, 1.0, "{date}");
            let guesses = format!("{:?}", read(&csv).unwrap().guesses);
            assert!(guesses.contains("taken as UTC"), "{guesses}");
        }
    }

    #[test]
    fn times_that_a_spreadsheet_has_rounded_are_refused() {
        for time in ["1.79568E+12", "1,79568E+12", "1.7957e12", "2E+12"] {
            let fault = fault(&format!("timeStamp;elapsed;success\n{time};50;true\n"));
            assert!(fault.contains("a spreadsheet has rounded the time"), "{time}: {fault}");
            assert!(fault.contains("give the file as JMeter wrote it"), "{fault}");
        }
        let row = "1795680000000,50,true\n";
        let fault = fault(&format!("timeStamp,elapsed,success\n{}", row.repeat(12)));
        assert!(fault.contains("its 12 rows all have one time"), "{fault}");
        let exact = "timeStamp,elapsed,success\n1.795680000100E+12,50,true\n";
        assert_eq!(read(exact).unwrap().requests.len(), 1, "it has all of its digits");
    }

    #[test]
    fn what_is_no_request_is_left_out_or_told() {
        for rows in [
            "",
            "\n\n",
            "1795680000100",
            "noon,50,true",
            "5,50,true",
            "1795680000100,,true",
            "1795680000100,-50,true",
            "1795680000100,NaN,true",
            "1795680000100,1e300,true",
            "\u{0}\u{1},\u{2},true",
            "1795680000100,50,true,true",
        ] {
            let fault = fault(&format!("timeStamp,elapsed,success\n{rows}\n"));
            assert!(fault.contains("has no request"), "{rows:?}: {fault}");
        }
        let cut = read(SAMPLE.rsplit_once(",http").unwrap().0).unwrap();
        assert!(format!("{:?}", cut.notes).contains("1 row is left out"), "{:?}", cut.notes);
        let many = "timeStamp,elapsed,success,SampleCount\n1795680000100,50,true,7\n";
        assert!(fault(many).contains("mode=Standard"));
        assert!(fault("a,b\n1,2\n").contains("has no header of JMeter's results"));
    }
}
