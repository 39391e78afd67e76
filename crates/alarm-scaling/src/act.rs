//! Scaling a target: first its tag, then its capacity.
//!
//! Between the two a crash may come, and neither AWS call has a condition. With the tag first,
//! the next look finds a scaling that was written down and not done, and does it; the other
//! way round it would find one that was done and not written down, and do it twice.

use aws::{Aws, Error};
use scaling::memory::Remembered;
use scaling::policy::Target;

use crate::targets::Targets;

/// Set the desired capacity of `target`.
///
/// # Errors
/// Whatever call fails; the tag may be written by then.
pub async fn scale(
    aws: &Aws,
    targets: &Targets,
    target: &Target,
    to: u32,
    tag: Remembered,
) -> Result<(), Error> {
    let tag = tag.to_string();
    match target {
        Target::Service { cluster, service } => {
            let arn = targets.services.get(target).map(|seen| seen.arn.as_str());
            aws.tag_service(arn.unwrap_or_default(), &tag).await?;
            aws.set_desired_count(cluster, service, to).await
        }
        Target::Group(name) => {
            aws.tag_group(name, &tag).await?;
            aws.set_desired_capacity(name, to).await
        }
    }
}
