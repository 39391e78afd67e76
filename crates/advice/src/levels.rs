//! The measurements at each level, and whether the objective holds there.

use load_test::{LoadTest, Metric, Quantile, Series};

use crate::advice::{Level, Plateau};
use crate::plateau::Stretch;
use crate::settings::Objective;
use crate::stats::{average, without_outliers};

/// The limit of response times, as a multiple of the reference, if none was given.
const DEFAULT_FACTOR: f64 = 3.0;

/// The largest value of a measurement. Sums of its squares are still finite.
const LARGEST: f64 = 1e100;

/// `test` without outliers and impossible values: negative demand and response times, and less than
/// one task.
pub(crate) fn cleaned(test: &LoadTest) -> LoadTest {
    let mut clean = test.clone();
    if let Some(errors) = &mut clean.errors {
        keep(errors, |errors| (0.0..LARGEST).contains(&errors));
    }
    keep(&mut clean.tasks, |tasks| (1.0..LARGEST).contains(&tasks));
    let demand = std::iter::once(&mut clean.demand);
    for series in clean.latency.all_mut().chain(&mut clean.completed).chain(demand) {
        keep(series, |value| (0.0..LARGEST).contains(&value));
        *series = without_outliers(series);
    }
    for metric in &mut clean.metrics {
        keep(&mut metric.values, |value| value.abs() < LARGEST);
        metric.values = without_outliers(&metric.values);
    }
    clean
}

fn keep(series: &mut Series, likely: impl Fn(f64) -> bool) {
    for value in series.iter_mut().filter(|value| !likely(**value)) {
        *value = f64::NAN;
    }
}

/// The statistic of response times in the objective, and its limit, which is `None` if it has to be
/// guessed. `None` if no response time was recorded.
pub(crate) fn watched(
    test: &LoadTest,
    given: Option<(Quantile, f64)>,
) -> Option<(Quantile, Option<f64>)> {
    match given {
        Some((quantile, limit)) => test.latency.of(quantile).map(|_| (quantile, Some(limit))),
        None => [Quantile::P95, Quantile::P99, Quantile::Mean, Quantile::P50]
            .into_iter()
            .find(|quantile| test.latency.of(*quantile).is_some())
            .map(|quantile| (quantile, None)),
    }
}

/// The levels, from the samples that `picked` selects for each of them. They are not yet compared with
/// the objective.
pub(crate) fn levels(
    test: &LoadTest,
    stretches: &[Stretch],
    quantile: Option<Quantile>,
    picked: &mut dyn FnMut(&Stretch) -> Vec<usize>,
) -> Vec<Plateau> {
    stretches
        .iter()
        .filter_map(|stretch| {
            let picked = picked(stretch);
            let values = |series: &Series| -> Vec<f64> {
                picked.iter().filter_map(|at| series.get(*at).copied()).collect()
            };
            let value = |series: &Series| average(&values(series)).map(|average| average.value);
            let level = |(metric, climb): (&Metric, &Option<f64>)| {
                let average = average(&values(&metric.values))?;
                Some(Level { value: average.value, error: average.error, climb: *climb })
            };
            let latency = |quantile: Quantile| {
                let requests = test.latency.over(quantile, &picked);
                requests.or_else(|| test.latency.of(quantile).and_then(value))
            };
            Some(Plateau {
                from: stretch.from,
                steady_from: stretch.steady_from,
                to: stretch.to,
                tasks: stretch.tasks,
                demand: value(&test.demand).filter(|demand| *demand > 0.0)?,
                latency: quantile.and_then(latency),
                mean_latency: latency(Quantile::Mean),
                errors: test.errors.as_ref().and_then(value),
                completed: test.completed.as_ref().and_then(value),
                shortfall: test
                    .completed
                    .as_ref()
                    .and_then(|completed| shortfall(&values(&test.demand), &values(completed))),
                good: false,
                metrics: test.metrics.iter().zip(&stretch.climbs).map(level).collect(),
            })
        })
        .collect()
}

/// The share of `demand` that is significantly missing in `completed`, beyond random arrivals and
/// inexact counts.
fn shortfall(demand: &[f64], completed: &[f64]) -> Option<f64> {
    let missing: Vec<f64> = demand.iter().zip(completed).map(|(came, done)| came - done).collect();
    let missing = average(&missing)?;
    Some((missing.value - 2.0 * missing.error).max(0.0) / average(demand)?.value)
}

/// Compares each level with the objective. The limit of response times is the given one, or else a
/// multiple of the reference.
pub(crate) fn hold(
    plateaus: &mut [Plateau],
    objective: &Objective,
    given: Option<f64>,
) -> Option<f64> {
    let limit = given.or_else(|| Some(DEFAULT_FACTOR * reference(plateaus, objective)?.latency?));
    for plateau in plateaus {
        let slow = plateau.latency.zip(limit).is_some_and(|(latency, limit)| latency > limit);
        plateau.good = !slow && plateau.serves(objective);
    }
    limit
}

/// The reference level: the lowest one with a known response time that holds by its errors and
/// completions. The response times of a failing level do not describe the service.
pub(crate) fn reference<'a>(plateaus: &'a [Plateau], objective: &Objective) -> Option<&'a Plateau> {
    let holds = |level: &&Plateau| level.latency.is_some() && level.serves(objective);
    let levels = plateaus.iter().filter(holds);
    levels.min_by(|one, other| one.per_task().total_cmp(&other.per_task()))
}

impl Plateau {
    /// Requests or jobs per second and task.
    pub fn per_task(&self) -> f64 {
        self.demand / self.tasks
    }

