//! Scaling a target: first its tag, then its capacity.
//!
//! Between the two a crash may come, and neither AWS call has a condition. With the tag first,
//! the next look finds a scaling that was written down and not done, and does it; the other
//! way round it would find one that was done and not written down, and do it twice.

use aws::{Aws, Error};
use scaling::memory::LastScaling;
use scaling::policy::Target;

use crate::targets::Targets;

/// Set the desired capacity of `target`; what failed, if anything did.
pub async fn scale(
    aws: &Aws,
    targets: &Targets,
    target: &Target,
    to: u32,
    remember: Option<LastScaling>,
) -> Option<Error> {
    let value = remember.map(|last| last.to_string()).unwrap_or_default();
    let done = match target {
        Target::Service { cluster, service } => {
            let arn = targets.services.get(target).map(|seen| seen.arn.as_str());
            match aws.tag_service(arn.unwrap_or_default(), &value).await {
                Ok(()) => aws.set_desired_count(cluster, service, to).await,
                Err(error) => Err(error),
            }
        }
        Target::Group(name) => match aws.tag_group(name, &value).await {
            Ok(()) => aws.set_desired_capacity(name, to).await,
            Err(error) => Err(error),
        },
    };
    done.err()
}
