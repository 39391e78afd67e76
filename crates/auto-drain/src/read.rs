//! What a look reads: who waits, what runs there, and the answers to the decisions'
//! questions.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, Which};
use drain::decide::{CONFIRMED_AFTER, Question};
use drain::seen::{Answer, Elsewhere, Instance, LifecycleState, Member, Registration};

use crate::focus::{Members, Scope};
use crate::look::Look;

/// Every instance within `scope` that a look may have to do something about, by EC2 id:
/// those that wait, those that carry a note of ours, and those that the hints name. Who is
/// in the groups is read unless it was.
///
/// # Errors
/// A call without which nothing can be decided.
pub async fn instances(
    look: &Look<'_>,
    scope: &Scope,
    members: Option<Members>,
) -> Result<BTreeMap<String, Instance>, Error> {
    let (aws, settings, hints) = (look.aws, &look.config.settings, look.hints);
    let only = match scope {
        Scope::Everything => None,
        Scope::Only(ids) if ids.is_empty() => return Ok(BTreeMap::new()),
        Scope::Only(ids) => Some(ids),
    };
    let members = match members {
        Some(members) => members,
        None => aws.members(&settings.groups).await?,
    };
    let concerned = |id: &String, member: &Member| match member.state {
        _ if only.is_some_and(|only| !only.contains(id)) => false,
        LifecycleState::Waiting | LifecycleState::EnteringPool => true,
        LifecycleState::InService
        | LifecycleState::Pending
        | LifecycleState::PendingWait
        | LifecycleState::Terminating
        | LifecycleState::Warm => hints.interrupted.contains(id) || hints.terminating.contains(id),
        _ => false,
    };
    let ids: Vec<String> = members
        .iter()
        .filter(|(id, member)| concerned(id, member))
        .map(|(id, _)| id.clone())
        .collect();
    // One that changes between a group and its pool may show in neither.
    let unplaced = |id: &&String| !members.contains_key(*id) && is_instance_id(id);
    let unplaced = hints.terminating.iter().filter(unplaced).cloned();
    let asked: Vec<String> = ids.iter().cloned().chain(unplaced).collect();
    let found = match only {
        None => aws.find_container_instances(&settings.cluster, &asked).await,
        Some(_) => aws.container_instances_of(&settings.cluster, &asked).await,
    };
    let (found, elsewhere) = match found {
        Ok(found) => (found, Answer::Unasked),
        Err(Error::NoSuchCluster { .. }) => (Vec::new(), Answer::Known(Elsewhere::NoSuchCluster)),
        Err(error) => return Err(error),
    };
    let mut registrations: BTreeMap<String, Vec<Registration>> = BTreeMap::new();
    for (id, registration) in found {
        registrations.entry(id).or_default().push(registration);
    }
    let all: BTreeSet<String> = ids.into_iter().chain(registrations.keys().cloned()).collect();
    let instance = |id: String| Instance {
        member: members.get(&id).cloned(),
        registrations: registrations.remove(&id).unwrap_or_default(),
        terminating_since: Answer::Unasked,
        elsewhere: elsewhere.clone(),
        in_any_group: Answer::Unasked,
        id,
    };
    Ok(all.into_iter().map(instance).map(|instance| (instance.id.clone(), instance)).collect())
}

/// Whether a message names an instance as EC2 does, `i-` and 8 or 17 hexadecimal digits: no other
/// text may become part of a filter.
fn is_instance_id(id: &str) -> bool {
    id.strip_prefix("i-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Answer every question, in as few calls as there can be, for as long as there is
/// time. What AWS does not answer is marked as failed, and the error kept.
pub async fn answer(
    look: &Look<'_>,
    instances: &mut BTreeMap<String, Instance>,
    questions: &[(String, Question)],
    in_time: impl Fn() -> bool + Sync,
) -> Vec<Error> {
    let (aws, settings) = (look.aws, &look.config.settings);
    let mut errors = Vec::new();
    let asked = |wanted: &Question| {
        questions.iter().filter(|(_, q)| q == wanted).map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };

    let mut by_group: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in asked(&Question::TerminatingSince) {
        if let Some(member) = instances.get(&id).and_then(|instance| instance.member.as_ref()) {
            by_group.entry(member.group.clone()).or_default().push(id);
        }
    }
    for (group, ids) in by_group {
        let since = kept(&mut errors, aws.terminating_since(&group, &ids).await);
        for id in ids {
            if let Some(instance) = instances.get_mut(&id) {
                instance.terminating_since = match &since {
                    Some(since) => Answer::Known(since.get(&id).copied()),
                    None => Answer::Failed,
                };
            }
        }
    }

    let lost = asked(&Question::Elsewhere);
    if !lost.is_empty() {
        let places = kept(&mut errors, aws.elsewhere(&settings.cluster, &lost).await);
        for id in lost {
            let place = places.as_ref().and_then(|places| places.get(&id).cloned());
            if let Some(instance) = instances.get_mut(&id) {
                instance.elsewhere = place.map_or(Answer::Failed, Answer::Known);
            }
        }
    }

    let unplaced = asked(&Question::InAnyGroup);
    if !unplaced.is_empty() {
        let grouped = kept(&mut errors, aws.grouped(&unplaced).await);
        for id in unplaced {
            let grouped = grouped.as_ref().map(|grouped| grouped.contains(&id));
            if let Some(instance) = instances.get_mut(&id) {
                instance.in_any_group = grouped.map_or(Answer::Failed, Answer::Known);
            }
        }
    }

    let stopping = |arn: &String| {
        let mut registrations = instances.values().flat_map(|instance| &instance.registrations);
        let registration = registrations.find(|registration| registration.arn == *arn);
        registration.map_or(Which::Stopping, |registration| look.memory.which(registration))
    };
    let closer: Vec<(String, Which)> = questions
        .iter()
        .filter_map(|(_, question)| match question {
            Question::Tasks { arn, stopping_only: true } => Some((arn.clone(), stopping(arn))),
            Question::Tasks { arn, stopping_only: false } => Some((arn.clone(), Which::All)),
            Question::TasksLater { arn } => Some((arn.clone(), Which::Stopping)),
            _ => None,
        })
        .collect();
    let later = |arn: &String| {
        questions.iter().any(|(_, q)| matches!(q, Question::TasksLater { arn: a } if a == arn))
    };
    if closer.iter().any(|(arn, _)| later(arn)) {
        // The one place where auto-drain sleeps: the instance can remember nothing, and
        // another look would know no more than this one.
        tokio::time::sleep(CONFIRMED_AFTER.unsigned_abs()).await;
    }
    let mut tasks = aws.tasks_left(&settings.cluster, &closer, &in_time).await;
    let asked: BTreeSet<&String> = closer.iter().map(|(arn, _)| arn).collect();
    for registration in instances.values_mut().flat_map(|i| i.registrations.iter_mut()) {
        if asked.contains(&registration.arn) {
            let answer = tasks.remove(&registration.arn);
            registration.tasks = match answer.map(|left| kept(&mut errors, left)) {
                Some(Some(left)) => {
                    let before = look.memory.last_stop(&registration.arn);
                    registration.last_stop = left.last_stop.max(before);
                    Answer::Known(left.tasks)
                }
                Some(None) | None => Answer::Failed,
            };
            registration.confirmed = later(&registration.arn);
        }
    }
    errors
}

fn kept<T>(errors: &mut Vec<Error>, answer: Result<T, Error>) -> Option<T> {
    answer.map_err(|error| errors.push(error)).ok()
}
