//! From columns with roles to a load test, in its units.

use crate::align::Grid;
use crate::data::{Latency, LoadTest, Series};
use crate::mapping::Mapping;
use crate::metric;
use crate::role::{Measure, Role};
use crate::roles::Cast;
use crate::said::{Fault, Said, brief, counted, list};
use crate::table::Cell;
use crate::timeline::Tick;
use crate::words::Words;

/// Latency at the low end of a test, from which on, and below which, only one unit is likely: of
/// services that are scaled by load, few answer within a millisecond, and few take that many
/// seconds while they are idle. Under overload many do, so a median would not tell.
const SURELY_MILLISECONDS: f64 = 20.0;
const SURELY_SECONDS: f64 = 1.0;

/// What is made, and what is said of it.
pub(crate) struct Builder<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) said: Said<'a>,
}

impl Builder<'_> {
    pub(crate) fn build(&mut self, grid: &Grid, cast: &[Cast]) -> Result<LoadTest, Fault> {
        let of = |role: Role| cast.iter().find(|cast| cast.role == role);
        let tasks = of(Role::Tasks).map(|cast| self.tasks(cast)).transpose()?.unwrap_or_default();
        let (times, demand) = self.demand(grid, cast)?;
        let mut latency = self.latency(cast)?;
        let mut timed = cast.iter().filter(|cast| cast.role.is_latency()).peekable();
        if timed.peek().is_some() && timed.all(|cast| cast.aligned.counted) {
            latency.requests.clone_from(&grid.requests);
        }
        let errors = of(Role::Errors).map(|cast| self.errors(cast, &demand)).transpose()?;
        let completed = of(Role::Completed).map(|cast| self.rate(cast)).transpose()?;
        let mut metrics = Vec::new();
        for cast in cast.iter().filter(|cast| cast.role == Role::Metric) {
            metrics.push(metric::metric(cast, self.mapping, &mut self.said)?);
        }
        metric::tell_apart(&mut metrics, cast);
        Ok(LoadTest { times, tasks, demand, latency, errors, completed, metrics })
    }

    /// The times in seconds from the first, and the demand.
    pub(crate) fn demand(
        &mut self,
        grid: &Grid,
        cast: &[Cast],
    ) -> Result<(Vec<f64>, Series), Fault> {
        let first = grid.times.first().copied().into_iter().cycle();
        let times = grid.times.iter().zip(first);
        let times = times.map(|(time, first)| Tick(time.minus(first)).seconds()).collect();
        let demand = cast.iter().find(|cast| cast.role == Role::Demand);
        Ok((times, demand.map(|cast| self.rate(cast)).transpose()?.unwrap_or_default()))
    }

    fn guess(&mut self, cast: &Cast, what: String) {
        self.said.guess(cast.called(), what);
    }

    fn note(&mut self, cast: &Cast, what: String) {
        self.said.note(cast.called(), what);
    }

    /// A role's values; what is negative is a gap.
    fn values(&mut self, cast: &Cast, value: fn(&Cell) -> f64) -> Result<Series, Fault> {
        let cells = &cast.aligned.cells;
        let negative = cells.iter().filter(|cell| cell.has_negative()).count();
        let there = cells.iter().filter(|cell| !cell.is_empty()).count();
        let what = cast.role.meaning();
        if negative * 2 > there {
            let what = format!("most of its values are negative: is it {what}?");
            return Err(Fault::new(cast.called(), what));
        }
        if negative > 0 {
            let values = counted(negative as u64, "value is", "values are");
            self.note(cast, format!("{values} negative and left out"));
        }
        let value = |cell: &Cell| if cell.has_negative() { f64::NAN } else { value(cell) };
        Ok(cells.iter().map(value).collect())
    }

    fn tasks(&mut self, cast: &Cast) -> Result<Series, Fault> {
        let mut tasks = self.values(cast, Cell::steady)?;
        let there = tasks.iter().filter(|tasks| !tasks.is_nan()).count();
        let broken = |tasks: &f64| (tasks - tasks.round()).abs() > 1e-6;
        let some = tasks.iter().filter(|tasks| broken(tasks)).count();
        if some * 2 > there {
            let what =
                "most of its values are no whole numbers: is it the number of running tasks?";
            return Err(Fault::new(cast.called(), what));
        }
        if some > 0 {
            let values = counted(some as u64, "value is", "values are");
            self.note(
                cast,
                format!("{values} not whole, because the number of tasks changed, and left out"),
            );
        }
        tasks.iter_mut().filter(|tasks| broken(tasks)).for_each(|tasks| *tasks = f64::NAN);
        Ok(tasks)
    }

    /// In what a role's values are, by flag, by their source or by name.
    fn measure(
        &mut self,
        cast: &Cast,
        by_name: fn(&Words) -> Option<Measure>,
    ) -> Result<Option<Measure>, Fault> {
        if let Some(told) = self.mapping.measure_of(cast.name(), cast.role)? {
            return Ok(Some(told));
        }
        if let Some(meaning) = cast.meaning.filter(|meaning| meaning.role == cast.role) {
            return Ok(meaning.measure);
        }
        let named = by_name(&Words::of(cast.name()));
        if let Some(measure) = named {
            self.guess(cast, format!("is {}, by its name", measure.words()));
        }
        Ok(named)
    }

    /// Demand or completions in a second.
    fn rate(&mut self, cast: &Cast) -> Result<Series, Fault> {
        let mut values = self.values(cast, Cell::mean)?;
        let measure = match self.measure(cast, Words::rate)? {
            Some(measure) => measure,
            None => {
                self.guess(cast, "is per second, because nothing else is given".to_owned());
                Measure::PerSecond
            }
        };
        scale(&mut values, per_second(cast, measure)?);
        Ok(values)
    }

    fn latency(&mut self, cast: &[Cast]) -> Result<Latency, Fault> {
        let mut all: Vec<(&Cast, Series, Option<Measure>)> = Vec::new();
        for cast in cast.iter().filter(|cast| cast.role.is_latency()) {
            let values = self.values(cast, Cell::mean)?;
            let measure = self.measure(cast, |words| words.time().map(|(measure, _)| measure))?;
            all.push((cast, values, measure));
        }
        let untold = || all.iter().filter(|(_, _, measure)| measure.is_none());
        let smallest = untold().filter_map(|(_, values, _)| tenth(values)).min_by(f64::total_cmp);
        let by_magnitude = match smallest {
            None => None,
            Some(low) if low < SURELY_SECONDS => Some(Measure::Seconds),
            Some(low) if low >= SURELY_MILLISECONDS => Some(Measure::Milliseconds),
            Some(low) => {
                let names = list(untold().map(|(cast, ..)| cast.name()));
                return Err(Fault::new(
                    format!("latency in {names}"),
                    format!(
                        "with {low:.3} at the low end, is it in seconds or in milliseconds? say \
                         so by --unit latency=s or --unit latency=ms"
                    ),
                ));
            }
        };
        let mut latency = Latency::default();
        for (cast, mut values, told) in all {
            let measure = told.or(by_magnitude).unwrap_or(Measure::Seconds);
            if told.is_none() {
                self.guess(cast, format!("is {}, by its magnitude", measure.words()));
            }
            scale(
                &mut values,
                match measure {
                    Measure::Milliseconds => 1e-3,
                    Measure::Microseconds => 1e-6,
                    _ => 1.0,
                },
            );
            self.doubt(cast, &values, measure);
            *match cast.role {
                Role::LatencyP50 => &mut latency.p50,
                Role::LatencyP95 => &mut latency.p95,
                Role::LatencyP99 => &mut latency.p99,
                _ => &mut latency.mean,
            } = Some(values);
        }
        Ok(latency)
    }

    /// Says so where latency is of an unlikely size in the unit that it has by name or by flag.
    fn doubt(&mut self, cast: &Cast, seconds: &[f64], measure: Measure) {
        let Some(median) = median(seconds) else { return };
        let likelier = match measure {
            Measure::Seconds if median > 100.0 => "ms",
            Measure::Milliseconds if median < 5e-5 => "s",
            _ => return,
        };
        self.note(
            cast,
            format!(
                "has a median of {median} s, taken {}; if that is wrong, say --unit latency={likelier}",
                measure.words()
            ),
        );
    }

    /// As a share of demand.
    fn errors(&mut self, cast: &Cast, demand: &[f64]) -> Result<Series, Fault> {
        let mut values = self.values(cast, Cell::mean)?;
        let greatest = values.iter().copied().fold(0.0, f64::max);
        let measure = match self.measure(cast, Words::part)? {
            Some(measure) => measure,
            None if greatest <= 1.0 => {
                self.guess(cast, "is a share of the demand, as it never exceeds 1".to_owned());
                Measure::Share
            }
            None => {
                return Err(Fault::new(
                    cast.called(),
                    format!(
                        "reaches {greatest}: is it in percent of the demand, or a number? say so \
                         by --unit errors=percent, second, minute or sample"
                    ),
                ));
            }
        };
        match measure {
            Measure::Share => {}
            Measure::Percent => scale(&mut values, 0.01),
            _ => {
                scale(&mut values, per_second(cast, measure)?);
                let gap_is_zero = cast.meaning.is_some_and(|meaning| meaning.gap_is_zero);
                for (errors, demand) in values.iter_mut().zip(demand) {
                    if gap_is_zero && errors.is_nan() && !demand.is_nan() {
                        *errors = 0.0;
                    }
                    *errors = if *errors == 0.0 { 0.0 } else { *errors / demand };
                }
            }
        }
        let beyond = values.iter().filter(|share| **share > 1.0).count();
        let some = values.iter().filter(|share| **share > 0.0).count();
        if beyond * 2 > some {
            return Err(Fault::new(
                cast.called(),
                format!(
                    "is beyond 100% of the demand in most of its values, taken {}; say what it \
                     is by --unit errors=share, percent, second, minute or sample",
                    measure.words()
                ),
            ));
        }
        if beyond > 0 {
            let values = counted(beyond as u64, "value is", "values are");
            self.note(cast, format!("{values} beyond 100% of the demand and taken as that"));
        }
        values.iter_mut().filter(|share| **share > 1.0).for_each(|share| *share = 1.0);
        Ok(values)
    }
}

