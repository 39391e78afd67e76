//! A server that computes: as many requests at once as it has cores, the others wait.

use super::workers::in_flight;
use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::Load;
use crate::service::{Layout, Random, Service, Slows, Work};

/// Variant 1 never gets all of the CPU, for a lock or for what the host steals.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let full = if variant == 0 { random.between(92.0, 100.0) } else { random.between(68.0, 86.0) };
    let service = server(full, random);
    let right = service.gauges.iter().take(1).map(|gauge| gauge.name).collect();
    Draft::new(service, right, ResponseLimit::Stretch(random.between(2.0, 4.0)))
}

/// A server whose CPU shows `full` percent when all of its cores are taken. CPU is its first metric;
/// what is in flight may be recorded, too, which follows demand as well and is full at no number.
pub(super) fn server(full: f64, random: &mut Random) -> Service {
    let servers = 1 << random.whole(0, 3);
    let capacity = random.scaled(8.0, 40.0);
    let shape = random.between(1.0, 4.0);
    let idle = random.between(0.5, 4.0);
    let busy = (full - idle) / servers as f64;
    let cpu = random.cpu(Load { idle, busy, ..Load::default() });
    let mut gauges = vec![cpu, random.steady_memory(servers)];
    if random.chance(0.3) {
        gauges.push(in_flight(random));
    }
    Service {
        layout: Layout::PerTask,
        servers,
        backlog: (random.between(10.0, 30.0) * capacity) as usize,
        work: Work::gamma(servers as f64 / capacity, shape),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: random.warm_up(),
        gauges,
    }
}
