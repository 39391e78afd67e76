//! Applies decisions: first a target's tag, then its capacity.
//!
//! The function may crash between the two calls, and neither AWS call is conditional. With the
//! tag first, the next reconcile finds a scaling that was recorded but not carried out, and
//! carries it out. In the other order it would find one that was not recorded, and scale twice.

use std::collections::BTreeMap;

use aws::{Aws, Error};
use function::clock::Clock;
use scaling::candidates::Candidate;
use scaling::memory::Remembered;
use scaling::policy::Target;

use crate::targets::Targets;

/// Carries out the candidates that are applied. One that fails does not affect the others. Returns
/// the errors, by the place of the candidate.
pub async fn apply(
    aws: &Aws,
    clock: &Clock,
    targets: &Targets,
    candidates: &[Candidate],
) -> BTreeMap<usize, Error> {
    let mut errors = BTreeMap::new();
    for (place, Candidate { decided, applied }) in candidates.iter().enumerate() {
        let (Some(to), Some(last)) = (decided.outcome().to(), decided.remember()) else { continue };
        if !applied {
            continue;
        }
        let now = clock.now();
        // An earlier scaling matters only during its cooldown.
        let earlier = targets.last(decided.target(), now).filter(|last| now < last.until());
        let tag = Remembered { last, earlier };
        if let Err(error) = scale(aws, targets, decided.target(), to, tag).await {
            errors.insert(place, error);
        }
    }
    errors
}

/// Sets the desired capacity. If a call fails, the tag may already be written.
async fn scale(
    aws: &Aws,
    targets: &Targets,
    target: &Target,
    to: u32,
    tag: Remembered,
) -> Result<(), Error> {
    let tag = tag.to_string();
    match target {
        Target::Service { cluster, service } => {
            let Some(seen) = targets.services.get(target) else { return Ok(()) };
            aws.tag_service(&seen.arn, &tag).await?;
            aws.set_desired_count(cluster, service, to).await
        }
        Target::Group(name) => {
            aws.tag_group(name, &tag).await?;
            aws.set_desired_capacity(name, to).await
        }
    }
}
