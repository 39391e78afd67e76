//! Requests that differ much in duration, on services that are modeled elsewhere.

use super::{Draft, Draw as _, cpu, waiting, workers};
use crate::service::{Random, Times};

/// A few requests take very much longer than most.
pub(super) fn heavy_tailed(variant: usize, random: &mut Random) -> Draft {
    let times = Times::LogNormal { variation: random.between(1.5, 3.0) };
    draft(variant, times, random)
}

/// Cheap and expensive requests. The share of the expensive ones is not near 5%, where the 95th
/// percentile would be that of the one kind or the other by chance.
pub(super) fn two_kinds(variant: usize, random: &mut Random) -> Draft {
    let dear = random.between(0.08, 0.3);
    let times = random.scaled(5.0, 20.0);
    let times = Times::Kinds { dear, times, shape: random.between(4.0, 16.0) };
    draft(variant, times, random)
}

/// Variant 0 computes, variant 1 has a fixed number of workers, variant 2 waits for what it calls.
fn draft(variant: usize, times: Times, random: &mut Random) -> Draft {
    let mut draft = match variant {
        0 => cpu::draft(0, random),
        1 => workers::draft(0, random),
        _ => waiting::draft(0, random),
    };
    draft.service.work.times = times;
    draft
}
