//! The analysis: from a load test to the advice.

use load_test::{Kind, LoadTest, Quantile};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::advice::{
    Advice, Assessment, Confidence, Headroom, Interval, Knee, Missing, Plateau, Recommendation,
    Verdict,
};
use crate::assess::{Scene, assess};
use crate::choose::{Choice, at_objective, choose};
use crate::headroom::headroom;
use crate::knee::{growth, knee, runs};
use crate::levels::{cleaned, hold, levels, reference, watched};
use crate::missing;
use crate::notes::notes;
use crate::plateau::{Steady, Stretch, steady};
use crate::runtime::runtime;
use crate::settings::{Objective, Runtime, Settings};
use crate::stats::smooth_at;

/// Recommends the metric of `test` to scale on. `progress` gets the number of resampled tests that
/// are done, and their total.
pub fn advise(
    test: &LoadTest,
    settings: &Settings,
    progress: &mut dyn FnMut(usize, usize),
) -> Advice {
    let analysis = Analysis::of(cleaned(test), settings);
    let found = analysis.conclude(&mut |stretch| stretch.samples.clone().collect());
    let low = low_load(&analysis.test, &analysis.steady, &settings.objective);
    let verdict = match &found.choice {
        Err(missing) => Verdict::NotEnoughData { missing: missing.clone() },
        Ok(Chosen { choice: Choice { metric: Err((because, measure_next)), .. }, .. }) => {
            Verdict::NoneSuitable { because: because.clone(), measure_next: measure_next.clone() }
        }
        Ok(Chosen { target: Some(target), .. }) => {
            Verdict::Recommended(analysis.resampled(target, &found.assessed, progress))
        }
        Ok(_) => Verdict::NotEnoughData { missing: vec![Missing::Objective] },
    };
    Advice {
        pattern: found.choice.ok().and_then(|chosen| chosen.choice.pattern),
        runtime: analysis.runtime,
        objective: analysis.quantile.zip(found.limit),
        objective_guessed: analysis.given.is_none(),
        notes: notes(&found.plateaus, found.knee.as_ref(), &found.assessed, low, &verdict),
        plateaus: found.plateaus,
        knee: found.knee,
        metrics: found.assessed,
        settings: settings.clone(),
        verdict,
    }
}

/// The parts of the analysis that do not depend on the resampling.
struct Analysis<'a> {
    test: LoadTest,
    settings: &'a Settings,
    runtime: Runtime,
    /// The statistic of response times in the objective.
    quantile: Option<Quantile>,
    /// Its limit in seconds, if one was given.
    given: Option<f64>,
    steady: Steady,
}

/// The result of one draw of the samples.
struct Found {
    plateaus: Vec<Plateau>,
    limit: Option<f64>,
    knee: Option<Knee>,
    assessed: Vec<Assessment>,
    choice: Result<Chosen, Vec<Missing>>,
}

struct Chosen {
    choice: Choice,
    target: Option<Target>,
}

/// A metric and its target.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Target {
    index: usize,
    value: f64,
    at_knee: f64,
    headroom: Headroom,
}

impl<'a> Analysis<'a> {
    fn of(test: LoadTest, settings: &'a Settings) -> Self {
        let watched = watched(&test, settings.objective.latency);
        let steady = steady(&test);
        Self {
            settings,
            runtime: runtime(&test, settings.runtime),
            quantile: watched.map(|watched| watched.0),
            given: watched.and_then(|watched| watched.1),
            steady,
            test,
        }
    }

