//! A server that computes, and never gives back some of the memory that it takes.

use super::{Draft, Draw as _, ResponseLimit, cpu};
use crate::gauge::Reading;
use crate::service::Random;

/// In how many seconds memory climbs by what is drawn: most tests last as long.
const CLIMBING: f64 = 9_000.0;

/// Variant 0 leaks with time, variant 1 with requests.
pub(super) fn draft(variant: usize, random: &mut Random) -> Draft {
    let full = random.between(75.0, 100.0);
    let mut service = cpu::server(full, random);
    let level = random.between(10.0, 30.0);
    let second = random.between(25.0, 60.0) / CLIMBING;
    let reading = if variant == 0 {
        Reading::Leak { level, completed: 0.0, second }
    } else {
        // At half of its capacity as fast as the other.
        let completed = 2.0 * second / service.capacity();
        Reading::Leak { level, completed, second: 0.0 }
    };
    let right = service.gauges.iter().take(1).map(|gauge| gauge.name).collect();
    let memory = random.memory(reading, 100.0);
    service.gauges.truncate(1);
    service.gauges.push(memory);
    Draft::new(service, right, ResponseLimit::Stretch(random.between(2.0, 4.0)))
}
