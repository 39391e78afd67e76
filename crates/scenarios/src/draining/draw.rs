//! Draws a random run from its seed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::messaging::MessageFault;
use region::services::{CreateService, RunTask, Workload};

use super::{Action, Draining, Setup};
use crate::random::{
    Environment, LATEST_FAULT, Parameters, Run, Step, draw_call_fault, draw_outage,
};
use crate::stack::CLUSTER;

type Steps = Vec<Step<Action>>;

/// Stacks as users deploy them, as parameters that differ from the defaults. Their deadlines are
/// short, so that many runs reach them.
const STACKS: [&[(&str, &str)]; 6] = [
    &[("DeadlineSeconds", "3600")],
    &[("HeartbeatSeconds", "300"), ("LaterSeconds", "100"), ("DeadlineSeconds", "1500")],
    &[("AtDeadline", "abandon"), ("DeadlineSeconds", "1200")],
    &[("StandaloneTasks", "stop"), ("DeadlineSeconds", "1500")],
    &[("AgentGoneSeconds", "600"), ("DeadlineSeconds", "2400")],
    &[
        ("AtDeadline", "wait"),
        ("HeartbeatSeconds", "120"),
        ("LaterSeconds", "40"),
        ("DeadlineSeconds", "1200"),
    ],
];

/// Faults hit one of the first calls up to this number. Most runs make fewer calls.
const CALLS: u64 = 250;

/// Faults hit one of the first messages up to this number.
const MESSAGES: u64 = 150;

/// The run of `seed`. A seed keeps its run only if new random numbers are drawn after all others.
pub(super) fn run(seed: u64) -> Run<Draining> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (setup, mut environment) = setup(&mut rng);
    let mut steps = Vec::new();
    for _ in 0..rng.random_range(0..=6) {
        steps.push(draw_call_fault(&mut rng, CALLS));
    }
    if rng.random_bool(0.3) {
        steps.push(draw_outage(&mut rng));
    }
    for _ in 0..rng.random_range(0..=6) {
        steps.push(message(&mut rng));
    }
    for _ in 0..rng.random_range(0..=3) {
        actions(&mut rng, setup.instances, &mut steps);
    }
    if rng.random_bool(0.1) {
        ghost(&mut rng, setup.instances, &mut steps);
    }
    environment.draw_filters(&mut rng);
    let warm_pool = warm_pool(&mut rng, &setup);
    if rng.random_bool(0.25) {
        tags(&mut rng, &mut steps);
    }
    Run { seed, setup: Setup { warm_pool, ..setup }, environment, steps }
}

fn setup(rng: &mut StdRng) -> (Setup, Environment) {
    let parameters = STACKS.choose(rng).copied().unwrap_or_default();
    let instances = rng.random_range(2..=9);
    let staying = rng.random_range(1..instances);
    let middle = rng.random_range(staying..=instances);
    let minimum_healthy_percent = *[0, 50, 100, 100].choose(rng).unwrap_or(&100);
    let web = CreateService {
        cluster: CLUSTER.to_owned(),
        desired: rng.random_range(0..=3 * staying),
        minimum_healthy_percent,
        maximum_percent: 200,
        workload: Workload {
            deregistration_seconds: rng.random_bool(0.7).then(|| rng.random_range(0..=400)),
            health_seconds: rng.random_range(0..=60),
            stop_max_seconds: rng.random_range(5..=120),
            ..Workload::default()
        },
        ..CreateService::default()
    };
    let daemon = CreateService {
        name: "log-router".to_owned(),
        cluster: CLUSTER.to_owned(),
        daemon: true,
        ..CreateService::default()
    };
    let mut services = vec![web];
    if rng.random_bool(0.3) {
        services.push(daemon);
    }
    let standalone_task = |rng: &mut StdRng| {
        let task = RunTask {
            cluster: CLUSTER.to_owned(),
            ends_after_seconds: rng.random_bool(0.8).then(|| rng.random_range(1..=1_500)),
            ..RunTask::default()
        };
        (rng.random_range(0..instances), task)
    };
    let standalone = (0..rng.random_range(0..=2)).map(|_| standalone_task(rng)).collect();
    let setup = Setup {
        parameters: owned(parameters),
        instances,
        scale_ins: vec![(rng.random_range(0..=400), middle), (rng.random_range(0..=600), staying)],
        warm_pool: None,
        services,
        standalone,
    };
    let read_lag_seconds = rng.random_range(0..=5);
    (setup, Environment::draw(rng, read_lag_seconds))
}

/// One group in five has a warm pool. Its instances return from the pool, and in two of three such
/// runs are drained a second time.
fn warm_pool(rng: &mut StdRng, setup: &Setup) -> Option<Vec<(u64, usize)>> {
    let staying = setup.scale_ins.last().map_or(setup.instances, |(_, desired)| *desired);
    let has_pool = rng.random_bool(0.2);
    let out = (rng.random_range(600..=2_400), rng.random_range(staying..=setup.instances));
    let again = (rng.random_range(60..=2_400), staying);
    let both = rng.random_range(0..3) > 0;
    has_pool.then(|| if both { vec![out, again] } else { vec![out] })
}

fn owned(parameters: &[(&str, &str)]) -> Parameters {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn message(rng: &mut StdRng) -> Step<Action> {
    let fault = match rng.random_range(0..3) {
        0 => MessageFault::Lost,
        1 => MessageFault::Doubled(rng.random_range(0..=120_000)),
        _ => MessageFault::Late(rng.random_range(1_000..=120_000)),
    };
    Step::Message { number: rng.random_range(1..=MESSAGES), fault }
}

fn actions(rng: &mut StdRng, instances: usize, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let later = second + rng.random_range(30..=900);
    let instance = rng.random_range(0..instances);
    let mut at = |second, action| steps.push(Step::Action { second, action });
    match rng.random_range(0..9) {
        0 => {
            at(second, Action::LoseAgent(instance));
            if rng.random_bool(0.7) {
                at(later, Action::FindAgent(instance));
            }
        }
        1 => at(second, Action::Kill(instance)),
        2 => at(second, Action::Deregister(instance)),
        3 => {
            at(0, Action::Crowd);
            if rng.random_bool(0.7) {
                at(later, Action::Relieve);
            }
        }
        4 => at(second, Action::DeleteHook),
        5 => at(second, Action::UpdateStack(*[1200, 2400].choose(rng).unwrap_or(&1200))),
        6 => at(second, Action::DrainByHand(instance)),
        7 => at(second, Action::Activate(instance)),
        _ if rng.random_bool(0.5) => {
            at(second, Action::Interrupt(instance, rng.random_bool(0.5)));
        }
        _ => at(second, Action::FillAttributes(instance)),
    }
}

/// Tags of the group that change or vanish, in half of these runs for a while.
fn tags(rng: &mut StdRng, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let later = second + rng.random_range(30..=900);
    let (change, back) = match rng.random_range(0..3) {
        0 => (Action::SetMode("off"), Action::SetMode("drain")),
        1 => (Action::SetMode("observe"), Action::SetMode("drain")),
        _ => (Action::OptOut, Action::OptIn),
    };
    steps.push(Step::Action { second, action: change });
    if rng.random_bool(0.5) {
        steps.push(Step::Action { second: later, action: back });
    }
}

/// An instance that loses its agent and is then terminated, so its registration remains.
fn ghost(rng: &mut StdRng, instances: usize, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let instance = rng.random_range(0..instances);
    steps.push(Step::Action { second, action: Action::LoseAgent(instance) });
    let later = second + rng.random_range(1..=300);
    steps.push(Step::Action { second: later, action: Action::Kill(instance) });
}
