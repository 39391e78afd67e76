//! Locust's `PREFIX_stats_history.csv`, with and without `--csv-full-history`.
//!
//! By the source of Locust 2.46.3
//! (<https://github.com/locustio/locust/blob/2.46.3/locust/stats.py>) and of older ones back to
//! 0.14, which first wrote the file; the samples were written after them.
//!
//! - Of the rows, those of all requests together are named `Aggregated` and have no type. With
//!   `--csv-full-history` each endpoint has rows too, which are left out.
//! - `Requests/s` and `Failures/s` are averages of ten seconds that ended about two seconds ago.
//! - Percentiles are in milliseconds. From 0.14 until 1.1, and since 2.2.2 with
//!   `--csv-full-history`, they are of about the last ten seconds, and 0 where Locust has none.
//!   Otherwise they are of all requests since the start, and tell nothing of a level: then they
//!   are left out. There the greatest of all, `100%`, never falls, and `50%` is the total median.
//! - `Total Average Response Time` is of all requests since the start. With the number of requests
//!   it tells the average between two rows, if it was not rounded as before 1.2.
//! - `User Count` is how many users Locust runs: the load's cause and not the service's state. It
//!   would follow demand and be offered to scale on, so it is left out.

use super::cells::{self, Rows, text};
use super::csv::separator;
use crate::clock::Form;
use crate::level::{self, Level};
use crate::mapping::Mapping;
use crate::role::{Measure, Role};
use crate::said::{Fault, Note, counted};
use crate::source::Text;
use crate::table::{Cell, Cells, Recording, Table};
use crate::timeline::{Merge, Timeline};

/// The fewest rows that show whether percentiles are of all requests since the start: a few rows
/// may rise by chance.
const ENOUGH: u64 = 8;

/// Two medians are the same within this share, as Locust rounds them.
const ALIKE: f64 = 0.1;

/// The columns of the history, or of the other files that Locust writes beside it.
pub(in crate::formats) fn is(head: &[u8]) -> bool {
    let names = cells::header(head, separator(head));
    let has = |name: &str| names.iter().any(|other| other == name);
    let history = has("Timestamp") && has("Name") && has("Requests/s");
    let totals = has("Type") && has("Name") && has("Requests/s") && has("50%");
    let failures = has("Method") && has("Name") && has("Error") && has("Occurrences");
    history || totals || failures
}

/// Where the columns stand.
struct Columns {
    cells: usize,
    time: usize,
    kind: Option<usize>,
    name: usize,
    requests: usize,
    failures: Option<usize>,
    /// The median, the 95th and the 99th percentile.
    percentiles: [Option<usize>; 3],
    greatest: Option<usize>,
    median: Option<usize>,
    count: Option<usize>,
    average: Option<usize>,
}

impl Columns {
    fn of(names: &[String]) -> Result<Self, &'static str> {
        let at = |any: &[&str]| names.iter().position(|name| any.contains(&name.as_str()));
        let other = "is not Locust's history, and tells nothing by time; give the file that ends \
                     with `_stats_history.csv`";
        let (Some(time), Some(name), Some(requests)) =
            (at(&["Timestamp"]), at(&["Name"]), at(&["Requests/s"]))
        else {
            return Err(other);
        };
        Ok(Self {
            cells: names.len(),
            time,
            kind: at(&["Type"]),
            name,
            requests,
            failures: at(&["Failures/s", "Requests Failed/s"]),
            percentiles: [at(&["50%"]), at(&["95%"]), at(&["99%"])],
            greatest: at(&["100%"]),
            median: at(&["Total Median Response Time", "Median response time"]),
            count: at(&["Total Request Count", "# requests"]),
            average: at(&["Total Average Response Time", "Average response time"]),
        })
    }

    /// Whether a row is of all requests together. An endpoint may have that name, with a type.
    fn is_aggregated(&self, record: &Rows<'_>) -> bool {
        let kind = self.kind.map_or(&[][..], |kind| record.cell(kind));
        record.cell(self.name) == b"Aggregated" && (kind.is_empty() || kind == b"None")
    }
}

/// The requests until a row.
#[derive(Clone, Copy)]
struct Until {
    count: f64,
    /// What their response times add up to.
    seconds: f64,
}

/// The rows of all requests together, as they come.
struct History {
    columns: Columns,
    form: Option<Form>,
    rows: Timeline<Cells>,
    until: Option<Until>,
    greatest: f64,
    aggregated: u64,
    endpoints: u64,
    untimed: u64,
    cut: u64,
    /// Rows that have percentiles.
    told: u64,
    /// Whether `100%` was ever less than before.
    fell: bool,
    /// Rows whose `50%` is not the total median.
    apart: u64,
    /// Whether an average has a fraction.
    exact: bool,
    /// Whether what averages add up to was ever less than before: then they are of something else.
    shrank: bool,
}

