//! What gives out first, rule by rule: the guide's kinds of service, the surest to recognise first.

use load_test::{Kind, Unit};

use super::{heap, queue};
use crate::advice::{Assessment, Fit, Pattern, Recognised, Rejection};
use crate::assess::Scene;
use crate::settings::Runtime;

/// Percent of the highest level from which a resource is what gives out. CPU can be all used at 70 to 80
/// and never reach 100 (the guide), and a promise that a little waiting breaks is broken before; less is
/// bound by something else.
const GIVES_OUT: f64 = 60.0;

/// Percent of the highest level from which CPU rather than what is collected gives out.
const RATHER: f64 = 50.0;

/// An index among the assessments, and the service's kind.
type Found = Option<(usize, Recognised)>;

/// The metric of what gives out first, and the service's kind.
pub(super) fn gives_out(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
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

/// Of the metrics of a kind that follow demand and halve, the one that does so most exactly.
fn best(assessed: &[Assessment], kind: Kind) -> Option<(usize, &Assessment)> {
    let fits = assessed.iter().enumerate().filter(|(_, one)| one.kind == kind && one.fits());
    fits.min_by(|one, other| one.1.bend().total_cmp(&other.1.bend()))
}

/// Jobs wait in a queue.
fn queued(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, because) = queue::jobs(scene, assessed)?;
    found(index, Pattern::JobProcessor, because)
}

/// CPU or memory is all used.
fn all_used(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let used = assessed
        .iter()
        .enumerate()
        .filter(|(_, one)| matches!(one.kind, Kind::Cpu | Kind::Memory) && one.fits())
        .filter_map(|(index, one)| Some((index, one, one.given_out()?)));
    let (index, one, _) = used.max_by(|one, other| one.2.total_cmp(&other.2))?;
    let pattern = match one.kind {
        Kind::Memory => Pattern::MemoryBound,
        _ if leaking(assessed).is_some() => Pattern::Leaking,
        _ => Pattern::CpuBound,
    };
    let because = match one.at_knee.filter(|_| one.unit == Unit::Percent) {
        Some(level) => format!("{} stands at {level:.0} % where the objective breaks", one.metric),
        None => format!("{} flattens while demand still rises", one.metric),
    };
    found(index, pattern, because)
}

/// A garbage collector, if CPU is not what gives out: what fills the heap.
fn collected(scene: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let cpu = best(assessed, Kind::Cpu);
    let rather = |one: &Assessment| one.highest.is_some_and(|highest| highest >= RATHER);
    let concurrency = best(assessed, Kind::Concurrency);
    let throughput = best(assessed, Kind::Throughput);
    let ((index, one), because) = match scene.runtime {
        Runtime::Native | Runtime::Guess => None,
        Runtime::Java | Runtime::Collected if cpu.is_some_and(|(_, one)| rather(one)) => {
            Some((cpu?, "comes nearest to being all used"))
        }
        Runtime::Java => {
            let fills = heap::filled_by(scene, assessed, concurrency, throughput)?;
            Some((fills, "fills the heap, which says nothing of demand itself"))
        }
        Runtime::Collected => {
            Some((concurrency.or(throughput)?, "follows demand, and memory does not"))
        }
    }?;
    found(index, Pattern::GarbageCollected, format!("{} {because}", one.metric))
}

/// Workers are all busy, or requests wait for what they call.
fn concurrent(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, one) = best(assessed, Kind::Concurrency)?;
    let pattern = if one.saturation.is_some() { Pattern::WorkerBased } else { Pattern::Waiting };
    let cpu = assessed.iter().find(|one| one.kind == Kind::Cpu && one.unit == Unit::Percent);
    let idle = cpu.and_then(|cpu| cpu.at_knee).map_or_else(String::new, |cpu| {
        format!("CPU stands at {cpu:.0} % where the objective breaks, and ")
    });
    found(index, pattern, format!("{idle}{} rises with what waits", one.metric))
}

/// Nothing else that was recorded can give out: where CPU stands then is its own limit, a lock or a
/// promise that a little waiting breaks.
fn computing(_: &Scene<'_>, assessed: &[Assessment]) -> Found {
    let (index, one) = best(assessed, Kind::Cpu)?;
    let because = format!("{} is all that follows demand and halves", one.metric);
    found(index, Pattern::CpuBound, because)
}

pub(super) fn leaking(assessed: &[Assessment]) -> Option<Recognised> {
    let leaks = |one: &&Assessment| matches!(one.verdict, Fit::Rejected(Rejection::Leaks { .. }));
    assessed.iter().find(leaks).map(|one| Recognised {
        pattern: Pattern::Leaking,
        because: format!("{} climbs at constant demand", one.metric),
    })
}

impl Assessment {
    /// Its percent at the knee, if it gives out; of what has no percents, the least that it may be.
    fn given_out(&self) -> Option<f64> {
        let (level, highest) = self.at_knee.zip(self.highest)?;
        match self.unit {
            Unit::Percent => (highest >= GIVES_OUT).then_some(level),
            _ => self.saturation.map(|_| GIVES_OUT),
        }
    }
}