    fn conclude(&self, picked: &mut dyn FnMut(&Stretch) -> Vec<usize>) -> Found {
        let objective = &self.settings.objective;
        let mut plateaus = levels(&self.test, &self.steady.stretches, self.quantile, picked);
        // A level without errors, completions and response times cannot be judged.
        if plateaus.iter().any(Plateau::is_judged) {
            plateaus.retain(Plateau::is_judged);
        }
        let limit = hold(&mut plateaus, objective, self.given);
        let runs = runs(&plateaus);
        let knee = knee(&runs, objective, limit);
        let mut missing = missing::before_levels(&self.test, self.quantile.is_some());
        if missing.is_empty() {
            missing = missing::among_levels(self.steady.ramps, &runs);
        }
        // Without a knee, the metrics are assessed up to the highest level.
        let highest = plateaus.iter().map(Plateau::per_task).fold(0.0, f64::max);
        let scene = Scene {
            test: &self.test,
            plateaus: &plateaus,
            runs: &runs,
            knee: knee.as_ref().map_or(highest, |knee| knee.per_task.value),
            runtime: self.runtime,
            limit,
        };
        let metrics = self.test.metrics.iter().enumerate();
        let mut assessed: Vec<Assessment> =
            metrics.map(|(at, metric)| assess(&scene, at, metric)).collect();
        let choice = if missing.is_empty() {
            let choice = choose(&scene, &mut assessed, growth(&runs, objective, limit));
            let chosen = choice.metric.as_ref().ok();
            let target = chosen.and_then(|index| self.target(&scene, *index, &assessed));
            Ok(Chosen { choice, target })
        } else {
            Err(missing)
        };
        Found { limit, knee, assessed, choice, plateaus }
    }

    /// The metric at the knee's demand less headroom. A queue is empty below the knee, so its
    /// target is a share of its length at the knee.
    fn target(&self, scene: &Scene<'_>, index: usize, assessed: &[Assessment]) -> Option<Target> {
        let one = assessed.get(index)?;
        let headroom = headroom(self.settings, scene.plateaus, scene.knee);
        let free = 1.0 - headroom.share;
        let waits = matches!(one.kind, Kind::Queue | Kind::Lag);
        let at_knee = match self.quantile.filter(|_| waits) {
            Some(quantile) => at_objective(scene, index, one.per_task, quantile).or(one.at_knee),
            None => one.at_knee,
        }?;
        let points = scene.points(index, one.per_task);
        let value = if waits {
            free * at_knee
        } else {
            smooth_at(&points.good_by_demand(), free * scene.knee)?
        };
        Some(Target { index, value, at_knee, headroom })
    }

    /// The recommendation with its confidence, from tests whose samples are resampled within each
    /// level.
    fn resampled(
        &self,
        target: &Target,
        assessed: &[Assessment],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Recommendation {
        let resamples = self.settings.resamples;
        let mut random = StdRng::seed_from_u64(self.settings.seed);
        let mut targets = Vec::new();
        for done in 1..=resamples {
            let drawn = self.conclude(&mut |stretch| {
                let any = |_| random.random_range(stretch.samples.clone());
                stretch.samples.clone().map(any).collect()
            });
            let drawn = drawn.choice.ok().and_then(|chosen| chosen.target);
            targets
                .extend(drawn.filter(|drawn| drawn.index == target.index).map(|drawn| drawn.value));
            progress(done, resamples);
        }
        let one = assessed.get(target.index);
        Recommendation {
            metric: one.map(|one| one.metric.clone()).unwrap_or_default(),
            index: target.index,
            per_task: one.is_some_and(|one| one.per_task),
            target: Interval::of_draws(target.value, &targets),
            at_knee: target.at_knee,
            headroom: target.headroom,
            proportional: one.is_some_and(Assessment::is_proportional),
            confidence: Confidence {
                agreed: targets.len() as f64 / resamples.max(1) as f64,
                resamples,
            },
        }
    }
}

/// Average and p95 of the response times at the reference level, in seconds.
fn low_load(test: &LoadTest, steady: &Steady, objective: &Objective) -> Option<(f64, f64)> {
    let mut all = |stretch: &Stretch| stretch.samples.clone().collect();
    let levels = levels(test, &steady.stretches, Some(Quantile::P95), &mut all);
    let reference = reference(&levels, objective)?;
    reference.mean_latency.zip(reference.latency)
}