impl History {
    fn new(columns: Columns) -> Self {
        Self {
            columns,
            form: None,
            rows: Timeline::default(),
            until: None,
            greatest: 0.0,
            aggregated: 0,
            endpoints: 0,
            untimed: 0,
            cut: 0,
            told: 0,
            fell: false,
            apart: 0,
            exact: false,
            shrank: false,
        }
    }

    fn add(&mut self, record: &Rows<'_>) {
        if record.len() < self.columns.cells {
            self.cut += 1;
            return;
        }
        if !self.columns.is_aggregated(record) {
            self.endpoints += 1;
            return;
        }
        self.aggregated += 1;
        let time = record.cell(self.columns.time);
        if self.form.is_none() {
            self.form = Form::of(&text(time), None);
        }
        let Some(tick) = self.form.and_then(|form| cells::tick(form, time)) else {
            self.untimed += 1;
            return;
        };
        let level = self.level(record);
        self.rows.at(tick).merge(Cells(level.values().map(Cell::of).to_vec()));
    }

    fn level(&mut self, record: &Rows<'_>) -> Level {
        let cell = |at: Option<usize>| {
            let number = at.and_then(|at| cells::number(record.cell(at)));
            number.filter(|number: &f64| number.is_finite()).unwrap_or(f64::NAN)
        };
        let requests = cell(Some(self.columns.requests));
        let failures = cell(self.columns.failures);
        // Locust writes 0 where it has no percentile.
        let quantile = |at| Some(cell(at)).filter(|ms| *ms > 0.0).map_or(f64::NAN, |ms| ms / 1e3);
        let [p50, p95, p99] = self.columns.percentiles.map(quantile);
        let greatest = cell(self.columns.greatest);
        let until = cell(self.columns.count);
        let average = cell(self.columns.average);
        self.told += u64::from(!p50.is_nan() || !p95.is_nan() || !p99.is_nan());
        self.apart += u64::from((cell(self.columns.median) / 1e3 / p50 - 1.0).abs() > ALIKE);
        let mean = self.mean(until, average / 1e3);
        if greatest < self.greatest {
            self.fell = true;
        }
        self.greatest = if greatest.is_nan() { self.greatest } else { greatest };
        Level {
            demand: requests,
            mean,
            p50,
            p95,
            p99,
            errors: failures,
            completed: requests - failures,
            ..Level::UNKNOWN
        }
    }

    /// The average of the requests since the row before.
    fn mean(&mut self, count: f64, average: f64) -> f64 {
        if count.is_nan() || average.is_nan() {
            return f64::NAN;
        }
        self.exact |= (average * 1e3).fract() != 0.0;
        let now = Until { count, seconds: count * average };
        let Some(before) = self.until.replace(now) else { return f64::NAN };
        if now.count < before.count {
            // With `--reset-stats` Locust sets its counts to 0 once all users run.
            self.greatest = 0.0;
            return f64::NAN;
        }
        let seconds = now.seconds - before.seconds;
        self.shrank |= seconds < -1e-6 * before.seconds;
        if now.count > before.count {
            (seconds / (now.count - before.count)).max(0.0)
        } else {
            f64::NAN
        }
    }

    /// Whether percentiles are of all requests since the start.
    const fn is_of_all(&self) -> bool {
        let grew = match self.columns.greatest {
            Some(_) => !self.fell,
            None => self.endpoints == 0,
        };
        // Of few requests, the two medians may be those beside each other.
        grew && self.apart * 8 <= self.told && self.told >= ENOUGH
    }
}

/// Reads the rows of all requests together.
///
/// # Errors
/// If there are none, none has a time, all have the same, or it is another file of Locust's.
pub(in crate::formats) fn read(source: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    let file = source.name().to_owned();
    let tasks = level::tasks(source.path());
    let fault = |what: String| Fault::new(file.as_str(), what);
    let columns = Columns::of(&cells::header(source.head(), separator(source.head())))
        .map_err(|what| fault(what.to_owned()))?;
    let separator = separator(source.head());
    let mut rows = Rows::new(source, separator);
    let mut history = History::new(columns);
    // The header.
    rows.advance()?;
    while rows.advance()? {
        history.add(&rows);
    }
    if history.aggregated == 0 {
        return Err(fault(
            "has no row named `Aggregated`, which Locust writes of all requests together; give \
             all of the file"
                .to_owned(),
        ));
    }
    let Some(form) = history.form.filter(|_| history.rows.entries() > 0) else {
        return Err(fault(
            "no row has a time in `Timestamp`; give it as Locust wrote it".to_owned(),
        ));
    };
    if history.aggregated > 2 && history.rows.is_at_once() {
        return Err(fault(format!(
            "all of its {} rows have one time, as a spreadsheet rounds it; give it as Locust \
             wrote it",
            history.aggregated
        )));
    }
    Ok(recording(&file, history, form, tasks))
}

