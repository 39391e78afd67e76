//! Requests that were recorded one by one.
//!
//! They are counted by the second in which they were sent, and the response times of a second are
//! kept as a sketch. Sketches are merged and rates are taken only when the intervals of a load
//! test are known: an average of quantiles is not a quantile, and a second without a request is
//! still a second.

use crate::clock::Clock;
use crate::data::Quantile;
use crate::level::{self, Level};
use crate::said::{Fault, counted};
use crate::sketch::Sketch;
use crate::table::{Cell, Column};
use crate::timeline::{Merge, Tick, Timeline};

/// One request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request {
    /// When it was sent.
    pub(crate) sent: Tick,
    /// Seconds until its end.
    pub(crate) took: f64,
    /// Whether an answer came. The time of a request without one is not a response time.
    pub(crate) answered: bool,
    /// Whether it failed; `None` if the source does not say.
    pub(crate) failed: Option<bool>,
}

/// What happened in a second, or in an interval.
#[derive(Debug, Clone, PartialEq, Default)]
struct Interval {
    sent: u64,
    /// Requests that were due and not sent, because the load generator was busy.
    dropped: f64,
    /// Those sent in it of which it is known whether they failed.
    judged: u64,
    /// Those sent in it that failed.
    failed: u64,
    /// Those that ended in it and did not fail.
    completed: u64,
    /// The response times of those sent in it.
    times: Sketch,
    tasks: Cell,
}

/// As many seconds as a request may take: what is beyond is a value gone wrong, and would place the
/// request far from the test.
const LONGEST: f64 = 86_400.0;

/// A time that a request may take, in seconds.
pub(crate) fn duration(seconds: f64) -> Option<f64> {
    (0.0..=LONGEST).contains(&seconds).then_some(seconds)
}

impl Merge for Interval {
    fn merge(&mut self, other: Self) {
        self.sent += other.sent;
        self.dropped += other.dropped;
        self.judged += other.judged;
        self.failed += other.failed;
        self.completed += other.completed;
        self.times.merge(&other.times);
        self.tasks.merge(other.tasks);
    }
}

/// Collects the requests of one file.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    seconds: Timeline<Interval>,
    sent: u64,
    span: Option<(Tick, Tick)>,
}

impl Requests {
    pub(crate) fn add(&mut self, request: Request) {
        self.sent += 1;
        self.extend(request.sent);
        let of = self.seconds.at(request.sent.whole());
        of.sent += 1;
        of.judged += u64::from(request.failed.is_some());
        of.failed += u64::from(request.failed == Some(true));
        if request.answered {
            of.times.add(request.took);
        }
        let end = Tick::from_seconds(request.sent.seconds() + request.took.max(0.0));
        if request.failed != Some(true) {
            self.seconds.at(end.unwrap_or(request.sent).whole()).completed += 1;
        }
    }

    /// So many requests were due and not sent.
    pub(crate) fn dropped(&mut self, at: Tick, count: f64) {
        self.extend(at);
        self.seconds.at(at.whole()).dropped += count;
    }

    /// How many were sent.
    pub(crate) const fn sent(&self) -> u64 {
        self.sent
    }

    /// When the first and the last were due.
    pub(crate) const fn span(&self) -> Option<(Tick, Tick)> {
        self.span
    }

    fn extend(&mut self, at: Tick) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }

    /// The log of `file`, which was recorded with so many running tasks. What `dropped` counts
    /// stands for `weight` requests each.
    ///
    /// # Errors
    /// If no request was sent.
    pub(crate) fn finish(
        self,
        file: &str,
        clock: Clock,
        tasks: Option<f64>,
        weight: f64,
    ) -> Result<Log, Fault> {
        let Some((first, last)) = self.span.filter(|_| self.sent > 0) else {
            return Err(Fault::new(file, "has no request; record a test under load"));
        };
        let width = self.seconds.width().unwrap_or(1.0).max(1.0);
        let mut rows: Vec<(Tick, Interval)> = self.seconds.into_rows().collect();
        for (_, interval) in &mut rows {
            interval.dropped *= weight;
            interval.tasks = Cell::of(tasks.unwrap_or(f64::NAN));
        }
        let end = Tick::from_seconds(last.whole().seconds() + width).unwrap_or(last);
        Ok(Log { files: vec![file.to_owned()], clock, spans: vec![(first.whole(), end)], rows })
    }
}

/// The requests of a file, or of several.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Log {
    files: Vec<String>,
    pub(crate) clock: Clock,
    /// When requests were sent: from one time until another.
    spans: Vec<(Tick, Tick)>,
    rows: Vec<(Tick, Interval)>,
}

/// The seconds of an interval in which requests have to have been sent, as a share of it: what
/// covers less says little of the rate.
const COVERED: f64 = 0.5;

