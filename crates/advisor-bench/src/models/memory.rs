//! Each request holds memory until it is done, and memory is what there is least of.

use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::{Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// Variant 0 rejects what it has no memory for, variant 1 swaps.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let fits = random.whole(40, 300);
    let capacity = random.scaled(8.0, 40.0);
    let swaps = variant == 1;
    let idle = random.between(4.0, 20.0);
    let most = random.between(90.0, 99.0);
    let held = (most - idle) / fits as f64;
    let memory = random.memory(Reading::Load(Load { idle, busy: held, ..Load::default() }), most);
    let cost = random.between(15.0, 40.0) / capacity;
    let cpu = random.cpu(Load { idle: 1.0, completed: cost, ..Load::default() });
    let slows = if swaps {
        Slows::Crowding { limit: fits as f64, swapping: random.between(2.0, 5.0) }
    } else {
        Slows::Nothing
    };
    let service = Service {
        layout: Layout::PerTask,
        servers: if swaps { 3 * fits } else { fits },
        backlog: 0,
        work: Work::gamma(fits as f64 / capacity, random.between(1.0, 6.0)),
        batch: 1.0,
        slows,
        warm_up: random.warm_up(),
        gauges: vec![cpu, memory.clone()],
    };
    Draft::new(service, vec![memory.name], ResponseLimit::Stretch(random.between(1.5, 2.5)))
}