fn recording(file: &str, history: History, form: Form, tasks: Option<f64>) -> Recording {
    let mut recording = Recording::default();
    let mut note = |what: String| recording.notes.push(Note::new(file, what));
    let is_of_all = history.is_of_all();
    let has_mean = history.exact && !history.shrank;
    if is_of_all {
        note(
            "its percentiles are of all requests since the start and are left out; record with \
             `--csv-full-history`"
                .to_owned(),
        );
    } else if history.told > 0 {
        note(
            "its percentiles are of ten seconds each; over a longer time they are averaged"
                .to_owned(),
        );
    }
    if history.cut > 0 {
        let rows = counted(history.cut, "row is", "rows are");
        note(format!("{rows} left out, having fewer cells than the header"));
    }
    if history.untimed > 0 {
        let rows = counted(history.untimed, "row is", "rows are");
        note(format!("{rows} left out, having no time"));
    }
    let mut columns = level::columns(file);
    for meaning in columns.iter_mut().filter_map(|column| column.meaning.as_mut()) {
        if meaning.role == Role::Errors {
            meaning.measure = Some(Measure::PerSecond);
        }
    }
    let mut table = Table::new(form.clock(), columns, history.rows);
    for (_, cells) in &mut table.rows {
        if let Some(cell) = cells.0.first_mut() {
            *cell = Cell::of(tasks.unwrap_or(f64::NAN));
        }
    }
    table.leave_out(|column| match column.meaning.map(|meaning| meaning.role) {
        Some(Role::LatencyMean) => !has_mean,
        Some(role) => role.is_latency() && is_of_all,
        None => false,
    });
    recording.tables.push(table);
    recording
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = include_str!("samples/locust_full_history.csv");
    const ALL: &str = include_str!("samples/locust_history.csv");

    fn read(text: &str) -> Result<Recording, Fault> {
        assert!(is(text.as_bytes()), "{text}");
        super::read(Text::open("2tasks.csv", text.as_bytes())?, &Mapping::default())
    }

    fn roles(recording: &Recording) -> Vec<Role> {
        let columns = recording.tables.iter().flat_map(|table| &table.columns);
        columns.filter_map(|column| column.meaning).map(|meaning| meaning.role).collect()
    }

    fn values(recording: &Recording, role: Role) -> Vec<f64> {
        let at = roles(recording).iter().position(|other| *other == role).unwrap();
        let rows = recording.tables.iter().flat_map(|table| &table.rows);
        rows.map(|(_, cells)| cells.0[at].mean()).collect()
    }

    fn notes(recording: &Recording) -> String {
        recording.notes.iter().map(|note| format!("{note}\n")).collect()
    }

    #[test]
    fn of_a_full_history_the_rows_of_all_requests_are_read() {
        let recording = read(FULL).unwrap();
        let demand = values(&recording, Role::Demand);
        assert_eq!(demand.len(), 24);
        assert_eq!(demand[23], 8.8, "6.6 and 2.2 a second at the two endpoints");
        assert_eq!(values(&recording, Role::Tasks)[0], 2.0);
        assert_eq!(values(&recording, Role::Errors)[23], 0.8);
        let p95 = values(&recording, Role::LatencyP95);
        assert!(p95[..3].iter().all(|p95| p95.is_nan()), "N/A and 0 are unknown");
        assert!(p95[23] > 0.1 && p95[23] < 1.0, "in seconds: {}", p95[23]);
        assert!(notes(&recording).contains("of ten seconds each"), "{}", notes(&recording));
    }

    #[test]
    fn percentiles_since_the_start_are_left_out_and_averages_of_the_moment_are_found() {
        let recording = read(ALL).unwrap();
        let roles = roles(&recording);
        assert!(!roles.contains(&Role::LatencyP95), "{roles:?}");
        assert!(notes(&recording).contains("--csv-full-history"), "{}", notes(&recording));
        // The last row's requests took 0.108 s on average, and all together 0.083 s.
        let (count, before): (f64, f64) = (154.0, 144.0);
        let expected = (count * 83.189075836133 - before * 81.48961592683749) / 10.0 / 1e3;
        let mean = values(&recording, Role::LatencyMean)[23];
        assert!((mean - expected).abs() < 1e-9, "{mean} for {expected}");
    }

    #[test]
    fn averages_that_are_not_of_all_requests_are_left_out() {
        let header = ALL.lines().next().unwrap();
        let row = |second: u32, count: u32, average: f64, greatest: u32| {
            format!(
                "{},9,,Aggregated,2.0,0.0,40,41,42,43,44,45,46,47,48,49,{greatest},{count},0,40,\
                 {average},20,90,5\n",
                1_795_680_000 + second
            )
        };
        let mut text = format!("{header}\n");
        for second in 0..10 {
            let average = if second % 2 == 0 { 90.5 } else { 20.5 };
            text.push_str(&row(second, 10 + 10 * second, average, 90 - second));
        }
        let recording = read(&text).unwrap();
        assert!(!roles(&recording).contains(&Role::LatencyMean));
        assert_eq!(values(&recording, Role::LatencyP95)[9], 0.045);
    }

    #[test]
    fn the_columns_of_0_14_are_read() {
        let text = "\"Type\",\"Name\",\"Timestamp\",\"# requests\",\"# failures\",\"Requests/s\",\
            \"Requests Failed/s\",\"Median response time\",\"Average response time\",\
            \"Min response time\",\"Max response time\",\"Average Content Size\",\"50%\",\"95%\",\
            \"99%\",\"100%\"\n\
            \"GET\",\"/\",\"1795680000\",5,0,1.00,0.00,1,1,1,1.00,1.00,40,90,95,99\n\
            \"None\",\"Aggregated\",\"1795680000\",9,1,4.00,0.50,1,1,1,1.00,1.00,50,100,120,130\n\
            \"None\",\"Aggregated\",\"1795680002\",19,1,6.00,0.00,1,1,1,1.00,1.00,60,110,120,120\n";
        let recording = read(text).unwrap();
        assert_eq!(values(&recording, Role::Demand), [4.0, 6.0]);
        assert_eq!(values(&recording, Role::Errors), [0.5, 0.0]);
        assert_eq!(values(&recording, Role::Completed), [3.5, 6.0]);
        assert_eq!(values(&recording, Role::LatencyP99), [0.12, 0.12]);
        assert!(!roles(&recording).contains(&Role::LatencyMean), "they are whole numbers");
    }

    #[test]
    fn an_endpoint_named_like_the_sum_is_not_the_sum() {
        let header = FULL.lines().next().unwrap();
        let text = format!("{header}\n1795680000,9,GET,Aggregated,7.0,0.0{}\n", ",1".repeat(18));
        let fault = read(&text).unwrap_err().to_string();
        assert!(fault.contains("has no row named `Aggregated`"), "{fault}");
    }

    #[test]
    fn separators_line_ends_and_a_row_that_is_cut_off_do_not_matter() {
        let whole = read(FULL).unwrap();
        let other = format!("{}1795680024,8,,Aggregated,99", FULL);
        let other = other.replace(',', ";").replace('\n', "\r\n");
        let recording = read(&other).unwrap();
        assert_eq!(recording.tables, whole.tables);
        assert!(notes(&recording).contains("1 row is left out, having fewer cells"));
    }

    #[test]
    fn a_file_that_tells_nothing_by_time_is_told() {
        let header = FULL.lines().next().unwrap();
        let row = |time: &str| format!("{time},9,,Aggregated,7.0,0.0{}\n", ",1".repeat(18));
        for (text, says) in [
            (
                "Type,Name,Request Count,Failure Count,Requests/s,Failures/s,50%\n".to_owned(),
                "_stats_history.csv",
            ),
            ("Method,Name,Error,Occurrences\nGET,/,no,3\n".to_owned(), "_stats_history.csv"),
            (format!("{header}\n"), "has no row named `Aggregated`"),
            (format!("{header}\n{}", row("noon")), "no row has a time"),
            (format!("{header}\n{}", row("1.79568E+09").repeat(9)), "a spreadsheet rounds it"),
        ] {
            let fault = read(&text).unwrap_err().to_string();
            assert!(fault.contains(says), "{text}: {fault}");
        }
        assert!(!is(b"time,Name,rps\n") && !is(b"") && !is(b"{\"Timestamp\": \"Name\"}"));
    }

    #[test]
    fn hostile_numbers_are_unknown() {
        let header = FULL.lines().next().unwrap();
        let text = format!(
            "{header}\n1795680000,9,,Aggregated,NaN,-inf,1e999,2,2,2,2,-5,2,\u{7},2,2,2{}\n1795680001,9,,Aggregated,1.0,0.0{}\n",
            ",1e308".repeat(7),
            ",1".repeat(18)
        );
        let recording = read(&text).unwrap();
        assert!(values(&recording, Role::Demand)[0].is_nan());
        assert!(values(&recording, Role::LatencyP50)[0].is_nan());
        assert!(values(&recording, Role::LatencyP95)[0].is_nan());
    }
}
