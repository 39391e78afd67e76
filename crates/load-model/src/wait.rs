//! How long requests wait for one of several servers, by H. C. Tijms' approximation for queues with
//! Poisson arrivals and any distribution of work ("A First Course in Stochastic Models", 2003,
//! chapter 9): while all servers are busy, they work like one that is as many times faster; the
//! first of them becomes free after the shortest of as many residual times.
//!
//! Times are in units of the average work of a request.

use crate::grid::Grid;
use crate::work::Times;

/// The times of the table.
const TIMES: Grid = Grid { shortest: 1e-6, longest: 1e5, points: 3_000 };

/// Steps of a distribution of waits: this many to its average, and this many averages.
const STEPS: usize = 80;
const AVERAGES: usize = 14;

/// Work that lasts longer than so many relaxation times of a queue is another server less to it:
/// chosen to agree with the request-by-request models of advisor-bench.
const MEMORIES: f64 = 4.0;

/// A distribution of work, as a table at times that grow evenly in their logarithm.
#[derive(Debug)]
pub(crate) struct Table {
    /// The share of requests that take longer.
    survival: Vec<f64>,
    /// The share of requests of which more is left, seen at a random time.
    residual: Vec<f64>,
}

impl Table {
    pub(crate) fn of(times: Times) -> Self {
        let survival: Vec<f64> =
            (0..TIMES.points).map(|place| times.survival(TIMES.time(place))).collect();
        let mut sum = 0.0;
        let passed: Vec<f64> = areas(|place| survival.get(place).copied().unwrap_or_default())
            .map(|area| {
                sum += area;
                sum
            })
            .collect();
        let residual = passed.iter().map(|passed| (1.0 - passed / sum).max(0.0)).collect();
        Self { survival, residual }
    }

    /// The share of requests that take longer.
    pub(crate) fn survival(&self, at: f64) -> f64 {
        TIMES.read(&self.survival, at)
    }

    fn residual(&self, at: f64) -> f64 {
        TIMES.read(&self.residual, at)
    }
}

/// The areas below a curve: up to each time in the table, from the one before.
fn areas(curve: impl Fn(usize) -> f64) -> impl Iterator<Item = f64> {
    let first = std::iter::once(TIMES.shortest);
    first.chain((1..TIMES.points).map(move |place| {
        (TIMES.time(place) - TIMES.time(place - 1)) * f64::midpoint(curve(place - 1), curve(place))
    }))
}

/// How long a request waits that has to wait.
#[derive(Debug)]
pub(crate) struct Wait {
    /// Between two values.
    pub(crate) step: f64,
    /// The probability of each value, from 0 on.
    pub(crate) shares: Vec<f64>,
}

impl Wait {
    /// With so many servers at an offered load of `load`, above 0 and below 1.
    pub(crate) fn of(table: &Table, servers: f64, load: f64) -> Self {
        let excess = table.residual(patience(servers, load));
        let residual = |at: f64| (table.residual(at) - excess).max(0.0) / (1.0 - excess);
        // What is left of very long work beyond a queue's memory only takes a server away.
        let servers = servers * (1.0 - load * excess);
        let load = load * (1.0 - excess) / (1.0 - load * excess);
        let first: f64 = areas(|place| residual(TIMES.time(place)).powf(servers)).sum();
        let each: f64 = areas(|place| residual(TIMES.time(place))).sum();
        let mean = first + load / (1.0 - load) * each / servers;
        let step = mean / STEPS as f64;
        let first = cells(step, |at| residual(at).powf(servers));
        let each = cells(step, |at| residual(at * servers));
        Self { step, shares: product(&first, &compound(&each, load)) }
    }

    /// The wait at each place.
    pub(crate) fn values(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.shares.iter().enumerate().map(|(place, share)| (place as f64 * self.step, *share))
    }
}

/// For how long a queue before several servers remembers what happened, [`MEMORIES`] times over.
/// One server alone remembers everything.
fn patience(servers: f64, load: f64) -> f64 {
    if servers < 1.5 {
        return TIMES.longest;
    }
    (MEMORIES / (servers * (1.0 - load.sqrt()).powi(2))).max(5.0)
}

