//! A fixed number of workers that mostly wait on something, a bounded backlog, then rejection.

use load_test::{Kind, Unit};

use super::draw::{percent, total};
use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// Variant 0 records the workers that are busy, variant 1 also what is in flight with those that
/// wait, variant 2 the share of the workers that are busy.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let servers = random.whole(6, 48);
    let capacity = random.scaled(8.0, 40.0);
    let cost = random.between(10.0, 40.0) / capacity;
    let cpu = random.cpu(Load { idle: 1.0, completed: cost, ..Load::default() });
    let concurrency = match variant {
        0 => vec![busy(random)],
        1 => vec![busy(random), in_flight(random)],
        _ => vec![share(servers, random)],
    };
    let right = concurrency.iter().map(|gauge| gauge.name).collect();
    let mut gauges = vec![cpu, random.steady_memory(servers)];
    gauges.extend(concurrency);
    let service = Service {
        layout: Layout::PerTask,
        servers,
        backlog: random.whole(1, 4) * servers,
        work: Work::gamma(servers as f64 / capacity, random.between(16.0, 60.0)),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: random.warm_up(),
        gauges,
    };
    Draft::new(service, right, ResponseLimit::Stretch(random.between(1.5, 2.5)))
}

fn busy(random: &mut Random) -> Gauge {
    let name = random.pick(&["busy_workers", "workers_busy", "active_workers"]);
    let load = Load { busy: 1.0, ..Load::default() };
    total(name, Kind::Concurrency, Unit::Count, Reading::Load(load))
}

fn share(servers: usize, random: &mut Random) -> Gauge {
    let name = random.pick(&["worker_utilization_percent", "busy_workers_percent"]);
    let load = Load { busy: 100.0 / servers as f64, ..Load::default() };
    percent(name, Kind::Concurrency, Reading::Load(load), 100.0)
}

/// Requests in flight, of those in service and those that wait.
pub(super) fn in_flight(random: &mut Random) -> Gauge {
    let name = random.pick(&["in_flight", "concurrent_requests", "requests_in_flight"]);
    let load = Load { busy: 1.0, waiting: 1.0, ..Load::default() };
    total(name, Kind::Concurrency, Unit::Count, Reading::Load(load))
}
