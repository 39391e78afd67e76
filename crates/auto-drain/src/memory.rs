//! What a process remembers from one reconcile to the next.
//!
//! The memory only saves calls: it says what a reconcile need not read again. Every step of a drain
//! rests on what was read in the same reconcile, and a new process, with an empty memory, reaches
//! the same result with more calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws::Which;
use drain::decide::list_is_complete;
use drain::drain_record::Cause;
use drain::seen::{Answer, Instance, Member, Registration, Status};
use requeue::{Buckets, DelayClass, SKEW};
use time::Duration;

use crate::Time;
use crate::focus::Members;

/// The memory of one process.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// The last requested requeue message of each delay class that was not delivered to this
    /// process.
    asked: BTreeMap<DelayClass, Asked>,
    /// Container instances that we drain for a hook, by ARN.
    drains: BTreeMap<String, Known>,
    /// The last full resync found nothing else that needs another reconcile.
    complete: bool,
}

/// A requeue message that was requested.
#[derive(Debug, Clone, Copy)]
struct Asked {
    bucket: i64,
    /// When it is due if this was the first request of its bucket.
    due: Time,
}

/// A drain as it was last read.
#[derive(Debug, Clone)]
struct Known {
    instance: String,
    member: Member,
    registration: Registration,
    /// The remaining tasks, if the list was complete when they were last read.
    left: Option<Vec<String>>,
}

