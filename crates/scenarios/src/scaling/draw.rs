//! Draws a random run from its seed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::messaging::MessageFault;
use region::services::LateSamples;

use super::{Action, Load, Scaling, Setup, shown};
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

/// The run of `seed`. A seed keeps its run only if new random numbers are drawn after all others.
pub(super) fn run(seed: u64) -> Run<Scaling> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut setup, mut environment) = setup(&mut rng);
    let mut steps = Vec::new();
    for _ in 0..rng.random_range(0..=8) {
        steps.push(draw_call_fault(&mut rng, CALLS));
    }
    if rng.random_bool(0.3) {
        steps.push(draw_outage(&mut rng));
    }
    for _ in 0..rng.random_range(0..=6) {
        steps.push(message(&mut rng));
    }
    for _ in 0..rng.random_range(0..=4) {
        let second = rng.random_range(0..=LATEST_FAULT);
        steps.push(Step::Action { second, action: action(&mut rng) });
    }
    environment.draw_filters(&mut rng);
    if rng.random_bool(0.3) {
        let metric = *METRICS.choose(&mut rng).unwrap_or(&"cpu");
        setup.parameters.extend(shown::parameters(metric));
    }
    environment.late_samples = late(&mut rng);
    Run { seed, setup, environment, steps }
}

fn setup(rng: &mut StdRng) -> (Setup, Environment) {
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
    let setup = Setup {
        cluster_too,
        parameters: parameters.iter().map(owned).collect(),
        tasks: rng.random_range(3..=(4 * instances).min(12)),
        instances,
        sizes: (rng.random_range(1..=2), rng.random_range(instances..=9)),
        loads,
    };
    let read_lag_seconds = *[0, 0, 2, 5].choose(rng).unwrap_or(&0);
    (setup, Environment::draw(rng, read_lag_seconds))
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
fn message(rng: &mut StdRng) -> Step<Action> {
    let fault = if rng.random_bool(0.5) {
        MessageFault::Doubled(rng.random_range(0..=120_000))
    } else {
        MessageFault::Late(rng.random_range(1_000..=120_000))
    };
    Step::Message { number: rng.random_range(1..=MESSAGES), fault }
}

fn action(rng: &mut StdRng) -> Action {
    match rng.random_range(0..16) {
        0..=3 => Action::Deploy,
        4 | 5 => Action::SetTasks(rng.random_range(1..=18)),
        6 => Action::SetInstances(rng.random_range(1..=9)),
        7..=9 => Action::SetAlarm(rng.random_range(0..5)),
        10..=13 => Action::ForgeMessage(rng.random_range(0..5), rng.random_range(0..=600)),
        14 => Action::Kill,
        _ => Action::SwitchOff,
    }
}
