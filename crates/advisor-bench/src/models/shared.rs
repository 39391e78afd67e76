//! All tasks wait for one database, which saturates at the same demand with any number of tasks.

use load_test::{Kind, Unit};

use super::draw::total;
use super::workers::in_flight;
use super::{Draft, Draw as _, ResponseLimit};
use crate::gauge::{Gauge, Load, Reading};
use crate::service::{Layout, Random, Service, Slows, Work};

/// In variant 0 the tasks wait quietly, in variant 1 they spin, so that their CPU is the database's.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let servers = random.whole(4, 32);
    let capacity = random.scaled(20.0, 80.0);
    let full = random.between(75.0, 95.0);
    let cpu = if variant == 0 {
        let completed = random.between(40.0, 120.0) / capacity;
        random.cpu(Load { idle: 1.0, completed, ..Load::default() })
    } else {
        let spinning = Load { busy: full / servers as f64, ..Load::default() };
        Gauge { total: true, ..random.cpu(spinning) }
    };
    let mut gauges = vec![cpu, random.steady_memory(10 * servers)];
    if random.chance(0.5) {
        gauges.push(in_flight(random));
    }
    if random.chance(0.5) {
        let busy = Load { busy: random.between(75.0, 98.0) / servers as f64, ..Load::default() };
        let database = total("db_cpu", Kind::Cpu, Unit::Percent, Reading::Load(busy));
        gauges.push(database);
    }
    let service = Service {
        layout: Layout::Shared,
        servers,
        backlog: (random.between(10.0, 30.0) * capacity) as usize,
        work: Work::gamma(servers as f64 / capacity, random.between(1.0, 8.0)),
        batch: 1.0,
        slows: Slows::Nothing,
        warm_up: random.warm_up(),
        gauges,
    };
    Draft::new(service, Vec::new(), ResponseLimit::Stretch(random.between(2.0, 4.0)))
}
