//! Identifiers that are no part of what is simulated.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::wording::uuid;

/// Sets the stream apart from those that are seeded with the seed itself.
const APART: u64 = 0x7265_7175_6573_7473;

/// A stream of UUIDs that follows from a seed. It takes no random number from which anything else
/// is drawn.
#[derive(Debug)]
pub struct Uuids(StdRng);

impl Uuids {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed ^ APART))
    }

    /// The next one.
    pub fn draw(&mut self) -> String {
        uuid(&mut self.0)
    }
}
