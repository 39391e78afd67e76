//! What else is recorded of a service.

use load_test::{Kind, Unit};
use rand::seq::SliceRandom as _;

use super::Draw as _;
use super::draw::{each, total};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Random, Service, Slows};

/// Record a few more metrics, none of which is right for any service of the bench.
pub fn distract(service: &mut Service, random: &mut Random) {
    let capacity = service.capacity();
    let mut all = vec![
        network(capacity, random),
        disk(capacity, random),
        kept_open(random),
        threads(random),
        constant(random),
        walk(random),
        daily(random),
        foreign_queue(random),
    ];
    // They are right if the garbage collector saturates, because each request allocates.
    if !matches!(service.slows, Slows::Allocation { .. }) {
        all.push(requests(random));
    }
    all.retain(|gauge| service.gauges.iter().all(|known| known.name != gauge.name));
    all.shuffle(random);
    all.truncate(random.whole(2, 6));
    service.gauges.append(&mut all);
    service.gauges.shuffle(random);
}

/// Requests a second: of one task as a target group has them, or of all.
pub(super) fn requests(random: &mut Random) -> Gauge {
    let load = Reading::Load(Load { completed: 1.0, ..Load::default() });
    let (kind, unit) = (Kind::Throughput, Unit::PerSecond);
    if random.chance(0.3) {
        total(random.pick(&["requests_per_second", "request_rate"]), kind, unit, load)
    } else {
        each(random.pick(&["requests_per_target", "request_rate_per_task"]), kind, unit, load)
    }
}

fn network(capacity: f64, random: &mut Random) -> Gauge {
    let name = random.pick(&["NetworkRxBytes", "network_out_bytes", "net_bytes"]);
    let idle = capacity * random.between(100.0, 1_000.0);
    let load = Load { idle, completed: random.scaled(2e3, 2e5), ..Load::default() };
    total(name, Kind::Traffic, Unit::Bytes, Reading::Load(load))
}

fn disk(capacity: f64, random: &mut Random) -> Gauge {
    let name = random.pick(&["StorageWriteBytes", "disk_read_ops", "io_operations"]);
    let completed = if random.chance(0.5) { random.between(0.1, 2.0) } else { 0.0 };
    let load = Load { idle: capacity * random.between(0.5, 2.0), completed, ..Load::default() };
    total(name, Kind::Traffic, Unit::PerSecond, Reading::Load(load))
}

/// What a load balancer keeps open, busy or not.
pub(super) fn kept_open(random: &mut Random) -> Gauge {
    let name = random.pick(&["keepalive_connections", "open_connections"]);
    let level = random.between(20.0, 200.0).round();
    total(name, Kind::Concurrency, Unit::Count, Reading::Constant(level))
}

fn threads(random: &mut Random) -> Gauge {
    let level = random.between(20.0, 80.0).round();
    each("threads", Kind::Concurrency, Unit::Count, Reading::Constant(level))
}

fn constant(random: &mut Random) -> Gauge {
    let name = random.pick(&["file_descriptors_limit", "config_version", "max_heap_bytes"]);
    each(name, Kind::Other, Unit::Unknown, Reading::Constant(random.between(1.0, 1_000.0).round()))
}

fn walk(random: &mut Random) -> Gauge {
    let name = random.pick(&["cache_entries", "temperature", "open_files"]);
    let level = random.between(50.0, 500.0);
    each(name, Kind::Other, Unit::Unknown, Reading::Walk { level, spread: level / 5.0 })
}

fn daily(random: &mut Random) -> Gauge {
    let name = random.pick(&["active_users_elsewhere", "spot_price", "host_load"]);
    let level = random.between(10.0, 100.0);
    let swing = level * random.between(0.1, 0.5);
    let phase = random.between(0.0, 86_400.0);
    each(name, Kind::Other, Unit::Unknown, Reading::Daily { level, swing, phase })
}

/// A queue that this service has nothing to do with.
fn foreign_queue(random: &mut Random) -> Gauge {
    let name = random.pick(&["dead_letter_messages", "billing_queue_depth"]);
    let level = random.between(20.0, 200.0);
    each(name, Kind::Queue, Unit::Count, Reading::Walk { level, spread: level / 3.0 })
}
