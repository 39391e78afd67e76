//! Draws a random run from its seed.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::faults::CallFault;
use region::messaging::MessageFault;
use region::services::{CreateService, RunTask, Workload};

use super::faults::{LATEST_FAULT, filters_after, outage};
use super::{Act, Cast, History, Kinds, Medium, Part};
use crate::stack::CLUSTER;

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

impl History {
    /// The run of `seed`, with faults of these kinds only. The kinds do not change the drain.
    pub fn draw(seed: u64, kinds: &Kinds) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut cast = cast(&mut chance);
        let mut parts = Vec::new();
        for _ in 0..chance.random_range(0..=6) {
            parts.push(call(&mut chance));
        }
        if chance.random_bool(0.3) {
            parts.push(outage(&mut chance));
        }
        for _ in 0..chance.random_range(0..=6) {
            parts.push(message(&mut chance));
        }
        for _ in 0..chance.random_range(0..=3) {
            acts(&mut chance, cast.instances, &mut parts);
        }
        // Drawn last, so that the seed gives the same run otherwise.
        if chance.random_bool(0.1) {
            ghost(&mut chance, cast.instances, &mut parts);
        }
        cast.medium.filters_after_seconds = filters_after(&mut chance);
        parts.retain(|part| kinds.has(part.kind()));
        let warm_pool = warm_pool(&mut chance, &cast);
        let cast = Cast { medium: cast.medium.limited(kinds), warm_pool, ..cast };
        Self { seed, cast, parts }
    }
}

fn cast(chance: &mut StdRng) -> Cast {
    let parameters = STACKS.choose(chance).copied().unwrap_or_default();
    let instances = chance.random_range(2..=9);
    let staying = chance.random_range(1..instances);
    let middle = chance.random_range(staying..=instances);
    let minimum_healthy_percent = *[0, 50, 100, 100].choose(chance).unwrap_or(&100);
    let web = CreateService {
        cluster: CLUSTER.to_owned(),
        desired: chance.random_range(0..=3 * staying),
        minimum_healthy_percent,
        maximum_percent: 200,
        workload: Workload {
            deregistration_seconds: chance.random_bool(0.7).then(|| chance.random_range(0..=400)),
            health_seconds: chance.random_range(0..=60),
            stop_max_seconds: chance.random_range(5..=120),
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
    if chance.random_bool(0.3) {
        services.push(daemon);
    }
    let job = |chance: &mut StdRng| {
        let task = RunTask {
            cluster: CLUSTER.to_owned(),
            ends_after_seconds: chance.random_bool(0.8).then(|| chance.random_range(1..=1_500)),
            ..RunTask::default()
        };
        (chance.random_range(0..instances), task)
    };
    let jobs = (0..chance.random_range(0..=2)).map(|_| job(chance)).collect();
    Cast {
        parameters: owned(parameters),
        instances,
        scale_ins: vec![
            (chance.random_range(0..=400), middle),
            (chance.random_range(0..=600), staying),
        ],
        warm_pool: None,
        services,
        jobs,
        medium: Medium {
            read_lag_seconds: chance.random_range(0..=5),
            throttling: chance.random_bool(0.3),
            doubled_percent: *[0, 0, 10, 50].choose(chance).unwrap_or(&0),
            filters_after_seconds: 0,
        },
    }
}

/// One group in five has a warm pool. Its instances return from the pool, and in two of three such
/// runs are drained a second time.
fn warm_pool(chance: &mut StdRng, cast: &Cast) -> Option<Vec<(u64, usize)>> {
    let staying = cast.scale_ins.last().map_or(cast.instances, |(_, desired)| *desired);
    let has_pool = chance.random_bool(0.2);
    let out = (chance.random_range(600..=2_400), chance.random_range(staying..=cast.instances));
    let again = (chance.random_range(60..=2_400), staying);
    let both = chance.random_range(0..3) > 0;
    has_pool.then(|| if both { vec![out, again] } else { vec![out] })
}

fn owned(parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn call(chance: &mut StdRng) -> Part {
    let fault = *CallFault::ALL.choose(chance).unwrap_or(&CallFault::Unavailable);
    Part::Call { number: chance.random_range(1..=CALLS), fault }
}

fn message(chance: &mut StdRng) -> Part {
    let fault = match chance.random_range(0..3) {
        0 => MessageFault::Lost,
        1 => MessageFault::Doubled(chance.random_range(0..=120_000)),
        _ => MessageFault::Late(chance.random_range(1_000..=120_000)),
    };
    Part::Message { number: chance.random_range(1..=MESSAGES), fault }
}

fn acts(chance: &mut StdRng, instances: usize, parts: &mut Vec<Part>) {
    let second = chance.random_range(0..=LATEST_FAULT);
    let later = second + chance.random_range(30..=900);
    let instance = chance.random_range(0..instances);
    let mut act = |second, act| parts.push(Part::Act { second, act });
    match chance.random_range(0..9) {
        0 => {
            act(second, Act::LoseAgent(instance));
            if chance.random_bool(0.7) {
                act(later, Act::FindAgent(instance));
            }
        }
        1 => act(second, Act::Kill(instance)),
        2 => act(second, Act::Deregister(instance)),
        3 => {
            act(0, Act::Crowd);
            if chance.random_bool(0.7) {
                act(later, Act::Relieve);
            }
        }
        4 => act(second, Act::DeleteHook),
        5 => act(second, Act::UpdateStack(*[1200, 2400].choose(chance).unwrap_or(&1200))),
        6 => act(second, Act::DrainByHand(instance)),
        7 => act(second, Act::Activate(instance)),
        _ if chance.random_bool(0.5) => {
            act(second, Act::Interrupt(instance, chance.random_bool(0.5)));
        }
        _ => act(second, Act::FillAttributes(instance)),
    }
}

/// An instance that loses its agent and is then terminated, so its registration remains.
fn ghost(chance: &mut StdRng, instances: usize, parts: &mut Vec<Part>) {
    let second = chance.random_range(0..=LATEST_FAULT);
    let instance = chance.random_range(0..instances);
    parts.push(Part::Act { second, act: Act::LoseAgent(instance) });
    let later = second + chance.random_range(1..=300);
    parts.push(Part::Act { second: later, act: Act::Kill(instance) });
}