/// The factor to so many a second.
fn per_second(cast: &Cast, measure: Measure) -> Result<f64, Fault> {
    match measure {
        Measure::PerMinute => Ok(1.0 / 60.0),
        Measure::PerSample if cast.aligned.step > 0.0 => Ok(1.0 / cast.aligned.step),
        Measure::PerSample => {
            let unit = cast.role.unit_word();
            let what = format!(
                "counts since the sample before, and there is one sample; give more, or say \
                 --unit {unit}=second"
            );
            Err(Fault::new(format!("column `{}`", brief(cast.name())), what))
        }
        _ => Ok(1.0),
    }
}

fn scale(values: &mut [f64], factor: f64) {
    if factor != 1.0 {
        values.iter_mut().for_each(|value| *value *= factor);
    }
}

/// The median, without gaps.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    quantile(values, |count| count / 2)
}

/// What a tenth of the values are below, without gaps.
fn tenth(values: &[f64]) -> Option<f64> {
    quantile(values, |count| count / 10)
}

fn quantile(values: &[f64], rank: impl Fn(usize) -> usize) -> Option<f64> {
    let mut there: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if there.is_empty() {
        return None;
    }
    let rank = rank(there.len());
    Some(*there.select_nth_unstable_by(rank, f64::total_cmp).1)
}
