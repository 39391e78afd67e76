//! The checks of one metric: whether it follows demand, and halves with twice the tasks.

mod counts;
mod doubling;
mod drift;
mod flat;
mod law;

use load_test::{Kind, LoadTest, Metric};

pub(crate) use doubling::MORE;
use drift::{climbed, drift, kept};

use crate::advice::{Assessment, Correlation, Fit, Plateau, Rejection};
use crate::knee::Run;
use crate::settings::Runtime;
use crate::stats::{linear, rank, smooth_at, t_probability};

/// A metric at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    /// Demand of all tasks.
    pub demand: f64,
    /// Running tasks.
    pub tasks: f64,
    /// The metric, divided by the tasks if it is a raw count.
    pub value: f64,
    /// The standard error of the value.
    pub error: f64,
}

impl Point {
    pub(crate) fn per_task(&self) -> f64 {
        self.demand / self.tasks
    }
}

/// The findings about the whole test.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub test: &'a LoadTest,
    pub plateaus: &'a [Plateau],
    pub runs: &'a [Run<'a>],
    /// Demand per task at which the objective breaks.
    pub knee: f64,
    pub runtime: Runtime,
    /// Limit of the response times, in seconds.
    pub limit: Option<f64>,
}

/// A metric's points, one list for each number of tasks, in the order of demand.
#[derive(Debug, Clone)]
pub(crate) struct Points {
    /// Every level with a value.
    pub runs: Vec<Vec<Point>>,
    /// Those at which the objective holds.
    pub good: Vec<Vec<Point>>,
}

impl Scene<'_> {
    /// The points of the metric `index`, divided by the tasks if `per_task`.
    pub(crate) fn points(&self, index: usize, per_task: bool) -> Points {
        let point = |level: &&Plateau| {
            let by = if per_task { level.tasks } else { 1.0 };
            let metric = level.metric(index)?;
            Some(Point {
                demand: level.demand,
                tasks: level.tasks,
                value: metric.value / by,
                error: metric.error / by,
            })
        };
        let of = |levels: &[&Plateau]| levels.iter().filter_map(point).collect();
        Points {
            runs: self.runs.iter().map(|run| of(&run.levels)).collect(),
            good: self.runs.iter().map(|run| of(run.good_levels())).collect(),
        }
    }
}

impl Points {
    /// The correlation with demand, in the series with the most levels. A metric that collapses
    /// once the objective breaks, such as throughput, has followed demand up to there. A queue
    /// begins to grow there.
    fn correlation(&self) -> Option<Correlation> {
        let good = longest(&self.good).and_then(correlation);
        let all = longest(&self.runs).and_then(correlation);
        good.into_iter().chain(all).max_by(|one, other| one.rank.value.total_cmp(&other.rank.value))
    }

    /// The metric against the demand of one task, all runs together.
    fn by_demand(&self) -> Vec<(f64, f64)> {
        self.runs.iter().flatten().map(|point| (point.per_task(), point.value)).collect()
    }

    /// Likewise, for the levels at which the objective holds. Beyond them the metric bends.
    pub(crate) fn good_by_demand(&self) -> Vec<(f64, f64)> {
        self.good.iter().flatten().map(|point| (point.per_task(), point.value)).collect()
    }
}

/// The share of the levels at which a metric needs values.
const COVERED: f64 = 0.6;

/// The smallest rank correlation of a metric that follows demand, and the largest probability that
/// it arises by chance.
const FOLLOWS: (f64, f64) = (0.7, 0.1);

/// The largest share of a metric that may remain with twice the tasks. Ideal is 0.5. At 0.75, the
/// metric shows only half of the effect of the added tasks.
const HALVES: f64 = 0.7;

/// A metric leaks if it rises at constant demand by more than this share of its whole range.
const LEAKS: f64 = 0.4;

/// Memory is not released if more than this share of it remains after demand falls far.
const KEPT: f64 = 0.85;

/// Memory has not leaked if it falls to this share of its level with demand.
const COMES_DOWN: f64 = 0.65;

/// The share of the variance of a metric that its law must explain for its rises to be chance.
const EXPLAINED: f64 = 0.9;

/// A metric is constant if the range of its levels is below this share of their average.
const CONSTANT: f64 = 0.1;

/// Assesses the metric `index`.
pub(crate) fn assess(scene: &Scene<'_>, index: usize, metric: &Metric) -> Assessment {
    let per_task = counts::is_total(metric, &scene.points(index, false), scene.knee);
    let points = scene.points(index, per_task);
    let mut assessed = Assessment {
        metric: metric.name.clone(),
        kind: metric.kind,
        unit: metric.unit,
        source: metric.source.clone(),
        per_task,
        correlation: points.correlation(),
        law: law::fit(&points),
        doubling: doubling::doubling(&points, scene.knee),
        highest: points.by_demand().into_iter().map(|point| point.1).max_by(f64::total_cmp),
        saturation: points.runs.iter().find_map(|run| flat::saturation(run)),
        drift: drift(scene, index),
        at_knee: smooth_at(&points.by_demand(), scene.knee),
        verdict: Fit::Suitable("follows demand and halves with twice the tasks".to_owned()),
    };
    if let Some(rejection) = rejection(scene, index, &points, &assessed) {
        assessed.verdict = Fit::Rejected(rejection);
    }
    assessed
}

