//! What task stops cost in clusters that have not opted in.

use std::time::Duration as Pause;

use region::client::Interceptor;
use region::names::{ACCOUNT, REGION};
use scenarios::{Error, stack};
use serde_json::{Value, json};

use super::Fleet;
use crate::cost::Usage;
use crate::quiet::Meter;

/// Stops in a day.
const STOPS: u64 = 1_000_000;

const DAY_SECONDS: u64 = 86_400;

/// The clusters in which they happen in turns.
const CLUSTERS: u64 = 50;

/// The measured span. A day is a multiple of it.
const SPAN_SECONDS: u64 = 432;

/// Measures a part of a day with a million stops.
///
/// # Errors
/// The template or an environment is invalid.
pub(super) async fn a_day(seed: u64) -> Result<Usage, Error> {
    let fleet = Fleet::begin(stack::wiring(&[])?, seed, Interceptor::none()).await?;
    let (rehearsal, drainer) = (&fleet.rehearsal, &fleet.drainer);
    let meter = Meter::start(rehearsal, drainer)?;
    for second in 0..SPAN_SECONDS {
        let until = |second: u64| second * STOPS / DAY_SECONDS;
        rehearsal.live.with(|region, now| {
            for number in until(second)..until(second + 1) {
                region.messaging_mut().put_event(now, &stop(number));
            }
        });
        tokio::time::sleep(Pause::from_secs(1)).await;
    }
    meter.read(rehearsal, drainer, Pause::from_secs(SPAN_SECONDS))
}

fn stop(number: u64) -> Value {
    let home = format!("arn:aws:ecs:{REGION}:{ACCOUNT}");
    let cluster = format!("other-{}", number % CLUSTERS);
    json!({
        "version": "0", "id": number.to_string(), "source": "aws.ecs",
        "detail-type": "ECS Task State Change", "account": ACCOUNT, "region": REGION,
        "resources": [], "detail": {
            "clusterArn": format!("{home}:cluster/{cluster}"),
            "containerInstanceArn": format!("{home}:container-instance/{cluster}/{}", "1".repeat(32)),
            "taskArn": format!("{home}:task/{cluster}/{number:032x}"),
            "lastStatus": "STOPPED"},
    })
}