impl Log {
    /// All of them as one, if there is any. Where they overlap their requests add up.
    pub(crate) fn join(logs: Vec<Self>) -> Option<Self> {
        let clock = logs.first()?.clock;
        let (mut files, mut all_spans) = (Vec::new(), Vec::new());
        let mut rows = Timeline::<Interval>::default();
        for log in logs {
            files.extend(log.files);
            all_spans.extend(log.spans);
            for (tick, interval) in log.rows {
                rows.at(tick).merge(interval);
            }
        }
        all_spans.sort_unstable();
        let mut spans: Vec<(Tick, Tick)> = Vec::new();
        for (from, to) in all_spans {
            match spans.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ => spans.push((from, to)),
            }
        }
        Some(Self { files, clock, spans, rows: rows.into_rows().collect() })
    }

    /// As messages name it.
    pub(crate) fn file(&self) -> String {
        let first = self.files.first().map_or("", String::as_str);
        match self.files.len().saturating_sub(1) {
            0 => first.to_owned(),
            more => format!("{first} and {}", counted(more as u64, "file", "files more")),
        }
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Later by so many ticks.
    pub(crate) fn shift(&mut self, ticks: i64) {
        for (from, to) in &mut self.spans {
            (*from, *to) = (from.plus(ticks), to.plus(ticks));
        }
        for (tick, _) in &mut self.rows {
            *tick = tick.plus(ticks);
        }
    }

    /// The times at which intervals of `step` begin in which requests were sent.
    pub(crate) fn times(&self, step: f64) -> Vec<Tick> {
        let mut times = Vec::new();
        for (from, to) in &self.spans {
            let seconds = Tick(to.minus(*from)).seconds();
            let count = (seconds / step).ceil().max(1.0).min(crate::MOST_TIMES as f64) as usize;
            times.extend(
                (0..count).filter_map(|at| Tick::from_seconds(from.seconds() + at as f64 * step)),
            );
        }
        times
    }

    /// The times by which its requests are kept.
    pub(crate) fn ticks(&self) -> impl Iterator<Item = Tick> {
        let is_sent = |tick: &Tick| self.spans.iter().any(|(from, to)| from <= tick && tick < to);
        self.rows.iter().map(|(tick, _)| *tick).filter(is_sent)
    }

    /// The seconds from the first request to the last.
    pub(crate) fn seconds(&self) -> f64 {
        self.spans.iter().map(|(from, to)| Tick(to.minus(*from)).seconds()).sum()
    }

    /// The columns that [`Log::sample`] fills.
    pub(crate) fn columns(&self) -> Vec<Column> {
        level::columns(&self.file())
    }

    /// What happened in each interval that begins at one of `times` and lasts for `step` seconds,
    /// or until the next begins; and the response times of it.
    pub(crate) fn sample(mut self, times: &[Tick], step: f64) -> Vec<(Level, Sketch)> {
        let mut rows = std::mem::take(&mut self.rows).into_iter().peekable();
        let intervals = times.iter().enumerate().map(|(at, from)| {
            let whole = Tick::from_seconds(from.seconds() + step).unwrap_or(*from);
            let next = times.get(at + 1).copied();
            (*from, next.map_or(whole, |next| next.min(whole)))
        });
        let mut samples = Vec::with_capacity(times.len());
        for (from, to) in intervals {
            let mut all = Interval::default();
            while rows.next_if(|(tick, _)| *tick < from).is_some() {}
            while let Some((_, interval)) = rows.next_if(|(tick, _)| *tick < to) {
                all.merge(interval);
            }
            samples.push(self.level(all, from, to));
        }
        samples
    }

    fn level(&self, all: Interval, from: Tick, to: Tick) -> (Level, Sketch) {
        let overlap = |(first, last): &(Tick, Tick)| {
            to.minus(from)
                .min(last.minus(from))
                .min(to.minus(*first))
                .min(last.minus(*first))
                .max(0)
        };
        let covered = Tick(self.spans.iter().map(overlap).sum()).seconds();
        // Two runs with a gap between them may be at two rates, and an average of them is neither.
        let runs = self.spans.iter().filter(|span| overlap(span) > 0).count();
        if runs > 1 || covered < COVERED * Tick(to.minus(from)).seconds() {
            // Requests at the beginning or the end of a test are of the level beside them. Those
            // after a gap are of the level that follows, and this time counts for the one before.
            let follows = self.spans.iter().any(|(first, last)| *first <= from && from < *last);
            let leads = self.spans.first().is_some_and(|(first, _)| (from..to).contains(first));
            let times = if follows || leads { all.times } else { Sketch::default() };
            return (Level::UNKNOWN, times);
        }
        let known = |quantile| all.times.quantile(quantile).unwrap_or(f64::NAN);
        let judged = if all.judged == all.sent { all.judged as f64 } else { f64::NAN };
        let level = Level {
            tasks: all.tasks.steady(),
            demand: (all.sent as f64 + all.dropped) / covered,
            mean: known(Quantile::Mean),
            p50: known(Quantile::P50),
            p95: known(Quantile::P95),
            p99: known(Quantile::P99),
            // Where none was sent none failed, and there is no share of them.
            errors: all.failed as f64 / judged,
            completed: if judged.is_nan() { f64::NAN } else { all.completed as f64 / covered },
        };
        (level, all.times)
    }
}
