//! What was measured at each level, and whether the objective holds there.

use load_test::{LoadTest, Metric, Quantile, Series};

use crate::advice::{Level, Plateau};
use crate::plateau::Stretch;
use crate::settings::Objective;
use crate::stats::{average, without_outliers};

/// How many times the lowest level's response time breaks an objective that nobody told.
const UNTOLD: f64 = 3.0;

/// Nothing that is measured is larger; sums of its squares are still numbers.
const LARGEST: f64 = 1e100;

/// `test` without outliers, and without what nothing can be: demand and response times below zero,
/// tasks of less than one.
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

/// The statistic of response times that is watched, and what it may be: as told, or `None` for the limit
/// where it is to be guessed. `None` where no response time was recorded.
pub(crate) fn watched(
    test: &LoadTest,
    told: Option<(Quantile, f64)>,
) -> Option<(Quantile, Option<f64>)> {
    match told {
        Some((quantile, limit)) => test.latency.of(quantile).map(|_| (quantile, Some(limit))),
        None => [Quantile::P95, Quantile::P99, Quantile::Mean, Quantile::P50]
            .into_iter()
            .find(|quantile| test.latency.of(*quantile).is_some())
            .map(|quantile| (quantile, None)),
    }
}

/// The levels of the samples that `picked` says for each stretch, none of them held against the
/// objective yet.
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

/// The share of `demand` that is surely missing among what is `completed`. What arrives by chance, and
/// what is counted inexactly, is not missing.
fn shortfall(demand: &[f64], completed: &[f64]) -> Option<f64> {
    let missing: Vec<f64> = demand.iter().zip(completed).map(|(came, done)| came - done).collect();
    let missing = average(&missing)?;
    Some((missing.value - 2.0 * missing.error).max(0.0) / average(demand)?.value)
}

/// Hold each level against the objective. The limit of response times: as told, else a multiple
/// of the lowest level's.
pub(crate) fn hold(
    plateaus: &mut [Plateau],
    objective: &Objective,
    told: Option<f64>,
) -> Option<f64> {
    let lowest = || {
        let timed = plateaus.iter().filter(|plateau| plateau.latency.is_some());
        timed.min_by(|one, other| one.per_task().total_cmp(&other.per_task()))
    };
    let limit = told.or_else(|| Some(UNTOLD * lowest()?.latency?));
    for plateau in plateaus {
        let slow = plateau.latency.zip(limit).is_some_and(|(latency, limit)| latency > limit);
        let failing = plateau.errors.is_some_and(|errors| errors > objective.errors);
        plateau.good = !(slow || failing || plateau.behind(objective.completed));
    }
    limit
}

impl Plateau {
    /// Requests or jobs a second for each task.
    pub fn per_task(&self) -> f64 {
        self.demand / self.tasks
    }

    /// The level of the metric `index`, if it has a value here.
    pub(crate) fn metric(&self, index: usize) -> Option<Level> {
        self.metrics.get(index).copied().flatten()
    }

    /// Whether less than the share `completed` of its demand is completed.
    pub(crate) fn behind(&self, completed: f64) -> bool {
        self.shortfall.is_some_and(|shortfall| shortfall > 1.0 - completed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plateau::steady;

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
    fn an_untold_limit_is_three_times_the_lowest_level() {
        let test = test(0.1, 0.0, 50.0);
        let mut pick = |stretch: &Stretch| stretch.samples.clone().collect();
        let mut levels = levels(&test, &steady(&test).stretches, Some(Quantile::P95), &mut pick);
        let objective = Objective { latency: None, errors: 0.01, completed: 0.95 };
        let limit = hold(&mut levels, &objective, None).unwrap();
        assert!((limit - 0.3).abs() < 1e-9);
    }

    #[test]
    fn the_statistic_told_is_watched_or_none() {
        let test = test(0.1, 0.0, 50.0);
        assert_eq!(watched(&test, None), Some((Quantile::P95, None)));
        assert_eq!(watched(&test, Some((Quantile::P99, 1.0))), None);
    }
}
