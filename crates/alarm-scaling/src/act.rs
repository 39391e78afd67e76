//! Scaling a target: first its tag, then its capacity.
//!
//! The function may crash between the two calls, and neither AWS call is conditional. With the
//! tag first, the next reconcile finds a scaling that was recorded but not carried out, and
//! carries it out. In the other order it would find one that was not recorded, and scale twice.

use aws::{Aws, Error};
use scaling::memory::Remembered;
use scaling::policy::Target;

use crate::targets::Targets;

/// Set the desired capacity of `target`.
///
/// # Errors
/// If a call fails; the tag may already be written by then.
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
