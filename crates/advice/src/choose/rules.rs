//! Which resource saturates first: one rule for each service type of the guide, in order of
//! certainty.

use load_test::{Kind, Unit};

use super::{heap, queue};
use crate::advice::{Assessment, Fit, Pattern, Recognised, Rejection};
use crate::assess::Scene;
use crate::settings::Runtime;

/// Percent at the highest level from which a resource counts as saturated. CPU can be used up at 70
/// to 80% and never reach 100% (the guide), and a strict objective breaks before. Below 60%,
/// another resource is the limit.
const SATURATED: f64 = 60.0;

/// Percent at the highest level from which CPU counts as saturated on a garbage-collected runtime.
const SATURATED_COLLECTED: f64 = 50.0;

/// An index among the assessments, and the service type.
type Found = Option<(usize, Recognised)>;

/// The metric of the resource that saturates first, and the service type.
pub(super) fn saturates_first(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let rules = [queued, all_used, collected, concurrent, computing];
    let (index, mut recognised) = rules.iter().find_map(|rule| rule(scene, assessed))?;
    if scene.runtime != Runtime::Native && recognised.pattern != Pattern::JobProcessor {
        recognised.pattern = Pattern::GarbageCollected;
    }
    Some((index, recognised))
}

fn found(index: usize, pattern: Pattern, because: String) -> Found {
    Some((index, Recognised { pattern, because }))
}

/// Among the metrics of a kind that follow demand and halve, the most exact one.
fn best(assessed: &[Assessment], kind: Kind) -> Option<(usize, &Assessment)> {
    let fits = assessed.iter().enumerate().filter(|(_, one)| one.kind == kind && one.fits());
    fits.min_by(|one, other| one.1.bend().total_cmp(&other.1.bend()))
}

/// Jobs wait in a queue.
fn queued(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, because) = queue::jobs(scene, assessed)?;
    found(index, Pattern::JobProcessor, because)
}

/// CPU or memory is used up.
fn all_used(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let used = assessed
        .iter()
        .enumerate()
        .filter(|(_, one)| matches!(one.kind, Kind::Cpu | Kind::Memory) && one.fits())
        .filter_map(|(index, one)| Some((index, one, one.saturated_at()?)));
    let (index, one, _) = used.max_by(|one, other| one.2.total_cmp(&other.2))?;
    let pattern = match one.kind {
        Kind::Memory => Pattern::MemoryBound,
        _ if leaking(assessed).is_some() => Pattern::Leaking,
        _ => Pattern::CpuBound,
    };
    let because = match one.at_knee.filter(|_| one.unit == Unit::Percent) {
        Some(level) => format!("{} is at {level:.0}% when the objective breaks", one.metric),
        None => format!("{} flattens while demand still rises", one.metric),
    };
    found(index, pattern, because)
}

/// A garbage-collected runtime whose CPU does not saturate: what fills the heap.
fn collected(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let cpu = best(assessed, Kind::Cpu);
    let rather =
        |one: &Assessment| one.highest.is_some_and(|highest| highest >= SATURATED_COLLECTED);
    let concurrency = best(assessed, Kind::Concurrency);
    let throughput = best(assessed, Kind::Throughput);
    let ((index, one), because) = match scene.runtime {
        Runtime::Native | Runtime::Guess => None,
        Runtime::Java | Runtime::Collected if cpu.is_some_and(|(_, one)| rather(one)) => {
            Some((cpu?, "comes nearest to saturation"))
        }
        Runtime::Java => {
            let fills = heap::filled_by(scene, assessed, concurrency, throughput)?;
            Some((fills, "fills the heap, and the heap itself does not show demand"))
        }
        Runtime::Collected => {
            Some((concurrency.or(throughput)?, "follows demand, and memory does not"))
        }
    }?;
    found(index, Pattern::GarbageCollected, format!("{} {because}", one.metric))
}

/// All workers are busy, or requests wait on the services that they call.
fn concurrent(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, one) = best(assessed, Kind::Concurrency)?;
    let pattern = if one.saturation.is_some() { Pattern::WorkerBased } else { Pattern::Waiting };
    let cpu = assessed.iter().find(|one| one.kind == Kind::Cpu && one.unit == Unit::Percent);
    let idle = cpu.and_then(|cpu| cpu.at_knee).map_or_else(String::new, |cpu| {
        format!("CPU is at {cpu:.0}% when the objective breaks, and ")
    });
    found(index, pattern, format!("{idle}{} rises with the requests that wait", one.metric))
}

/// No other recorded resource can saturate. The limit of CPU is then where it is at the knee,
/// because of a lock or a strict objective.
fn computing(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, one) = best(assessed, Kind::Cpu)?;
    let because = format!("{} is the only metric that follows demand and halves", one.metric);
    found(index, Pattern::CpuBound, because)
}

pub(super) fn leaking(assessed: &[Assessment]) -> Option<Recognised> {
    let leaks = |one: &&Assessment| matches!(one.verdict, Fit::Rejected(Rejection::Leaks { .. }));
    assessed.iter().find(leaks).map(|one| Recognised {
        pattern: Pattern::Leaking,
        because: format!("{} rises at constant demand", one.metric),
    })
}

impl Assessment {
    /// Its percentage at the knee if it saturates. A metric in another unit that flattens counts as
    /// [`SATURATED`].
    fn saturated_at(&self) -> Option<f64> {
        let (level, highest) = self.at_knee.zip(self.highest)?;
        match self.unit {
            Unit::Percent => (highest >= SATURATED).then_some(level),
            _ => self.saturation.map(|_| SATURATED),
        }
    }
}