/// Whether a container instance has the record of a drain for a hook that continues.
fn is_our_drain(registration: &Registration) -> bool {
    let ours = registration
        .drain_record
        .is_some_and(|drain_record| drain_record.cause == Cause::Hook && !drain_record.done);
    ours && registration.status == Status::Draining
}

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a requested requeue message covers a request made now, and was not delivered yet.
    /// With `relaxed`, this process is assumed to have made the first request of the bucket, as it
    /// nearly always has. Otherwise the message may have been delivered to another process that saw
    /// less.
    pub fn is_due(
        &self,
        delay_class: DelayClass,
        buckets: Buckets,
        now: Time,
        relaxed: bool,
    ) -> bool {
        self.lock().asked.get(&delay_class).is_some_and(|Asked { bucket, due }| {
            buckets.answers(*bucket, now) || relaxed && now + Duration::seconds(SKEW) <= *due
        })
    }

    /// Remembers that a requeue message was requested.
    pub fn asked(&self, delay_class: DelayClass, bucket: i64, due: Time) {
        self.lock().asked.insert(delay_class, Asked { bucket, due });
    }

    /// Forgets requests whose requeue messages were delivered. The values are the latest delivered
    /// buckets.
    pub fn came(&self, requeues: &BTreeMap<DelayClass, i64>) {
        self.lock().asked.retain(|delay_class, asked| {
            requeues.get(delay_class).is_none_or(|b| *b < asked.bucket)
        });
    }

    /// The container instances of all drains, if nothing else needs a reconcile. With `members`,
    /// these drains must also be all instances that wait.
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

    /// The instance of a container instance as it was last read, if describing its remaining tasks
    /// shows everything that can have changed.
    pub fn with_only_tasks_left(&self, arn: &str) -> Option<Instance> {
        let known = self.lock();
        let drain = known.drains.get(arn).filter(|drain| drain.left.is_some())?;
        Some(drain.as_instance(drain.registration.clone()))
    }

    /// The instance of a container instance that was just read, if it is a known drain of ours.
    pub fn with(&self, registration: Registration) -> Option<Instance> {
        let known = self.lock();
        let drain = known.drains.get(&registration.arn)?;
        is_our_drain(&registration).then(|| drain.as_instance(registration))
    }

    /// Which tasks to read of a container instance whose counts are 0.
    pub fn which(&self, registration: &Registration) -> Which {
        let known = self.lock();
        let drain = known.drains.get(&registration.arn).filter(|drain| drain.holds(registration));
        match drain.and_then(|drain| drain.left.clone()) {
            Some(left) => Which::These(left),
            None => Which::Stopping,
        }
    }

    /// When the last task of a container instance stopped, as far as known. Later reconciles do not
    /// read stopped tasks again.
    pub fn last_stop(&self, arn: &str) -> Option<Time> {
        self.lock().drains.get(arn)?.registration.last_stop
    }

    /// Remembers what a reconcile that began at `began` read. `drains` selects the drains that
    /// continue. A full resync passes in `everything` whether nothing else needs a reconcile.
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

    /// Forgets a container instance that no longer is a drain of ours.
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

    /// Whether the remembered tasks are still those of `registration`, which was not given others
    /// since.
    fn holds(&self, registration: &Registration) -> bool {
        let idle = |r: &Registration| r.drain_record.and_then(|drain_record| drain_record.idle);
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
    use drain::drain_record::DrainRecord;
    use drain::seen::{LifecycleState, Task};

    use super::*;

    fn at(seconds: i64) -> Time {
        Time::UNIX_EPOCH + Duration::days(20_000) + Duration::seconds(seconds)
    }

    /// The record of a drain that began at 0 s, whose counts have been 0 since `idle`.
    fn recorded(idle: i64) -> DrainRecord {
        DrainRecord::new(Cause::Hook, at(0)).idle_at(at(idle))
    }

    fn drain_of(arn: &str, drain_record: DrainRecord, tasks: &[&str]) -> Instance {
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
                drain_record: Some(drain_record),
                record_refused: false,
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
    fn remembered_tasks_hold_while_the_drain_record_is_unchanged() {
        let memory = Memory::default();
        let drain = drain_of("ci", recorded(10), &["t"]);
        learn(&memory, std::slice::from_ref(&drain), None, at(14));
        assert_eq!(memory.which(&drain.registrations[0]), Which::Stopping, "not all there were");
        assert!(memory.with_only_tasks_left("ci").is_none());
        learn(&memory, std::slice::from_ref(&drain), None, at(15));
        let left = Which::These(vec!["t".to_owned()]);
        assert_eq!(memory.which(&drain.registrations[0]), left);
        assert_eq!(memory.with_only_tasks_left("ci").unwrap().id, "i-ci");
        let beaten = drain_of("ci", recorded(10).beat_now(at(20)), &[]);
        assert_eq!(memory.which(&beaten.registrations[0]), left);
        let again = drain_of("ci", recorded(40), &[]);
        assert_eq!(memory.which(&again.registrations[0]), Which::Stopping);
        memory.forget("ci");
        assert_eq!(memory.which(&drain.registrations[0]), Which::Stopping);
    }

    #[test]
    fn all_drains_are_known_only_after_a_full_resync() {
        let memory = Memory::default();
        let (one, two) = (drain_of("1", recorded(10), &[]), drain_of("2", recorded(10), &[]));
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
        let third = drain_of("3", recorded(10), &[]);
        assert_eq!(memory.drains(Some(&members(&[&one, &two, &third]))), None);
        memory.learn([&two].into_iter(), |_| false, None, at(30));
        assert_eq!(memory.drains(None), Some(vec!["1".to_owned()]));
        learn(&memory, &[], Some(false), at(40));
        assert_eq!(memory.drains(None), None);
    }

    #[test]
    fn no_requeue_is_requested_while_one_is_pending() {
        let (memory, buckets) = (Memory::default(), Buckets::new(240).unwrap());
        let is_due =
            |seconds, relaxed| memory.is_due(DelayClass::Later, buckets, at(seconds), relaxed);
        assert!(!is_due(0, true) && !is_due(0, false));
        let bucket = buckets.bucket(at(0));
        memory.asked(DelayClass::Later, bucket, at(240));
        assert!(is_due(0, false));
        let over = (0..).find(|second| !is_due(*second, false)).unwrap();
        assert!((1..=235).contains(&over), "{over}");
        assert!(is_due(over, true) && is_due(235, true) && !is_due(236, true));
        assert!(!memory.is_due(DelayClass::Soon, buckets, at(0), true));
        memory.came(&BTreeMap::from([(DelayClass::Later, bucket - 1), (DelayClass::Soon, bucket)]));
        assert!(is_due(0, true));
        memory.came(&BTreeMap::from([(DelayClass::Later, bucket)]));
        assert!(!is_due(0, true));
    }
}
