//! A load test whose right answer is known, from a seed.

use advice::load_test::LoadTest;
use advice::settings::{Objective, Quantile, Runtime, Settings};
use rand::SeedableRng as _;

use crate::models::{Draft, Draw as _, Model, Promise, distract};
use crate::plan::{Frame, Plan};
use crate::record::{Disturbance, record};
use crate::service::Random;
use crate::steady::Steady;
use crate::truth::Truth;

/// One of the bench's tests.
#[derive(Debug, Clone)]
pub struct Case {
    /// The kind of service.
    pub model: Model,
    /// Which of its variants.
    pub variant: &'static str,
    /// From what all of it was drawn.
    pub seed: u64,
    /// What is true of the service, and what should be said of it.
    pub truth: Truth,
    /// How it was tested.
    pub plan: Plan,
    /// What the advisor is told.
    pub settings: Settings,
    /// What it sees.
    pub test: LoadTest,
}

impl Case {
    /// The one of that seed; successive seeds take the variants in turn.
    pub fn draw(model: Model, seed: u64) -> Self {
        let mut random = Random::seed_from_u64(seed ^ ((model as u64) << 32));
        let random = &mut random;
        let variants = model.variants();
        let index = (seed % variants.len() as u64) as usize;
        let mut draft = model.draft(index, random);
        distract(&mut draft.service, random);
        let (tasks, more_tasks) = sizes(random);
        let quantile = if random.chance(0.7) { Quantile::P95 } else { Quantile::Mean };
        let limit = (quantile, draft.limit(tasks, quantile));
        let settings = settings(limit, random);
        let truth = Truth::of(&draft, tasks, limit, &settings);
        let frame = Frame { tasks, more_tasks, knee: truth.knee, layout: draft.service.layout };
        let plan = Plan::draw(&frame, model, random);
        let test = record(&draft.service, &plan, &Disturbance::draw(random), random);
        let variant = variants.get(index).copied().unwrap_or_default();
        Self { model, variant, seed, truth, plan, settings, test }
    }
}

impl Draft {
    /// The promise in seconds.
    fn limit(&self, tasks: usize, quantile: Quantile) -> f64 {
        match self.promise {
            Promise::Seconds(seconds) => seconds,
            Promise::Stretch(times) => times * Steady::new(&self.service, tasks).at_rest(quantile),
        }
    }
}

/// How many tasks the two runs have.
fn sizes(random: &mut Random) -> (usize, usize) {
    match random.whole(0, 9) {
        0 | 1 => random.pick(&[(2, 3), (4, 6)]),
        2 => random.pick(&[(1, 3), (2, 6)]),
        _ => random.pick(&[(1, 2), (2, 4), (3, 6), (4, 8)]),
    }
}

fn settings(limit: (Quantile, f64), random: &mut Random) -> Settings {
    Settings {
        objective: Objective { latency: Some(limit), errors: 0.01, completed: 0.95 },
        start_up: random.between(20.0, 180.0).round(),
        reaction: random.between(60.0, 240.0).round(),
        ramp: Some(random.between(0.02, 0.3)),
        runtime: Runtime::Guess,
        seed: 1,
    }
}
