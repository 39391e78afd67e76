//! What `k6 run --out csv=FILE` writes: a row for each point.

use crate::mapping::Mapping;
use crate::said::Fault;
use crate::source::Text;
use crate::table::Recording;

pub(in crate::formats) const fn is(_: &[u8]) -> bool {
    false
}

pub(in crate::formats) fn read(text: Text<'_>, _: &Mapping) -> Result<Recording, Fault> {
    Err(text.fault("is not read so far"))
}
