//! Draws a random run from its seed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::messaging::MessageFault;
use region::services::LateSamples;

use super::{Action, Document, Load, Scaled, Scaling, Setup, What, shown};
use crate::random::{Environment, LATEST_FAULT, Run, Step, draw_call_fault, draw_outage};

/// Stacks as users deploy them, as parameters that differ from the defaults. Scale-in waits for
/// minutes, not for a quarter of an hour, so that runs are short.
const STACKS: [(bool, &[(&str, &str)]); 6] = [
    (true, &[("TasksMax", "14"), ("ServiceInMinutes", "3"), ("ClusterInMinutes", "4")]),
    (false, &[("TasksMax", "12"), ("ServiceOutMinutes", "1"), ("ServiceInMinutes", "1")]),
    (
        true,
        &[
            ("TasksMin", "3"),
            ("TasksMax", "13"),
            ("ServiceInMinutes", "2"),
            ("ClusterInMinutes", "2"),
            ("AdditionalServicePolicies", MORE),
        ],
    ),
    (
        true,
        &[
            ("TasksMax", "12"),
            ("ServiceInMinutes", "2"),
            ("ClusterInMinutes", "3"),
            ("AddInstancesForTasks", "false"),
            ("MaxDrainingPercent", "0"),
        ],
    ),
    (
        false,
        &[
            ("TasksMin", "1"),
            ("TasksMax", "10"),
            ("ServiceInMinutes", "2"),
            ("ScaleInOnBoth", "false"),
            ("SoonSeconds", "20"),
            ("LaterSeconds", "100"),
        ],
    ),
    (
        true,
        &[
            ("TasksMax", "9"),
            ("ServiceInPercent", "20"),
            ("ServiceInMinutes", "2"),
            ("ClusterInMinutes", "2"),
        ],
    ),
];

/// An additional policy on the service: two more tasks at 80% memory utilization.
const MORE: &str = r#"{"Alarm":"ecs-tide-more","ResourceId":"service/demo/web",
"MinCapacity":3,"MaxCapacity":13,"AdjustmentType":"ChangeInCapacity","StepAdjustments":[
{"MetricIntervalLowerBound":0,"ScalingAdjustment":2}],"ScaleOutCooldown":60}"#;

/// Metrics other than CPU that the service may scale on.
const METRICS: [&str; 3] = ["connections-per-task", "in-flight-per-task", "sqs-backlog-per-task"];

/// Faults hit one of the first calls up to this number. Most runs make more calls.
const CALLS: u64 = 400;

/// Faults hit one of the first messages up to this number.
const MESSAGES: u64 = 250;

/// The run of `seed`.
pub(super) fn run(seed: u64) -> Run<Scaling> {
    let mut rng = StdRng::seed_from_u64(seed);
    let clusters = *[1, 1, 1, 2, 3].choose(&mut rng).unwrap_or(&1);
    let read_lag_seconds = *[0, 0, 2, 5].choose(&mut rng).unwrap_or(&0);
    let mut environment = Environment::draw(&mut rng, read_lag_seconds);
    let setup = Setup { clusters: (0..clusters).map(|place| scaled(&mut rng, place)).collect() };
    let more = u64::try_from(clusters).unwrap_or(1);
    let mut steps = Vec::new();
    for _ in 0..rng.random_range(0..=8) {
        steps.push(draw_call_fault(&mut rng, CALLS * more));
    }
    if rng.random_bool(0.3) {
        steps.push(draw_outage(&mut rng));
    }
    for _ in 0..rng.random_range(0..=6) {
        steps.push(message(&mut rng, MESSAGES * more));
    }
    for cluster in 0..clusters {
        for _ in 0..rng.random_range(0..=4) {
            let second = rng.random_range(0..=LATEST_FAULT);
            let what = action(&mut rng);
            steps.push(Step::Action { second, action: Action { cluster, what } });
        }
        if rng.random_bool(0.5) {
            configured(&mut rng, cluster, &mut steps);
        }
    }
    if rng.random_bool(0.2) {
        let second = rng.random_range(0..=LATEST_FAULT);
        let later = second + rng.random_range(10..=300);
        let throttle = |throttles| Action { cluster: 0, what: What::ThrottleParameters(throttles) };
        steps.push(Step::Action { second, action: throttle(true) });
        steps.push(Step::Action { second: later, action: throttle(false) });
    }
    environment.draw_filters(&mut rng);
    environment.late_samples = late(&mut rng);
    Run { seed, setup, environment, steps }
}

