//! Draws a random run from its seed.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use region::faults::CallFault;
use region::messaging::MessageFault;
use region::services::LateSamples;

use super::{Act, Cast, History, Part};
use crate::draining::history::faults::{LATEST_FAULT, filters_after, outage};
use crate::draining::history::{Kind, Kinds, Medium};
use crate::scaling::shown;

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
            ("AdditionalPolicies", MORE),
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
const MORE: &str = r#"{"Policies":[{"Alarm":"ecs-tide-more","ResourceId":"service/demo/web",
"MinCapacity":3,"MaxCapacity":13,"AdjustmentType":"ChangeInCapacity","StepAdjustments":[
{"MetricIntervalLowerBound":0,"ScalingAdjustment":2}],"ScaleOutCooldown":60}]}"#;

/// Metrics other than CPU that the service may scale on.
const METRICS: [&str; 3] = ["connections-per-task", "in-flight-per-task", "sqs-backlog-per-task"];

/// Faults hit one of the first calls up to this number. Most runs make more calls.
const CALLS: u64 = 400;

/// Faults hit one of the first messages up to this number.
const MESSAGES: u64 = 250;

impl History {
    /// The run of `seed`, with faults of these kinds only. The kinds do not change the stack and
    /// the load.
    pub fn draw(seed: u64, kinds: &Kinds) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut cast = cast(&mut chance);
        let mut parts = Vec::new();
        for _ in 0..chance.random_range(0..=8) {
            let fault = *CallFault::ALL.choose(&mut chance).unwrap_or(&CallFault::Unavailable);
            parts.push(Part::Call { number: chance.random_range(1..=CALLS), fault });
        }
        if chance.random_bool(0.3) {
            parts.push(outage(&mut chance));
        }
        for _ in 0..chance.random_range(0..=6) {
            parts.push(message(&mut chance));
        }
        for _ in 0..chance.random_range(0..=4) {
            let second = chance.random_range(0..=LATEST_FAULT);
            parts.push(Part::Act { second, act: act(&mut chance) });
        }
        cast.medium.filters_after_seconds = filters_after(&mut chance);
        parts.retain(|part| kinds.has(part.kind()));
        let mut cast = Cast { medium: cast.medium.limited(kinds), ..cast };
        if chance.random_bool(0.3) {
            let metric = *METRICS.choose(&mut chance).unwrap_or(&"cpu");
            cast.parameters.extend(shown::parameters(metric));
        }
        cast.late = late(&mut chance).filter(|_| kinds.has(Kind::LateMetrics));
        Self { seed, cast, parts }
    }
}

fn cast(chance: &mut StdRng) -> Cast {
    let (cluster_too, parameters) = STACKS.choose(chance).copied().unwrap_or((true, &[]));
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let instances = chance.random_range(2..=5);
    let load = |chance: &mut StdRng, second| {
        let most = *[2.0, 4.0, 8.0, 12.0].choose(chance).unwrap_or(&5.0);
        let cpu = chance.random_range(0.2..most);
        (second, cpu, cpu * chance.random_range(0.3..1.1))
    };
    let mut loads = vec![load(chance, 0)];
    for _ in 0..chance.random_range(1..=4) {
        let second = chance.random_range(0..=LATEST_FAULT);
        loads.push(load(chance, second));
    }
    loads.sort_by_key(|(second, ..)| *second);
    Cast {
        cluster_too,
        parameters: parameters.iter().map(owned).collect::<BTreeMap<_, _>>(),
        tasks: chance.random_range(3..=(4 * instances).min(12)),
        instances,
        sizes: (chance.random_range(1..=2), chance.random_range(instances..=9)),
        loads,
        medium: Medium {
            read_lag_seconds: *[0, 0, 2, 5].choose(chance).unwrap_or(&0),
            throttling: chance.random_bool(0.3),
            doubled_percent: *[0, 0, 10, 50].choose(chance).unwrap_or(&0),
            filters_after_seconds: 0,
        },
        late: None,
    }
}

/// Some or all samples of a minute arrive up to two minutes late.
fn late(chance: &mut StdRng) -> Option<LateSamples> {
    let minutes_percent = *[0, 30, 70, 100].choose(chance).unwrap_or(&0);
    let samples_percent = [100..=100, 20..=60, 1..=100].choose(chance).cloned();
    let seconds = [11..=60, 11..=119].choose(chance).cloned();
    let samples_percent = samples_percent.unwrap_or(100..=100);
    let late = LateSamples { metric: None, minutes_percent, samples_percent, seconds: seconds? };
    (minutes_percent > 0).then_some(late)
}

/// A fault of a message, never a loss: SNS retries deliveries to a queue for weeks.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
fn message(chance: &mut StdRng) -> Part {
    let fault = if chance.random_bool(0.5) {
        MessageFault::Doubled(chance.random_range(0..=120_000))
    } else {
        MessageFault::Late(chance.random_range(1_000..=120_000))
    };
    Part::Message { number: chance.random_range(1..=MESSAGES), fault }
}

fn act(chance: &mut StdRng) -> Act {
    match chance.random_range(0..16) {
        0..=3 => Act::Deploy,
        4 | 5 => Act::SetTasks(chance.random_range(1..=18)),
        6 => Act::SetInstances(chance.random_range(1..=9)),
        7..=9 => Act::SetAlarm(chance.random_range(0..5)),
        10..=13 => Act::Sham(chance.random_range(0..5), chance.random_range(0..=600)),
        14 => Act::Kill,
        _ => Act::SwitchOff,
    }
}
