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
use drain::seen::{Answer, Instance, Member, Registration, Status};
use tick::{Buckets, Pace, SKEW};
use time::Duration;

use crate::Time;
use crate::focus::Members;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// The last tick of each pace that was asked for and has not come to this process.
    asked: BTreeMap<Pace, Asked>,
    /// Container instances that we drain for a hook, by ARN.
    drains: BTreeMap<String, Known>,
    /// The last look at everything found nothing to come back for but these.
    complete: bool,
}

/// A tick that was asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    bucket: i64,
    /// When it is due, should this have been the first request of its bucket.
    due: Time,
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

    /// Whether a tick that was asked for answers a request made now, and was not seen to
    /// have come. With `relaxed` this process is taken to be the first of all that asked
    /// for it, which it nearly always is: else the tick may have come to another one that
    /// saw less.
    pub fn is_due(&self, pace: Pace, buckets: Buckets, now: Time, relaxed: bool) -> bool {
        self.lock().asked.get(&pace).is_some_and(|Asked { bucket, due }| {
            buckets.answers(*bucket, now) || relaxed && now + Duration::seconds(SKEW) <= *due
        })
    }

    /// A tick was asked for.
    pub fn asked(&self, pace: Pace, bucket: i64, due: Time) {
        self.lock().asked.insert(pace, Asked { bucket, due });
    }

    /// Ticks have come, the latest of each pace in this bucket.
    pub fn came(&self, ticks: &BTreeMap<Pace, i64>) {
        self.lock().asked.retain(|pace, asked| ticks.get(pace).is_none_or(|b| *b < asked.bucket));
    }

    /// The container instances of every drain, if there is nothing else to come back for; with
    /// `members`, if just these wait.
    pub fn drains(&self, members: Option<&Members>) -> Option<Vec<String>> {
        let known = self.lock();
        let instances: BTreeSet<&String> = known.drains.values().map(|d| &d.instance).collect();
        let just_these = |members: &Members| {
            let waiting = members.iter().filter(|(_, m)| m.state.is_held());
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

    /// When the last task of a container instance had stopped, as far as was read. A later
    /// look need not read those again that were seen to have stopped.
    pub fn last_stop(&self, arn: &str) -> Option<Time> {
        self.lock().drains.get(arn)?.registration.last_stop
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
            in_any_group: Answer::Unasked,
        }
    }
}

#[cfg(test)]
mod tests {
    use drain::note::Note;
    use drain::seen::{LifecycleState, Task};

    use super::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
    }

    /// The note of a drain that began at 0, whose counts are 0 since `idle`.
    fn noted(idle: i64) -> Note {
        Note::new(Cause::Hook, at(0)).idle_at(at(idle))
    }

    fn drain_of(arn: &str, note: Note, tasks: &[&str]) -> Instance {
        let task = |arn: &&str| Task {
            arn: (*arn).to_owned(),
            group: "service:web".to_owned(),
            stopping: true,
        };
        let member = Member { group: "demo-group".to_owned(), state: LifecycleState::Waiting };
        Instance {
            id: format!("i-{arn}"),
            member: Some(member),
            registrations: vec![Registration {
                arn: arn.to_owned(),
                status: Status::Draining,
                agent_connected: true,
                counted_tasks: 0,
                note: Some(note),
                unnotable: false,
                tasks: Answer::Known(tasks.iter().map(task).collect()),
                confirmed: false,
                last_stop: None,
            }],
            terminating_since: Answer::Unasked,
            elsewhere: Answer::Unasked,
            in_any_group: Answer::Unasked,
        }
    }

    fn learn(memory: &Memory, instances: &[Instance], everything: Option<bool>, began: Time) {
        memory.learn(instances.iter(), |_| true, everything, began);
    }

    #[test]
    fn what_is_remembered_of_tasks_holds_as_long_as_the_note_says_the_same() {
        let memory = Memory::default();
        let drain = drain_of("ci", noted(10), &["t"]);
        learn(&memory, std::slice::from_ref(&drain), None, at(14));
        assert_eq!(memory.which(&drain.registrations[0]), Which::Stopping, "not all there were");
        assert!(memory.with_only_tasks_left("ci").is_none());
        learn(&memory, std::slice::from_ref(&drain), None, at(15));
        let left = Which::These(vec!["t".to_owned()]);
        assert_eq!(memory.which(&drain.registrations[0]), left);
        assert_eq!(memory.with_only_tasks_left("ci").unwrap().id, "i-ci");
        let beaten = drain_of("ci", noted(10).beat_now(at(20)), &[]);
        assert_eq!(memory.which(&beaten.registrations[0]), left);
        let again = drain_of("ci", noted(40), &[]);
        assert_eq!(memory.which(&again.registrations[0]), Which::Stopping);
        memory.forget("ci");
        assert_eq!(memory.which(&drain.registrations[0]), Which::Stopping);
    }

    #[test]
    fn all_drains_are_known_only_after_a_look_at_everything() {
        let memory = Memory::default();
        let (one, two) = (drain_of("1", noted(10), &[]), drain_of("2", noted(10), &[]));
        learn(&memory, std::slice::from_ref(&one), None, at(20));
        assert_eq!(memory.drains(None), None);
        learn(&memory, &[one.clone(), two.clone()], Some(true), at(20));
        let both = Some(vec!["1".to_owned(), "2".to_owned()]);
        assert_eq!(memory.drains(None), both);
        let members = |instances: &[&Instance]| -> Members {
            let member = |i: &&Instance| (i.id.clone(), i.member.clone().unwrap());
            instances.iter().map(member).collect()
        };
        assert_eq!(memory.drains(Some(&members(&[&one, &two]))), both);
        assert_eq!(memory.drains(Some(&members(&[&one]))), None);
        let third = drain_of("3", noted(10), &[]);
        assert_eq!(memory.drains(Some(&members(&[&one, &two, &third]))), None);
        memory.learn([&two].into_iter(), |_| false, None, at(30));
        assert_eq!(memory.drains(None), Some(vec!["1".to_owned()]));
        learn(&memory, &[], Some(false), at(40));
        assert_eq!(memory.drains(None), None);
    }

    #[test]
    fn a_tick_is_not_asked_for_while_one_is_to_come() {
        let (memory, buckets) = (Memory::default(), Buckets::new(240).unwrap());
        let is_due = |seconds, relaxed| memory.is_due(Pace::Later, buckets, at(seconds), relaxed);
        assert!(!is_due(0, true) && !is_due(0, false));
        let bucket = buckets.bucket(at(0));
        memory.asked(Pace::Later, bucket, at(240));
        assert!(is_due(0, false));
        let over = (0..).find(|second| !is_due(*second, false)).unwrap();
        assert!((1..=235).contains(&over), "{over}");
        assert!(is_due(over, true) && is_due(235, true) && !is_due(236, true));
        assert!(!memory.is_due(Pace::Soon, buckets, at(0), true));
        memory.came(&BTreeMap::from([(Pace::Later, bucket - 1), (Pace::Soon, bucket)]));
        assert!(is_due(0, true));
        memory.came(&BTreeMap::from([(Pace::Later, bucket)]));
        assert!(!is_due(0, true));
    }
}
