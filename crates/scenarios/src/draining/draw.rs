//! Draws a random run from its seed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::messaging::MessageFault;
use region::services::{CreateService, RunTask, Workload};

use super::{Action, Draining, Group, Setup, tags};
use crate::random::{
    Environment, LATEST_FAULT, Parameters, Run, Step, draw_call_fault, draw_outage,
};
use crate::stack::{CLUSTER, GROUP};

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

/// Faults hit one of the first calls up to this number for each group. Most runs make fewer calls.
const CALLS: u64 = 250;

/// Faults hit one of the first messages up to this number for each group.
const MESSAGES: u64 = 150;

/// Values of tags, some of which are invalid.
const OVERRIDES: [(&str, &[&str]); 5] = [
    (tags::DEADLINE, &["900", "1800", "3600", "59", "soon"]),
    (tags::HEARTBEAT, &["900", "1200", "29"]),
    (tags::AT_DEADLINE, &["continue", "abandon", "later"]),
    (tags::STANDALONE, &["wait", "stop", "Stop"]),
    (tags::AGENT_GONE, &["0", "600", "-1"]),
];

/// The run of `seed`.
pub(super) fn run(seed: u64) -> Run<Draining> {
    let mut rng = StdRng::seed_from_u64(seed);
    let setup = setup(&mut rng);
    let read_lag_seconds = rng.random_range(0..=5);
    let mut environment = Environment::draw(&mut rng, read_lag_seconds);
    let groups = setup.groups.len();
    let more = u64::try_from(groups).unwrap_or(1);
    let instances: usize = setup.groups.iter().map(|group| group.instances).sum();
    let mut steps = Vec::new();
    for _ in 0..rng.random_range(0..=6) {
        steps.push(draw_call_fault(&mut rng, CALLS * more));
    }
    if rng.random_bool(0.3) {
        steps.push(draw_outage(&mut rng));
    }
    for _ in 0..rng.random_range(0..=6) {
        steps.push(message(&mut rng, MESSAGES * more));
    }
    for _ in 0..rng.random_range(0..=3 + groups) {
        actions(&mut rng, instances, groups, &mut steps);
    }
    if rng.random_bool(0.1) {
        ghost(&mut rng, instances, &mut steps);
    }
    environment.draw_filters(&mut rng);
    for _ in 0..groups {
        if rng.random_bool(0.25) {
            tagged(&mut rng, groups, &mut steps);
        }
    }
    if rng.random_bool(0.15) {
        replaced(&mut rng, groups, &mut steps);
    }
    Run { seed, setup, environment, steps }
}

/// One cluster with one group in two of five runs, otherwise up to four clusters. A further cluster
/// may not opt in.
fn setup(rng: &mut StdRng) -> Setup {
    let parameters = STACKS.choose(rng).copied().unwrap_or_default();
    let clusters = *[1, 1, 2, 3, 4].choose(rng).unwrap_or(&1);
    let mut setup = Setup { parameters: owned(parameters), ..Setup::default() };
    for number in 1..=clusters {
        cluster(rng, number, clusters > 1, &mut setup);
    }
    if clusters > 1 && rng.random_bool(0.4) {
        let (instances, staying) = (3, 1);
        setup.groups.push(Group {
            name: "bystander-group".to_owned(),
            cluster: "bystander".to_owned(),
            instances,
            scale_ins: vec![(rng.random_range(0..=600), staying)],
            has_foreign_hook: true,
            ..Group::default()
        });
        setup.services.push(web(rng, "bystander", staying));
    }
    setup
}

fn cluster(rng: &mut StdRng, number: usize, several: bool, setup: &mut Setup) {
    let suffix = if number == 1 { String::new() } else { format!("-{number}") };
    let name = format!("{CLUSTER}{suffix}");
    let most = if several { 5 } else { 9 };
    let first: usize = setup.groups.iter().map(|group| group.instances).sum();
    let (mut staying_in_all, mut instances_in_all) = (0, 0);
    let groups = if several && rng.random_bool(0.4) { 2 } else { 1 };
    for place in 1..=groups {
        let instances = rng.random_range(2..=most);
        let staying = rng.random_range(1..instances);
        let middle = rng.random_range(staying..=instances);
        let scale_ins =
            vec![(rng.random_range(0..=400), middle), (rng.random_range(0..=600), staying)];
        let second = if place == 1 { String::new() } else { "-b".to_owned() };
        let mut group = Group {
            name: format!("{GROUP}{suffix}{second}"),
            cluster: name.clone(),
            is_opted_in: true,
            instances,
            scale_ins,
            ..Group::default()
        };
        group.warm_pool = warm_pool(rng, staying, instances);
        group.has_foreign_hook = several && rng.random_bool(0.1);
        if several && rng.random_bool(0.4) {
            group.overrides.extend((0..2).map(|_| override_of(rng)));
        }
        staying_in_all += staying;
        instances_in_all += instances;
        setup.groups.push(group);
    }
    setup.services.push(web(rng, &name, staying_in_all));
    if rng.random_bool(0.3) {
        setup.services.push(CreateService {
            name: "log-router".to_owned(),
            cluster: name.clone(),
            daemon: true,
            ..CreateService::default()
        });
    }
    for _ in 0..rng.random_range(0..=2) {
        let task = RunTask {
            cluster: name.clone(),
            ends_after_seconds: rng.random_bool(0.8).then(|| rng.random_range(1..=1_500)),
            ..RunTask::default()
        };
        setup.standalone.push((first + rng.random_range(0..instances_in_all), task));
    }
}

