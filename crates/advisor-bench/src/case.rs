//! A load test with a known right answer, drawn from a random seed.

use advice::settings::Settings;
use load_test::{LoadTest, Quantile};
use rand::SeedableRng as _;

use crate::fault::Fault;
use crate::models::{Draft, Draw as _, Model, ResponseLimit, distract};
use crate::plan::{Frame, Plan};
use crate::record::{Disturbance, record};
use crate::service::Random;
use crate::steady::Steady;
use crate::truth::Truth;

/// What the advisor is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// A sound test of a service.
    Service(Model),
    /// A faulty test of one.
    Fault(Fault),
}

/// One of the bench's tests.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it asks.
    pub question: Question,
    /// The kind of service.
    pub model: Model,
    /// Which of its variants.
    pub variant: &'static str,
    /// From what all of it was drawn.
    pub seed: u64,
    /// The properties of the service, and the right answer.
    pub truth: Truth,
    /// How it was tested.
    pub plan: Plan,
    /// The settings that the advisor gets.
    pub settings: Settings,
    /// What it sees.
    pub test: LoadTest,
}

/// Of so many tests, one is faulty.
const FAULTY: u64 = 6;

/// Share of the tests without a given limit of response times.
const NO_LIMIT: f64 = 0.15;

/// The limit without a given one, as a multiple of the response time at the lowest level.
const DEFAULT_STRETCH: f64 = 3.0;

impl Question {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let services = Model::ALL.into_iter().map(Self::Service);
        services.chain(Fault::ALL.into_iter().map(Self::Fault))
    }

    /// What the bench's test of that number asks, and with which seed: services in turn, and
    /// faults in turn between them.
    pub fn of(number: u64) -> (Self, u64) {
        let turn = |all: usize, number: u64| ((number % all as u64) as usize, number / all as u64);
        let faults = number / FAULTY;
        if number % FAULTY == FAULTY - 1 {
            let (index, seed) = turn(Fault::ALL.len(), faults);
            let fault = Fault::ALL.get(index).copied().unwrap_or(Fault::NoDoubling);
            (Self::Fault(fault), seed)
        } else {
            let (index, seed) = turn(Model::ALL.len(), number - faults);
            let model = Model::ALL.get(index).copied().unwrap_or(Model::Cpu);
            (Self::Service(model), seed)
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Service(model) => model.name(),
            Self::Fault(fault) => fault.name(),
        }
    }
}

impl Case {
    /// The one of that seed; successive seeds take the variants in turn.
    pub fn draw(question: Question, seed: u64) -> Self {
        let place = Question::all().position(|other| other == question).unwrap_or_default();
        let mut random = Random::seed_from_u64(seed ^ ((place as u64) << 32));
        let random = &mut random;
        let (model, fault) = match question {
            Question::Service(model) => (model, None),
            Question::Fault(fault) => (Fault::model(random), Some(fault)),
        };
        let variants = model.variants();
        let index = (seed % variants.len() as u64) as usize;
        let mut draft = model.draft(index, random);
        distract(&mut draft.service, random);
        let (tasks, more_tasks) = sizes(random);
        let given = fault.is_some() || model == Model::Jobs || !random.chance(NO_LIMIT);
        if !given {
            draft.response_limit = ResponseLimit::Stretch(DEFAULT_STRETCH);
        }
        let quantile = if given && random.chance(0.3) { Quantile::Mean } else { Quantile::P95 };
        let limit = (quantile, draft.limit(tasks, quantile));
        let mut settings = settings(random);
        settings.objective.latency = given.then_some(limit);
        settings.runtime = draft.runtime;
        let mut truth = Truth::of(&draft, tasks, limit, &settings);
        let capacity = Steady::new(&draft.service, tasks).capacity();
        let layout = draft.service.layout;
        let frame = Frame { tasks, more_tasks, knee: truth.knee, capacity, layout };
        let mut plan = Plan::draw(&frame, model, random);
        if let Some(fault) = fault {
            plan = fault.plan(plan, &frame, random);
            truth.answer = fault.answer();
        }
        let mut test = record(&draft.service, &plan, &Disturbance::draw(random), random);
        leave_out(&mut test, model, random);
        if let Some(fault) = fault {
            fault.lose(&mut test);
        }
        let variant = variants.get(index).copied().unwrap_or_default();
        Self { question, model, variant, seed, truth, plan, settings, test }
    }
}

impl Draft {
    /// The limit of response times in seconds.
    fn limit(&self, tasks: usize, quantile: Quantile) -> f64 {
        match self.response_limit {
            ResponseLimit::Seconds(seconds) => seconds,
            ResponseLimit::Stretch(times) => {
                times * Steady::new(&self.service, tasks).at_rest(quantile)
            }
        }
    }
}

/// Leaves out values that not every load generator records. The overload of a job processor shows
/// in its completions long before it shows in its completion times.
fn leave_out(test: &mut LoadTest, model: Model, random: &mut Random) {
    if random.chance(0.4) {
        test.latency.p50 = None;
        test.latency.p99 = None;
    }
    if model != Model::Jobs && random.chance(0.2) {
        test.completed = None;
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

fn settings(random: &mut Random) -> Settings {
    Settings {
        start_up: random.between(20.0, 180.0).round(),
        reaction: random.between(60.0, 240.0).round(),
        ramp: Some(random.between(0.02, 0.3)),
        ..Settings::default()
    }
}
