//! What a process remembers from one look to the next.
//!
//! It saves calls and proves nothing: what is remembered says where a look need not
//! read again, every step of a drain rests on what was read in that look, and a new
//! process, which remembers nothing, comes to the same end by more calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws::Which;
use drain::decide::list_is_complete;
use drain::note::Cause;
use drain::seen::{Answer, Instance, LifecycleState, Member, Registration, Status};
use tick::Pace;
use time::Duration;

use crate::Time;
use crate::focus::Members;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// When the tick of each pace that was last asked for is due.
    due: BTreeMap<Pace, Time>,
    /// Container instances that we drain for a hook, by ARN.
    drains: BTreeMap<String, Known>,
    /// The last look at everything found nothing to come back for but these.
    complete: bool,
}

/// A drain, as it was last read.
#[derive(Debug, Clone)]
struct Known {
    instance: String,
    member: Member,
    registration: Registration,
    /// Its tasks that had not stopped, when they were last read, if that were all.
    left: Option<Vec<String>>,
}

/// Whether a container instance carries the note of a drain for a hook that goes on.
fn is_our_drain(registration: &Registration) -> bool {
    let ours = registration.note.is_some_and(|note| note.cause == Cause::Hook && !note.done);
    ours && registration.status == Status::Draining
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a tick of this pace is under way that comes at least `margin` from now.
    pub fn is_due(&self, pace: Pace, now: Time, margin: Duration) -> bool {
        self.lock().due.get(&pace).is_some_and(|due| now + margin <= *due)
    }

    /// A tick was asked for.
    pub fn asked(&self, pace: Pace, due: Time) {
        self.lock().due.insert(pace, due);
    }

    /// The container instances of every drain, if there is nothing else to come back for; with
    /// `members`, if just these wait.
    pub fn drains(&self, members: Option<&Members>) -> Option<Vec<String>> {
        let known = self.lock();
        let instances: BTreeSet<&String> = known.drains.values().map(|d| &d.instance).collect();
        let just_these = |members: &Members| {
            let waiting = members.iter().filter(|(_, m)| m.state == LifecycleState::Waiting);
            waiting.map(|(id, _)| id).eq(instances.iter().copied())
        };
        let all = known.complete && members.is_none_or(just_these);
        all.then(|| known.drains.keys().cloned().collect())
    }

    /// The instance of a container instance, as it was last read, if all that its tasks can
    /// have changed since is read by describing those that were left.
    pub fn with_only_tasks_left(&self, arn: &str) -> Option<Instance> {
        let known = self.lock();
        let drain = known.drains.get(arn).filter(|drain| drain.left.is_some())?;
        Some(drain.as_instance(drain.registration.clone()))
    }

    /// The instance of a container instance that was just read, if it is a drain of ours that
    /// is known.
    pub fn with(&self, registration: Registration) -> Option<Instance> {
        let known = self.lock();
        let drain = known.drains.get(&registration.arn)?;
        is_our_drain(&registration).then(|| drain.as_instance(registration))
    }

    /// Which tasks of a container instance whose counts are 0 must be asked for.
    pub fn which(&self, registration: &Registration) -> Which {
        let known = self.lock();
        let drain = known.drains.get(&registration.arn).filter(|drain| drain.holds(registration));
        match drain.and_then(|drain| drain.left.clone()) {
            Some(left) => Which::These(left),
            None => Which::Stopping,
        }
    }

    /// What a look that began at `began` has read, of which `drains` are drains that go on.
    /// A look at everything says whether there is nothing else to come back for.
    pub fn learn<'a>(
        &self,
        instances: impl Iterator<Item = &'a Instance>,
        drains: impl Fn(&Instance) -> bool,
        everything: Option<bool>,
        began: Time,
    ) {
        let mut known = self.lock();
        let mut before = match everything {
            Some(complete) => {
                known.complete = complete;
                std::mem::take(&mut known.drains)
            }
            None => BTreeMap::new(),
        };
        for instance in instances {
            let member = instance.member.as_ref().filter(|_| drains(instance));
            for registration in &instance.registrations {
                let arn = &registration.arn;
                let last = known.drains.remove(arn).or_else(|| before.remove(arn));
                if let Some(member) = member.filter(|_| registration.status != Status::Gone) {
                    let drain = Known::of(instance, member, registration, last, began);
                    known.drains.insert(arn.clone(), drain);
                }
            }
        }
    }

    /// A container instance is no drain of ours any more.
    pub fn forget(&self, arn: &str) {
        self.lock().drains.remove(arn);
    }
}

impl Known {
    fn of(
        instance: &Instance,
        member: &Member,
        registration: &Registration,
        before: Option<Self>,
        began: Time,
    ) -> Self {
        let left = match &registration.tasks {
            Answer::Known(tasks) if list_is_complete(registration, began) => {
                Some(tasks.iter().map(|task| task.arn.clone()).collect())
            }
            _ => before.filter(|before| before.holds(registration)).and_then(|before| before.left),
        };
        Self {
            instance: instance.id.clone(),
            member: member.clone(),
            registration: Registration { tasks: Answer::Unasked, ..registration.clone() },
            left,
        }
    }

    /// Whether its tasks are those that `registration` has: it was not given others since.
    fn holds(&self, registration: &Registration) -> bool {
        let idle = |r: &Registration| r.note.and_then(|note| note.idle);
        idle(&self.registration) == idle(registration)
    }

    fn as_instance(&self, registration: Registration) -> Instance {
        Instance {
            id: self.instance.clone(),
            member: Some(self.member.clone()),
            registrations: vec![registration],
            terminating_since: Answer::Unasked,
            elsewhere: Answer::Unasked,
        }
    }
}