/// A service of up to three tasks for each instance that stays.
fn web(rng: &mut StdRng, cluster: &str, staying: usize) -> CreateService {
    CreateService {
        cluster: cluster.to_owned(),
        desired: rng.random_range(0..=3 * staying),
        minimum_healthy_percent: *[0, 50, 100, 100].choose(rng).unwrap_or(&100),
        maximum_percent: 200,
        workload: Workload {
            deregistration_seconds: rng.random_bool(0.7).then(|| rng.random_range(0..=400)),
            health_seconds: rng.random_range(0..=60),
            stop_max_seconds: rng.random_range(5..=120),
            ..Workload::default()
        },
        ..CreateService::default()
    }
}

/// One group in five has a warm pool. Its instances return from the pool, and in two of three such
/// groups are drained a second time.
fn warm_pool(rng: &mut StdRng, staying: usize, instances: usize) -> Option<Vec<(u64, usize)>> {
    let has_pool = rng.random_bool(0.2);
    let out = (rng.random_range(600..=2_400), rng.random_range(staying..=instances));
    let again = (rng.random_range(60..=2_400), staying);
    let both = rng.random_range(0..3) > 0;
    has_pool.then(|| if both { vec![out, again] } else { vec![out] })
}

fn owned(parameters: &[(&str, &str)]) -> Parameters {
    parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn override_of(rng: &mut StdRng) -> (&'static str, &'static str) {
    let (tag, values) = OVERRIDES.choose(rng).copied().unwrap_or_default();
    (tag, values.choose(rng).copied().unwrap_or_default())
}

fn message(rng: &mut StdRng, most: u64) -> Step<Action> {
    let fault = match rng.random_range(0..3) {
        0 => MessageFault::Lost,
        1 => MessageFault::Doubled(rng.random_range(0..=120_000)),
        _ => MessageFault::Late(rng.random_range(1_000..=120_000)),
    };
    Step::Message { number: rng.random_range(1..=most), fault }
}

fn actions(rng: &mut StdRng, instances: usize, groups: usize, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let later = second + rng.random_range(30..=900);
    let instance = rng.random_range(0..instances);
    let group = rng.random_range(0..groups);
    let mut at = |second, action| steps.push(Step::Action { second, action });
    match rng.random_range(0..11) {
        0 => {
            at(second, Action::LoseAgent(instance));
            if rng.random_bool(0.7) {
                at(later, Action::FindAgent(instance));
            }
        }
        1 => at(second, Action::Kill(instance)),
        2 => at(second, Action::Deregister(instance)),
        3 => {
            at(0, Action::Crowd(group));
            if rng.random_bool(0.7) {
                at(later, Action::Relieve(group));
            }
        }
        4 => at(second, Action::DeleteHook(group)),
        5 => at(second, Action::UpdateStack(*[1200, 2400].choose(rng).unwrap_or(&1200))),
        6 => at(second, Action::DrainByHand(instance)),
        7 => at(second, Action::Activate(instance)),
        8 => at(second, Action::ChangeHook(group)),
        9 => {
            let other = rng.random_range(0..groups);
            at(second, Action::RegisterIn(instance, other));
        }
        _ if rng.random_bool(0.5) => {
            at(second, Action::Interrupt(instance, rng.random_bool(0.5)));
        }
        _ => at(second, Action::FillAttributes(instance)),
    }
}

/// Tags of a group that change or vanish, in half of these runs for a while.
fn tagged(rng: &mut StdRng, groups: usize, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let later = second + rng.random_range(30..=900);
    let group = rng.random_range(0..groups);
    let mode = |mode| Action::Tag(group, tags::MODE, mode);
    let (change, back) = match rng.random_range(0..8) {
        0 => (mode("off"), mode("drain")),
        1 => (mode("observe"), mode("drain")),
        2 | 3 => (Action::OptOut(group), Action::OptIn(group)),
        4 => (Action::RemoveTags(group), Action::OptIn(group)),
        5 => (Action::Rename(group, rng.random_range(0..groups)), Action::OptIn(group)),
        _ => {
            let (first, second) = (override_of(rng), override_of(rng));
            (Action::Tag(group, first.0, first.1), Action::Tag(group, second.0, second.1))
        }
    };
    steps.push(Step::Action { second, action: change });
    if rng.random_bool(0.5) {
        steps.push(Step::Action { second: later, action: back });
    }
}

/// A group that is replaced under another name, and later deleted by force or not.
fn replaced(rng: &mut StdRng, groups: usize, steps: &mut Steps) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let later = second + rng.random_range(30..=1_800);
    let group = rng.random_range(0..groups);
    steps.push(Step::Action { second, action: Action::Replace(group) });
    if rng.random_bool(0.5) {
        steps.push(Step::Action { second: later, action: Action::DeleteGroup(group) });
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
