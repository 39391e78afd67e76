//! Jobs wait in one queue until a worker of any task takes them.

use load_test::{Kind, Unit};

use super::draw::{each, total};
use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// Variant 0 records how many jobs wait, variant 1 for how long the oldest does, as a stream's
/// consumers do. In variant 2 the workers poll, so CPU is always high.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let servers = random.whole(1, 8);
    let capacity = random.scaled(2.0, 12.0);
    let mean = servers as f64 / capacity;
    let polling = variant == 2;
    let idle = if polling { random.between(80.0, 90.0) } else { random.between(1.0, 10.0) };
    let full = if polling { random.between(92.0, 99.0) } else { random.between(40.0, 98.0) };
    let cpu = random.cpu(Load { idle, busy: (full - idle) / servers as f64, ..Load::default() });
    let backlog = if variant == 1 { age(random) } else { waiting(random) };
    let right = vec![backlog.name];
    let service = Service {
        layout: Layout::Pooled,
        servers,
        backlog: 1_000_000,
        work: Work::gamma(mean, random.between(2.0, 16.0)),
        batch: if random.chance(0.5) { 1.0 } else { random.between(1.0, 6.0) },
        slows: Slows::Nothing,
        warm_up: random.warm_up(),
        gauges: vec![cpu, random.steady_memory(servers), backlog],
    };
    let response_limit = ResponseLimit::Seconds((20.0 * mean).max(random.between(30.0, 60.0)));
    Draft::new(service, right, response_limit)
}

fn waiting(random: &mut Random) -> Gauge {
    let name = random.pick(&["ApproximateNumberOfMessagesVisible", "queue_depth", "jobs_waiting"]);
    let load = Load { waiting: 1.0, ..Load::default() };
    total(name, Kind::Queue, Unit::Count, Reading::Load(load))
}

fn age(random: &mut Random) -> Gauge {
    let name = random.pick(&["iterator_age", "age_of_oldest_message", "lag_seconds"]);
    each(name, Kind::Lag, Unit::Seconds, Reading::Age)
}
