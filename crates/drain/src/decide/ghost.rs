//! Ghost registrations: container instances whose EC2 instance has left its group while the agent
//! was disconnected.
//!
//! When an EC2 instance is terminated, ECS deregisters its container instance, except if the agent
//! is disconnected
//! (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>).
//! Such a registration stays ACTIVE or DRAINING, and counts in the reservations of the cluster
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster_reservation.html>).

use time::Duration;

use super::{Action, Decision, LeftAlone, Plan, Question, Verdict};
use crate::Time;
use crate::seen::{Answer, Instance, Status};
use crate::triggers::Triggers;

/// How long an agent must be disconnected. An agent of a running instance reconnects within
/// minutes. If an instance shuts down with its agent connected, ECS deregisters it within minutes.
const AWAY: Duration = Duration::minutes(10);

/// Decides about an instance that no group has; `None` if it has no ghost registration and no
/// drain record to update. Each registration with our drain record is decided on its own.
/// Registrations without one, or with a connected agent, are not removed. Whatever is left is done
/// by the next full resync, so nothing is requeued.
pub(super) fn decide(instance: &Instance, triggers: &Triggers, now: Time) -> Option<Decision> {
    let mut actions = Vec::new();
    let mut due = Vec::new();
    let mut ghosts = 0;
    for registration in instance.registrations.iter().filter(|r| r.status != Status::Gone) {
        let Some(drain_record) = registration.drain_record else { continue };
        let arn = registration.arn.clone();
        let away = !registration.agent_connected && !triggers.connected.contains(&arn);
        ghosts += u32::from(away);
        match drain_record.agent_gone {
            Some(since) if away && now >= since + AWAY => due.push(Action::Deregister { arn }),
            since if since.is_some() != away && !registration.record_refused => {
                let drain_record = drain_record.agent_gone_since(away.then_some(now));
                actions.push(Action::DrainRecord { arn, drain_record });
            }
            _ => {}
        }
    }
    // A group without our tags may have it. Or it moved between its group and the warm pool, and
    // was missing in both calls. One call reads all groups of the account.
    match &instance.untagged {
        _ if due.is_empty() => {}
        Answer::Unasked => return Some(Decision::Read(vec![Question::Place])),
        Answer::Known(None) => actions.append(&mut due),
        Answer::Known(Some(_)) => ghosts = 0,
        Answer::Failed => {}
    }
    if ghosts == 0 && actions.is_empty() {
        return None;
    }
    let verdict = match ghosts {
        0 => Verdict::LeftAlone(LeftAlone::NotInGroup),
        registrations => Verdict::Ghost { registrations },
    };
    Some(Decision::Plan(Plan::new(actions, verdict, None)))
}
