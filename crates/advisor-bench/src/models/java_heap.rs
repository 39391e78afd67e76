//! A Java server: its heap always rises to its limit.

use advice::settings::Runtime;
use load_test::{Kind, Unit};

use super::distractors::{kept_open, requests};
use super::draw::{percent, total};
use super::{Draft, Draw as _, ResponseLimit, cpu};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// In variant 0 CPU saturates first; in variant 1 connections fill the heap, in variant 2 requests
/// do, faster than the collector frees it.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let draft = match variant {
        0 => computing(random),
        1 => connected(random),
        _ => allocating(random),
    };
    let runtime = if random.chance(0.5) { Runtime::Java } else { Runtime::Guess };
    Draft { runtime, ..draft }
}

fn computing(random: &mut Random) -> Draft {
    let full = random.between(75.0, 100.0);
    let mut service = cpu::server(full, random);
    let right = service.gauges.iter().take(1).map(|gauge| gauge.name).collect();
    let alive = Load { idle: random.between(15.0, 35.0), ..Load::default() };
    let heap = heap(alive, service.capacity(), random);
    service.gauges.push(heap);
    Draft::new(service, right, ResponseLimit::Stretch(random.between(2.0, 4.0)))
}

fn connected(random: &mut Random) -> Draft {
    let fits = random.whole(40, 300);
    let capacity = random.scaled(8.0, 40.0);
    let name = random.pick(&["connections", "active_connections", "websocket_connections"]);
    let held = Load { busy: 1.0, ..Load::default() };
    let connections = total(name, Kind::Concurrency, Unit::Count, Reading::Load(held));
    let idle = random.between(8.0, 20.0);
    let alive = Load { idle, busy: (92.0 - idle) / fits as f64, ..Load::default() };
    let service = Service {
        layout: Layout::PerTask,
        servers: 3 * fits,
        backlog: 0,
        work: Work::gamma(fits as f64 / capacity, random.between(1.0, 6.0)),
        batch: 1.0,
        slows: Slows::Crowding { limit: fits as f64, swapping: random.between(2.0, 5.0) },
        warm_up: random.warm_up(),
        gauges: vec![
            idle_cpu(capacity, random),
            committed(random),
            heap(alive, capacity, random),
            connections,
        ],
    };
    Draft::new(service, vec![name], ResponseLimit::Stretch(random.between(1.5, 2.5)))
}

fn allocating(random: &mut Random) -> Draft {
    let mut service = collecting(random);
    let capacity = service.capacity();
    let alive = Load { idle: random.between(15.0, 35.0), ..Load::default() };
    let requests = requests(random);
    service.gauges = vec![
        idle_cpu(capacity, random),
        committed(random),
        heap(alive, capacity, random),
        kept_open(random),
        requests.clone(),
    ];
    Draft::new(service, vec![requests.name], ResponseLimit::Stretch(random.between(1.7, 3.0)))
}

/// A service whose collector falls behind before anything else saturates, without its gauges.
pub(super) fn collecting(random: &mut Random) -> Service {
    let limit = random.scaled(10.0, 40.0);
    let mean = random.scaled(0.05, 0.5);
    Service {
        layout: Layout::PerTask,
        servers: (10.0 * limit * mean).ceil() as usize,
        backlog: (random.between(5.0, 20.0) * limit) as usize,
        work: Work::gamma(mean, random.between(2.0, 8.0)),
        batch: 1.0,
        slows: Slows::Allocation { limit },
        warm_up: random.warm_up(),
        gauges: Vec::new(),
    }
}

/// CPU that is far from saturation.
pub(super) fn idle_cpu(capacity: f64, random: &mut Random) -> Gauge {
    let completed = random.between(20.0, 45.0) / capacity;
    random.cpu(Load { idle: 1.5, completed, ..Load::default() })
}

/// Memory of the task, which the runtime took once for the whole heap.
fn committed(random: &mut Random) -> Gauge {
    let idle = random.between(70.0, 92.0);
    random.memory(Reading::Load(Load { idle, ..Load::default() }), 100.0)
}

/// A heap that each request fills a little, so that it is collected every minute or so.
fn heap(alive: Load, capacity: f64, random: &mut Random) -> Gauge {
    let name = random.pick(&["heap_used_percent", "jvm_heap", "HeapMemoryUtilization"]);
    let completed = random.scaled(0.3, 3.0) / capacity;
    let second = random.between(0.01, 0.1);
    let reading = Reading::Sawtooth { alive, completed, second };
    percent(name, Kind::Heap, reading, random.between(88.0, 98.0))
}