/// Among equals, the one with the fewest tasks.
fn longest(runs: &[Vec<Point>]) -> Option<&[Point]> {
    runs.iter().rev().max_by_key(|run| run.len()).map(Vec::as_slice)
}

fn correlation(run: &[Point]) -> Option<Correlation> {
    let pairs: Vec<(f64, f64)> = run.iter().map(|point| (point.demand, point.value)).collect();
    let (rank, linear) = rank(&pairs).zip(linear(&pairs))?;
    let freedom = pairs.len() as f64 - 2.0;
    let rest = (1.0 - rank.value.powi(2)).max(1e-9);
    let p = t_probability(rank.value * (freedom / rest).sqrt(), freedom);
    Some(Correlation { rank, linear, p })
}

/// Why the metric is not suitable, independently of the others.
fn rejection(
    scene: &Scene<'_>,
    index: usize,
    points: &Points,
    assessed: &Assessment,
) -> Option<Rejection> {
    let values: Vec<f64> = points.runs.iter().flatten().map(|point| point.value).collect();
    if matches!(assessed.kind, Kind::Latency | Kind::Errors) {
        return Some(Rejection::Outcome);
    }
    if (values.len() as f64) < COVERED * scene.plateaus.len() as f64 {
        return Some(Rejection::Gaps { levels: values.len() });
    }
    if let Some(value) = longest(&points.runs).and_then(constant) {
        return Some(Rejection::Constant { value });
    }
    let managed = scene.runtime != Runtime::Native && assessed.kind == Kind::Memory;
    if managed || matches!(assessed.kind, Kind::Heap | Kind::Collection) {
        return Some(Rejection::Collected);
    }
    if assessed.kind == Kind::Memory
        && let Some(rejection) = not_released(scene, index, assessed)
    {
        return Some(rejection);
    }
    let follows = |found: &Correlation| found.rank.value >= FOLLOWS.0 && found.p <= FOLLOWS.1;
    if !assessed.correlation.as_ref().is_some_and(follows) {
        let rank = assessed.correlation.map_or(0.0, |found| found.rank.value);
        return Some(Rejection::Uncorrelated { rank });
    }
    match assessed.doubling {
        None => Some(Rejection::NotDoubled),
        Some(doubling) if !assessed.halves() => {
            Some(Rejection::NotProportional { ratio: doubling.ratio.value })
        }
        Some(_) => None,
    }
}

/// Whether memory rises at constant demand, or stays when demand falls. Memory that falls does
/// neither, nor does memory that demand and tasks explain in both series.
fn not_released(scene: &Scene<'_>, index: usize, assessed: &Assessment) -> Option<Rejection> {
    let kept = kept(scene.plateaus, index);
    if let Some(drift) = assessed.drift
        && drift.low > 0.0
        && climbed(scene, index, drift.value) > LEAKS
        && kept.is_none_or(|kept| kept > COMES_DOWN)
        && !assessed.law.is_some_and(|law| law.r_squared > EXPLAINED && assessed.halves())
    {
        return Some(Rejection::Leaks { per_hour: drift.value });
    }
    kept.filter(|kept| *kept > KEPT).map(|kept| Rejection::NotReleased { kept })
}

/// The value of a metric that is almost constant at any demand.
fn constant(run: &[Point]) -> Option<f64> {
    let values = || run.iter().map(|point| point.value);
    let mean = values().sum::<f64>() / run.len().max(1) as f64;
    let range = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
    (range <= CONSTANT * mean.abs()).then_some(mean)
}

/// The largest distance from a half, and from the exponents 1 and -1, for target tracking. It
/// assumes that the metric is inversely proportional to capacity:
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>.
const PROPORTIONAL: f64 = 0.25;

impl Assessment {
    /// Whether little more than half of it remains with twice the tasks.
    pub(crate) fn halves(&self) -> bool {
        self.doubling.is_some_and(|found| found.ratio.value <= HALVES)
    }

    /// Whether it is proportional enough for target tracking. Otherwise, it needs step scaling.
    pub(crate) fn is_proportional(&self) -> bool {
        let near = |found: f64, ideal: f64| (found - ideal).abs() <= PROPORTIONAL;
        let halves = self.doubling.is_some_and(|found| near(found.ratio.value, 0.5));
        halves && self.law.is_some_and(|law| near(law.demand.value, 1.0))
    }
}