    /// The level of the metric `index`, if it has a value here.
    pub(crate) fn metric(&self, index: usize) -> Option<Level> {
        self.metrics.get(index).copied().flatten()
    }

    /// Whether neither errors nor completions break the objective, as far as they are known.
    fn serves(&self, objective: &Objective) -> bool {
        let failing = self.errors.is_some_and(|errors| errors > objective.errors);
        !failing && !self.behind(objective.completed)
    }

    /// Whether it is known if the objective holds here.
    pub(crate) const fn is_judged(&self) -> bool {
        self.latency.is_some() || self.errors.is_some() || self.shortfall.is_some()
    }

    /// Whether less than the share `completed` of its demand is completed.
    pub(crate) fn behind(&self, completed: f64) -> bool {
        self.shortfall.is_some_and(|shortfall| shortfall > 1.0 - completed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knee::tests::mm1;
    use crate::plateau::steady;

    const OBJECTIVE: Objective = Objective { latency: None, errors: 0.01, completed: 0.95 };

    /// What `change` makes of the lowest of four levels, held without a limit: the limit, and which
    /// of them are good.
    fn held(change: fn(Plateau) -> Plateau) -> (f64, Vec<bool>) {
        let mut levels = [10.0, 20.0, 40.0, 95.0].map(|demand| mm1(1.0, demand));
        levels[0] = change(levels[0].clone());
        let limit = hold(&mut levels, &OBJECTIVE, None).unwrap();
        (limit, levels.iter().map(|level| level.good).collect())
    }

    fn test(latency: f64, errors: f64, completed: f64) -> LoadTest {
        let all = |value: f64| vec![value; 30];
        let mut test = LoadTest {
            times: (0..30).map(|at| 10.0 * f64::from(at)).collect(),
            tasks: all(2.0),
            demand: all(50.0),
            errors: Some(all(errors)),
            completed: Some(all(completed)),
            ..LoadTest::default()
        };
        test.latency.p95 = Some(all(latency));
        test
    }

    fn good(test: &LoadTest) -> bool {
        let objective = Objective { latency: None, errors: 0.01, completed: 0.95 };
        let mut pick = |stretch: &Stretch| stretch.samples.clone().collect();
        let mut levels = levels(test, &steady(test).stretches, Some(Quantile::P95), &mut pick);
        assert_eq!(hold(&mut levels, &objective, Some(0.5)), Some(0.5));
        levels[0].good
    }

    #[test]
    fn response_times_errors_and_completions_each_break_the_objective() {
        assert!(good(&test(0.4, 0.0, 50.0)));
        assert!(!good(&test(0.6, 0.0, 50.0)));
        assert!(!good(&test(0.4, 0.02, 50.0)));
        assert!(!good(&test(0.4, 0.0, 45.0)));
    }

    #[test]
    fn the_default_limit_is_three_times_the_reference() {
        let test = test(0.1, 0.0, 50.0);
        let mut pick = |stretch: &Stretch| stretch.samples.clone().collect();
        let mut levels = levels(&test, &steady(&test).stretches, Some(Quantile::P95), &mut pick);
        let objective = Objective { latency: None, errors: 0.01, completed: 0.95 };
        let limit = hold(&mut levels, &objective, None).unwrap();
        assert!((limit - 0.3).abs() < 1e-9);
    }

    #[test]
    fn a_level_without_answers_is_broken_and_not_the_reference() {
        let (limit, good) = held(|level| Plateau {
            latency: None,
            errors: Some(1.0),
            shortfall: Some(1.0),
            ..level
        });
        assert!((limit - 3.0 * 0.01 / 0.8).abs() < 1e-9, "{limit}");
        assert_eq!(good, [false, true, true, false]);
    }

    #[test]
    fn a_level_that_fails_fast_or_falls_behind_is_not_the_reference() {
        for change in [
            |level| Plateau { latency: Some(1e-4), errors: Some(0.5), ..level },
            |level| Plateau { latency: Some(1e-4), shortfall: Some(0.5), ..level },
        ] {
            let (limit, good) = held(change);
            assert!((limit - 3.0 * 0.01 / 0.8).abs() < 1e-9, "{limit}");
            assert_eq!(good, [false, true, true, false]);
        }
    }

    #[test]
    fn a_level_of_unknown_latency_is_not_the_reference() {
        let (limit, good) = held(|level| Plateau { latency: None, ..level });
        assert!((limit - 3.0 * 0.01 / 0.8).abs() < 1e-9, "{limit}");
        assert_eq!(good, [true, true, true, false], "by its errors and completions");
    }

    #[test]
    fn without_a_level_that_holds_there_is_no_limit() {
        let mut levels = [10.0, 95.0].map(|d| Plateau { errors: Some(0.5), ..mm1(1.0, d) });
        assert_eq!(hold(&mut levels, &OBJECTIVE, None), None);
        assert!(levels.iter().all(|level| !level.good));
    }

    #[test]
    fn a_level_is_judged_by_anything_that_is_known() {
        let none = Plateau {
            latency: None,
            errors: None,
            completed: None,
            shortfall: None,
            ..mm1(1.0, 5.0)
        };
        assert!(!none.is_judged());
        assert!(Plateau { latency: Some(0.1), ..none.clone() }.is_judged());
        assert!(Plateau { errors: Some(0.0), ..none.clone() }.is_judged());
        assert!(Plateau { shortfall: Some(0.0), ..none }.is_judged());
    }

    #[test]
    fn only_the_given_statistic_is_used() {
        let test = test(0.1, 0.0, 50.0);
        assert_eq!(watched(&test, None), Some((Quantile::P95, None)));
        assert_eq!(watched(&test, Some((Quantile::P99, 1.0))), None);
    }
}
