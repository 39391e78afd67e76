//! Ghost registrations: container instances whose EC2 instance has left its group, and whose
//! agent was away when it did.
//!
//! ECS deregisters a container instance when its EC2 instance is terminated, but not one whose
//! agent is disconnected
//! (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>).
//! Such a registration stays ACTIVE or DRAINING, and counts in the cluster's reservations
//! (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster_reservation.html>).

use time::Duration;

use super::{Action, Decision, LeftAlone, Plan, Question, Verdict};
use crate::Time;
use crate::hints::Hints;
use crate::seen::{Answer, Instance, Status};

/// How long an agent must be away. One that lives reconnects within minutes, and ECS
/// deregisters by itself within minutes what shuts down with its agent connected.
const AWAY: Duration = Duration::minutes(10);

/// An instance of none of our groups; `None` if it has no ghost registration and nothing about
/// one is to be written. Each registration that carries our note is judged by itself: one
/// without, or whose agent is connected, is not ours to remove. Whatever is left waits for the
/// next look at everything, so no further look is asked for.
pub(super) fn decide(instance: &Instance, hints: &Hints, now: Time) -> Option<Decision> {
    let mut actions = Vec::new();
    let mut due = Vec::new();
    let mut ghosts = 0;
    for registration in instance.registrations.iter().filter(|r| r.status != Status::Gone) {
        let Some(note) = registration.note else { continue };
        let arn = registration.arn.clone();
        let away = !registration.agent_connected && !hints.connected.contains(&arn);
        ghosts += u32::from(away);
        match note.agent_gone {
            Some(since) if away && now >= since + AWAY => due.push(Action::Deregister { arn }),
            since if since.is_some() != away && !registration.unnotable => {
                let note = note.agent_gone_since(away.then_some(now));
                actions.push(Action::Note { arn, note });
            }
            _ => {}
        }
    }
    // A group of somebody else may have it; and one that changes between its group and the
    // warm pool may have shown in neither, as two calls read the two. One call reads all.
    match instance.in_any_group {
        _ if due.is_empty() => {}
        Answer::Unasked => return Some(Decision::LookCloser(vec![Question::InAnyGroup])),
        Answer::Known(false) => actions.append(&mut due),
        Answer::Known(true) => ghosts = 0,
        Answer::Failed => {}
    }
    if ghosts == 0 && actions.is_empty() {
        return None;
    }
    let verdict = match ghosts {
        0 => Verdict::LeftAlone(LeftAlone::NotInGroup),
        registrations => Verdict::Ghost { registrations },
    };
    Some(Decision::Plan(Plan { actions, verdict, again: None }))
}