/// The probability of the values around each multiple of `step`.
fn cells(step: f64, survival: impl Fn(f64) -> f64) -> Vec<f64> {
    let bounds = (0..STEPS * AVERAGES).map(|place| survival((place as f64 + 0.5) * step));
    let mut above = 1.0;
    let mut cells: Vec<f64> =
        bounds.map(|next| std::mem::replace(&mut above, next) - next).collect();
    if let Some(last) = cells.last_mut() {
        *last += above;
    }
    cells
}

/// The distribution of a sum of so many of them as is geometric with `load`: H. H. Panjer's
/// recursion.
fn compound(each: &[f64], load: f64) -> Vec<f64> {
    let none = each.first().copied().unwrap_or_default();
    let scale = 1.0 / (1.0 - load * none);
    let mut sum = Vec::with_capacity(each.len());
    sum.push((1.0 - load) * scale);
    for place in 1..each.len() {
        let later = each.get(1..=place).unwrap_or_default();
        let mixed: f64 = later.iter().zip(sum.iter().rev()).map(|(one, rest)| one * rest).sum();
        sum.push(load * scale * mixed);
    }
    sum
}

/// The distribution of the sum of two. What lies beyond the last place is left there.
fn product(left: &[f64], right: &[f64]) -> Vec<f64> {
    let mut sum: Vec<f64> = (0..left.len())
        .map(|place| {
            let left = left.get(..=place).unwrap_or_default();
            left.iter()
                .zip(right.iter().take(place + 1).rev())
                .map(|(one, other)| one * other)
                .sum()
        })
        .collect();
    let beyond = 1.0 - sum.iter().sum::<f64>();
    if let Some(last) = sum.last_mut() {
        *last += beyond.max(0.0);
    }
    sum
}

/// The probability that a request has to wait for one of `servers`, by A. K. Erlang's formula.
pub(crate) fn waits(servers: usize, load: f64) -> f64 {
    let offered = load * servers as f64;
    let lost = (1..=servers).fold(1.0, |lost, servers| {
        let busy = offered * lost;
        busy / (servers as f64 + busy)
    });
    lost / (1.0 - load + load * lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPONENTIAL: Times = Times::Gamma { variation: 1.0 };

    fn mean(wait: &Wait) -> f64 {
        wait.values().map(|(wait, share)| wait * share).sum()
    }

    fn beyond(wait: &Wait, at: f64) -> f64 {
        wait.values().filter(|(wait, _)| *wait > at).map(|(_, share)| share).sum()
    }

    #[test]
    fn waits_for_exponential_work_are_exponential() {
        for (servers, load) in [(1.0, 0.3), (1.0, 0.9), (8.0, 0.8), (64.0, 0.95)] {
            let wait = Wait::of(&Table::of(EXPONENTIAL), servers, load);
            let rate = servers * (1.0 - load);
            assert!((mean(&wait) * rate - 1.0).abs() < 0.01, "{servers} {load}: {}", mean(&wait));
            let late = beyond(&wait, 2.0 / rate);
            assert!((late / f64::exp(-2.0) - 1.0).abs() < 0.03, "{servers} {load}: {late}");
        }
    }

    #[test]
    fn one_server_waits_as_pollaczek_and_khinchine_say() {
        for times in [Times::Gamma { variation: 0.2 }, Times::LogNormal { variation: 2.0 }] {
            let wait = Wait::of(&Table::of(times), 1.0, 0.8);
            let expected = (1.0 + times.squared_variation()) / 2.0 / 0.2;
            // A heavy tail is cut off at the longest wait of the table.
            assert!((mean(&wait) / expected - 1.0).abs() < 0.03, "{times:?}: {}", mean(&wait));
        }
    }

    #[test]
    fn requests_wait_as_often_as_erlang_says() {
        assert!((waits(1, 0.7) - 0.7).abs() < 1e-12);
        // Ten servers at 8 erlangs: 0.4092 in Erlang's tables.
        assert!((waits(10, 0.8) - 0.4092).abs() < 1e-4);
    }
}
