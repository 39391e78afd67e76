//! Reads what a reconcile needs: the instances, their container instances, and the answers to the
//! questions of decisions.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, ErrorKind, Which};
use drain::decide::{CONFIRMED_AFTER, Question};
use drain::seen::{Answer, Elsewhere, Instance, LifecycleState, Member, Registration};

use crate::focus::{Members, Scope};
use crate::reconcile::Reconcile;

/// Reads all instances within `scope` that may need an action, by EC2 id: those in a wait state,
/// those with a drain record of ours, and those that the triggers name. Reads the members of the
/// groups unless they are passed in.
///
/// # Errors
/// A call failed without which nothing can be decided.
pub async fn instances(
    reconcile: &Reconcile<'_>,
    scope: &Scope,
    members: Option<Members>,
) -> Result<BTreeMap<String, Instance>, Error> {
    let (aws, settings, triggers) = (reconcile.aws, &reconcile.config.settings, reconcile.triggers);
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
        | LifecycleState::Warm => {
            triggers.interrupted.contains(id) || triggers.terminating.contains(id)
        }
        _ => false,
    };
    let ids: Vec<String> = members
        .iter()
        .filter(|(id, member)| concerned(id, member))
        .map(|(id, _)| id.clone())
        .collect();
    // An instance that moves between a group and its pool may be missing in both.
    let unplaced = |id: &&String| !members.contains_key(*id) && is_instance_id(id);
    let unplaced = triggers.terminating.iter().filter(unplaced).cloned();
    let asked: Vec<String> = ids.iter().cloned().chain(unplaced).collect();
    let found = match only {
        None => aws.find_container_instances(&settings.cluster, &asked).await,
        Some(_) => aws.container_instances_of(&settings.cluster, &asked).await,
    };
    let (found, elsewhere) = match found {
        Ok(found) => (found, Answer::Unasked),
        Err(Error { kind: ErrorKind::NoSuchCluster, .. }) => {
            (Vec::new(), Answer::Known(Elsewhere::NoSuchCluster))
        }
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

/// Whether an id from a message has the format of EC2, `i-` and 8 or 17 hexadecimal digits. No
/// other text may become part of a filter.
fn is_instance_id(id: &str) -> bool {
    id.strip_prefix("i-").is_some_and(|digits| {
        matches!(digits.len(), 8 | 17) && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

/// Answers the questions in as few calls as possible, while there is time. What could not be read
/// is marked as failed, and the errors are returned.
pub async fn answer(
    reconcile: &Reconcile<'_>,
    instances: &mut BTreeMap<String, Instance>,
    questions: &[(String, Question)],
    in_time: impl Fn() -> bool + Sync,
) -> Vec<Error> {
    let (aws, settings) = (reconcile.aws, &reconcile.config.settings);
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
        registration.map_or(Which::Stopping, |registration| reconcile.memory.which(registration))
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
        // The only place where auto-drain sleeps: no drain record can be written to the instance,
        // so another reconcile would know no more than this one.
        tokio::time::sleep(CONFIRMED_AFTER.unsigned_abs()).await;
    }
    let mut tasks = aws.tasks_left(&settings.cluster, &closer, &in_time).await;
    let asked: BTreeSet<&String> = closer.iter().map(|(arn, _)| arn).collect();
    for registration in instances.values_mut().flat_map(|i| i.registrations.iter_mut()) {
        if asked.contains(&registration.arn) {
            let answer = tasks.remove(&registration.arn);
            registration.tasks = match answer.map(|left| kept(&mut errors, left)) {
                Some(Some(left)) => {
                    let before = reconcile.memory.last_stop(&registration.arn);
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