/// What is configured changes, and is mostly as before after a while.
fn configured(rng: &mut StdRng, cluster: usize, steps: &mut Vec<Step<Action>>) {
    let second = rng.random_range(0..=LATEST_FAULT);
    let document = if rng.random_bool(0.7) { Document::Service } else { Document::Group };
    let alarm = rng.random_range(0..5);
    let (change, back) = match rng.random_range(0..4) {
        0 => {
            let most = rng.random_range(4..=18);
            (What::ReplaceDocument(most), What::RestoreDocument(Document::Service))
        }
        1 => (What::DeleteDocument(document), What::RestoreDocument(document)),
        2 => (What::SpoilDocument(document), What::RestoreDocument(document)),
        _ => (What::RemoveTag(alarm), What::RestoreTag(alarm)),
    };
    let mut at =
        |second, what| steps.push(Step::Action { second, action: Action { cluster, what } });
    at(second, change);
    if rng.random_bool(0.7) {
        let later = second + rng.random_range(30..=900);
        at(later, back);
        // What was read before holds for a minute.
        at(later + 120, What::Ask);
    }
}

fn scaled(rng: &mut StdRng, place: usize) -> Scaled {
    let (cluster_too, parameters) = STACKS.choose(rng).copied().unwrap_or((true, &[]));
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let instances = rng.random_range(2..=5);
    let load = |rng: &mut StdRng, second| {
        let most = *[2.0, 4.0, 8.0, 12.0].choose(rng).unwrap_or(&5.0);
        let cpu = rng.random_range(0.2..most);
        (second, Load { cpu, memory: cpu * rng.random_range(0.3..1.1) })
    };
    let mut loads = vec![load(rng, 0)];
    for _ in 0..rng.random_range(1..=4) {
        let second = rng.random_range(0..=LATEST_FAULT);
        loads.push(load(rng, second));
    }
    loads.sort_by_key(|(second, _)| *second);
    let mut scaled = Scaled {
        cluster_too,
        parameters: parameters.iter().map(owned).collect(),
        tasks: rng.random_range(3..=(4 * instances).min(12)),
        instances,
        sizes: (rng.random_range(1..=2), rng.random_range(instances..=9)),
        loads,
    };
    // Further policies and metrics are those of one service.
    if place == 0 && rng.random_bool(0.3) {
        let metric = *METRICS.choose(rng).unwrap_or(&"cpu");
        scaled.parameters.extend(shown::parameters(metric));
    }
    if place > 0 {
        scaled.parameters.remove("AdditionalServicePolicies");
    }
    scaled
}

/// Some or all samples of a minute arrive up to two minutes late.
fn late(rng: &mut StdRng) -> Option<LateSamples> {
    let minutes_percent = *[0, 30, 70, 100].choose(rng).unwrap_or(&0);
    let samples_percent = [100..=100, 20..=60, 1..=100].choose(rng).cloned();
    let seconds = [11..=60, 11..=119].choose(rng).cloned();
    let samples_percent = samples_percent.unwrap_or(100..=100);
    let late = LateSamples { metric: None, minutes_percent, samples_percent, seconds: seconds? };
    (minutes_percent > 0).then_some(late)
}

/// A fault of a message, never a loss: SNS retries deliveries to a queue for weeks.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
fn message(rng: &mut StdRng, most: u64) -> Step<Action> {
    let fault = if rng.random_bool(0.5) {
        MessageFault::Doubled(rng.random_range(0..=120_000))
    } else {
        MessageFault::Late(rng.random_range(1_000..=120_000))
    };
    Step::Message { number: rng.random_range(1..=most), fault }
}

fn action(rng: &mut StdRng) -> What {
    match rng.random_range(0..16) {
        0..=3 => What::Deploy,
        4 | 5 => What::SetTasks(rng.random_range(1..=18)),
        6 => What::SetInstances(rng.random_range(1..=9)),
        7..=9 => What::SetAlarm(rng.random_range(0..5)),
        10..=13 => What::ForgeMessage(rng.random_range(0..5), rng.random_range(0..=600)),
        14 => What::Kill,
        _ => What::SwitchOff,
    }
}
