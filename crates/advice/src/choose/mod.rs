//! Which of the metrics that follow demand and halve: by what gives out first.

mod heap;
mod queue;
mod rules;

use load_test::{Kind, Unit};

use crate::advice::{Assessment, Fit, Recognised, Rejection};
use crate::assess::Scene;
use crate::knee::Growth;

pub(crate) use queue::at_objective;

/// What comes of all metrics.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// Index of the one to scale on, or why there is none and what to measure next.
    pub metric: Result<usize, (String, Vec<String>)>,
    /// Of what kind the service is.
    pub pattern: Option<Recognised>,
}

/// How far from a half a metric may fall with twice the tasks and still be a second choice.
const NEAR: f64 = 0.1;

/// Share of growth below which more tasks do not bear more demand.
const GROWS: f64 = 0.5;

/// Choose among `assessed`, and say in each what comes of it.
pub(crate) fn choose(
    scene: &Scene<'_>,
    assessed: &mut [Assessment],
    growth: Option<Growth>,
) -> Choice {
    if let Some(growth) = growth.filter(|growth| growth.share < GROWS) {
        reject_rest(assessed, None, "something that all tasks share");
        return Choice { metric: Err(shared(growth)), pattern: None };
    }
    let chosen = rules::gives_out(scene, assessed);
    if let Some((index, recognised)) = chosen {
        let first = assessed.get(index).map(|one| one.metric.clone()).unwrap_or_default();
        reject_rest(assessed, Some(index), &first);
        return Choice { metric: Ok(index), pattern: Some(recognised) };
    }
    let because = none_because(scene, assessed);
    Choice { metric: Err((because, measure_next(assessed))), pattern: rules::leaking(assessed) }
}

/// Why nothing will do where more tasks bear no more, and what to look for.
fn shared(Growth { before, after, share }: Growth) -> (String, Vec<String>) {
    let because = format!(
        "with more tasks the service bears {after:.0} a second in place of {before:.0}, {:.0} % of what they should \
         add: something that all tasks share gives out first",
        100.0 * share.max(0.0)
    );
    let measure = [
        "what the tasks call: the database's CPU, connections and queue",
        "limits of all tasks together: a lock, a rate limit, a connection pool",
    ];
    (because, measure.map(str::to_owned).to_vec())
}

impl Assessment {
    /// Whether nothing speaks against it so far.
    pub(crate) const fn fits(&self) -> bool {
        !matches!(self.verdict, Fit::Rejected(_))
    }

    /// How far it is from half after doubling, and from rising in proportion to demand: the least bent
    /// is the best to hold.
    fn bend(&self) -> f64 {
        let halves = self.doubling.map_or(f64::INFINITY, |found| (found.ratio.value - 0.5).abs());
        let rises = self.law.map_or(f64::INFINITY, |law| (law.demand.value - 1.0).abs());
        halves + rises
    }
}

/// A queue is chosen by what it explains, though it may follow demand by no rank.
fn reject_rest(assessed: &mut [Assessment], chosen: Option<usize>, first: &str) {
    for (index, one) in assessed.iter_mut().enumerate() {
        if Some(index) == chosen {
            one.verdict = Fit::Recommended;
        } else if one.fits() && chosen.is_some() && one.bend() < NEAR {
            one.verdict = Fit::Suitable(format!(
                "follows demand and halves with twice the tasks, but {first} gives out first"
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
        .filter_map(|one| Some(format!("{} at {:.0} %", one.metric, one.at_knee?)))
        .collect();
    if assessed.iter().any(Assessment::fits) && !levels.is_empty() {
        return format!(
            "the objective breaks at {:.1} a second for each task with {}: what gives out there was not recorded",
            scene.knee,
            levels.join(" and ")
        );
    }
    "no metric both follows demand and falls to half with twice the tasks".to_owned()
}

/// What the guide would have recorded and this test did not.
fn measure_next(assessed: &[Assessment]) -> Vec<String> {
    let kinds = [
        (Kind::Cpu, "CPU of the service, CPUUtilization of AWS/ECS"),
        (Kind::Memory, "memory of the service, MemoryUtilization of AWS/ECS"),
        (
            Kind::Concurrency,
            "requests in flight for each task: busy workers, or RequestCount / 60 * TargetResponseTime / tasks of the load balancer",
        ),
        (
            Kind::Queue,
            "what waits: the backlog of the workers, or the queue's ApproximateNumberOfMessagesVisible",
        ),
    ];
    kinds
        .into_iter()
        .filter(|(kind, _)| !assessed.iter().any(|one| one.kind == *kind))
        .map(|(_, what)| what.to_owned())
        .chain(std::iter::once(
            "queues and pools inside the service: threads, connections to what it calls".to_owned(),
        ))
        .collect()
}
