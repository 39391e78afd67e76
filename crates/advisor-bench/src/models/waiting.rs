//! Requests that wait, without a thread each, for a connection of the task's pool to what they call.

use super::workers::in_flight;
use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::{Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// Variant 0 records what is in flight, variant 1 the memory that it takes, variant 2 both.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let pool = random.whole(5, 40);
    let capacity = random.scaled(8.0, 40.0);
    let completed = random.between(8.0, 35.0) / capacity;
    let cpu = random.cpu(Load { idle: 1.0, completed, ..Load::default() });
    let memory = if variant == 0 {
        random.steady_memory(pool)
    } else {
        let idle = random.between(3.0, 10.0);
        let held = (random.between(40.0, 55.0) - idle) / pool as f64;
        let load = Load { idle, busy: held, waiting: held, ..Load::default() };
        random.memory(Reading::Load(load), 100.0)
    };
    let mut right = Vec::new();
    let mut gauges = vec![cpu];
    if variant != 1 {
        let in_flight = in_flight(random);
        right.push(in_flight.name);
        gauges.push(in_flight);
    }
    if variant != 0 {
        right.push(memory.name);
    }
    gauges.push(memory);
    let service = Service {
        layout: Layout::PerTask,
        servers: pool,
        backlog: (random.between(10.0, 30.0) * capacity) as usize,
        work: Work::gamma(pool as f64 / capacity, random.between(16.0, 60.0)),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: random.warm_up(),
        gauges,
    };
    Draft::new(service, right, ResponseLimit::Stretch(random.between(1.5, 2.5)))
}
