//! A server on another runtime with a garbage collector: it keeps the memory that it once had.

use advice::settings::Runtime;
use load_test::{Kind, Unit};

use super::distractors::requests;
use super::draw::each;
use super::java_heap::{collecting, idle_cpu};
use super::workers::in_flight;
use super::{Draft, Draw as _, ResponseLimit, cpu};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::Random;

/// In variant 0 CPU saturates first. In the others the collector falls behind, and variant 1
/// records requests, variant 2 what is in flight, variant 3 both.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let mut service = if variant == 0 {
        let full = random.between(75.0, 100.0);
        cpu::server(full, random)
    } else {
        collecting(random)
    };
    let capacity = service.capacity();
    let mut right = Vec::new();
    if variant == 0 {
        service.gauges.truncate(1);
        right.extend(service.gauges.first().map(|gauge| gauge.name));
    } else {
        let mut rights = Vec::new();
        if variant != 2 {
            rights.push(requests(random));
        }
        if variant != 1 {
            rights.push(in_flight(random));
        }
        right.extend(rights.iter().map(|gauge| gauge.name));
        service.gauges = vec![idle_cpu(capacity, random)];
        service.gauges.append(&mut rights);
    }
    let memory = kept(capacity, random);
    service.gauges.push(memory);
    let given = random.chance(0.5);
    if !given || random.chance(0.5) {
        service.gauges.push(collection(capacity, random));
    }
    let runtime = if given { Runtime::Collected } else { Runtime::Guess };
    Draft {
        runtime,
        ..Draft::new(service, right, ResponseLimit::Stretch(random.between(1.7, 3.0)))
    }
}

fn kept(capacity: f64, random: &mut Random) -> Gauge {
    let idle = random.between(10.0, 30.0);
    let completed = random.between(20.0, 50.0) / capacity;
    random.memory(Reading::Kept(Load { idle, completed, ..Load::default() }), 100.0)
}

/// Seconds of each second that go to the collector.
fn collection(capacity: f64, random: &mut Random) -> Gauge {
    let name = random.pick(&["gc_time", "gc_pause_seconds", "time_in_gc"]);
    let completed = random.between(0.05, 0.3) / capacity;
    let load = Load { idle: 0.002, completed, ..Load::default() };
    each(name, Kind::Collection, Unit::Seconds, Reading::Load(load))
}
