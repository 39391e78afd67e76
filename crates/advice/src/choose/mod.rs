//! The choice among the metrics that follow demand and halve: the one that saturates first.

mod heap;
mod queue;
mod rules;

use load_test::{Kind, Unit};

use crate::advice::{Assessment, Fit, Recognised, Rejection};
use crate::assess::Scene;
use crate::knee::Growth;

pub(crate) use queue::at_objective;

/// The outcome over all metrics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// Index of the metric to scale on, or the reason why there is none and what to measure next.
    pub metric: Result<usize, (String, Vec<String>)>,
    /// The service type.
    pub pattern: Option<Recognised>,
}

/// The largest [`Assessment::bend`] of a metric that is still suitable as a second choice.
const NEAR: f64 = 0.1;

/// Share of the expected growth below which more tasks do not sustain more demand.
const GROWS: f64 = 0.5;

/// Chooses among `assessed`, and sets the verdict of each.
pub(crate) fn choose(
    scene: &Scene<'_>,
    assessed: &mut [Assessment],
    growth: Option<Growth>,
) -> Choice {
    if let Some(growth) = growth.filter(|growth| growth.share < GROWS) {
        reject_rest(assessed, None, "a resource that all tasks share");
        return Choice { metric: Err(shared(growth)), pattern: None };
    }
    let chosen = rules::saturates_first(scene, assessed);
    if let Some((index, recognised)) = chosen {
        let first = assessed.get(index).map(|one| one.metric.clone()).unwrap_or_default();
        reject_rest(assessed, Some(index), &first);
        return Choice { metric: Ok(index), pattern: Some(recognised) };
    }
    let because = none_because(scene, assessed);
    Choice { metric: Err((because, measure_next(assessed))), pattern: rules::leaking(assessed) }
}

/// Why no metric is suitable if more tasks sustain no more demand, and what to measure next.
fn shared(Growth { before, after, share }: Growth) -> (String, Vec<String>) {
    let because = format!(
        "with more tasks the service sustains {after:.0} a second instead of {before:.0}, only \
         {:.0}% of what they \
         should add: a resource that all tasks share saturates first",
        100.0 * share.max(0.0)
    );
    let measure = [
        "the services that the tasks call: for a database its CPU, connections and queue",
        "limits that all tasks share: a lock, a rate limit, a connection pool",
    ];
    (because, measure.map(str::to_owned).to_vec())
}

impl Assessment {
    /// Whether no check has rejected it so far.
    pub(crate) const fn fits(&self) -> bool {
        !matches!(self.verdict, Fit::Rejected(_))
    }

    /// How far it is from half after doubling, plus how far its demand exponent is from 1. The
    /// metric with the smallest sum is the best to track.
    fn bend(&self) -> f64 {
        let halves = self.doubling.map_or(f64::INFINITY, |found| (found.ratio.value - 0.5).abs());
        let rises = self.law.map_or(f64::INFINITY, |law| (law.demand.value - 1.0).abs());
        halves + rises
    }
}

/// A chosen queue is recommended even if its rank correlation with demand was rejected.
fn reject_rest(assessed: &mut [Assessment], chosen: Option<usize>, first: &str) {
    for (index, one) in assessed.iter_mut().enumerate() {
        if Some(index) == chosen {
            one.verdict = Fit::Recommended;
        } else if one.fits() && chosen.is_some() && one.bend() < NEAR {
            one.verdict = Fit::Suitable(format!(
                "follows demand and halves with twice the tasks, but {first} saturates first"
            ));
        } else if one.fits() {
            one.verdict = Fit::Rejected(Rejection::NotTheLimit { first: first.to_owned() });
        }
    }
}

fn none_because(scene: &Scene<'_>, assessed: &[Assessment]) -> String {
    let levels: Vec<String> = assessed
        .iter()
        .filter(|one| matches!(one.kind, Kind::Cpu | Kind::Memory) && one.unit == Unit::Percent)
        .filter_map(|one| Some(format!("{} at {:.0}%", one.metric, one.at_knee?)))
        .collect();
    if assessed.iter().any(Assessment::fits) && !levels.is_empty() {
        return format!(
            "the objective breaks at {:.1} a second per task with {}: the resource that saturates \
             there was not recorded",
            scene.knee,
            levels.join(" and ")
        );
    }
    "no metric both follows demand and falls to half with twice the tasks".to_owned()
}

/// The metrics that the guide asks for and the test did not record.
fn measure_next(assessed: &[Assessment]) -> Vec<String> {
    let kinds = [
        (Kind::Cpu, "CPU of the service, CPUUtilization of AWS/ECS"),
        (Kind::Memory, "memory of the service, MemoryUtilization of AWS/ECS"),
        (
            Kind::Concurrency,
            "requests in flight per task: busy workers, or RequestCount / 60 * TargetResponseTime \
             / tasks of the load balancer",
        ),
        (
            Kind::Queue,
            "waiting requests or jobs: the backlog of the workers, or the queue's \
             ApproximateNumberOfMessagesVisible",
        ),
    ];
    kinds
        .into_iter()
        .filter(|(kind, _)| !assessed.iter().any(|one| one.kind == *kind))
        .map(|(_, what)| what.to_owned())
        .chain(std::iter::once(
            "queues and pools inside the service: threads, connections to the services that it \
             calls"
                .to_owned(),
        ))
        .collect()
}
