//! The drains of one cluster as this process last read them.
//!
//! The cache only saves calls: a release rests on what its own reconcile has read. Three things are
//! kept, for the numbers of calls in docs/numbers.md. A drain of one instance may take 34 calls
//! with one process and 42 with two, and each of a thousand at once 8.5:
//!
//! - which drains there are, so that a `later` requeue describes them in one call instead of three.
//!   Without this, one drain takes up to 40 calls, and 45 with two processes.
//! - which of their tasks were left, so that the stop of one task costs one call instead of three.
//!   Without this, one drain takes up to 39 calls, 42 with two processes, and each of a thousand 9.9.
//! - which drains are over, so that a message that comes while the machine shuts down does not lead
//!   to their tasks. Without this, one drain takes up to 36 calls.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws::Which;
use aws_names::{ContainerInstanceArn, InstanceId, TaskArn};
use drain::decide::BELIEVED_AFTER;
use drain::drain_record::Cause;
use drain::seen::{Answer, Instance, Registration, Status};
use drain::triggers::Triggers;
use time::Duration;

use super::{Seen, unread_instance};
use crate::Time;

/// Auto Scaling notifies of a lifecycle action twice, by SNS and by EventBridge, within this time.
const TWICE: Duration = Duration::seconds(30);

/// What a process remembers of drains.
#[derive(Debug, Default)]
pub struct Cache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Container instances that we drain for a hook.
    drains: BTreeMap<ContainerInstanceArn, Drain>,
    /// Container instances that no drain of ours went on for when they were last read, most of them
    /// on machines that shut down.
    over: BTreeSet<ContainerInstanceArn>,
    /// These were all that needed another reconcile when everything was last read.
    complete: bool,
    /// The schedule alone reconciles often enough to find others.
    relies_on_schedule: bool,
}

/// A container instance as it was last read or changed.
#[derive(Debug)]
struct Drain {
    instance: InstanceId,
    registration: Registration,
    read_at: Time,
    /// The tasks that had not stopped.
    left: Vec<TaskArn>,
    /// They were listed so late that none was missing.
    complete: bool,
}

impl Drain {
    fn idle(&self) -> Option<Time> {
        self.registration.drain_record?.idle
    }
}

impl Cache {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers whether the schedule alone reconciles often enough to find new drains.
    pub fn rely_on_schedule(&self, is_enough: bool) {
        self.lock().relies_on_schedule = is_enough;
    }

    /// The container instances of all drains, if nothing else needs a reconcile, and if the
    /// schedule is enough to find what may by then.
    pub fn all(&self) -> Option<Vec<ContainerInstanceArn>> {
        let kept = self.lock();
        (kept.complete && kept.relies_on_schedule).then(|| kept.drains.keys().cloned().collect())
    }

    /// Which tasks to read of a container instance that has had no counted tasks since `idle`. A
    /// DRAINING instance is given no new ones, so a complete list is not read again.
    pub fn which(&self, arn: &ContainerInstanceArn, idle: Option<Time>) -> Which {
        let kept = self.lock();
        let drain = kept.drains.get(arn).filter(|drain| drain.complete && drain.idle() == idle);
        drain.map_or(Which::Stopping, |drain| Which::These(drain.left.clone()))
    }

    /// Whether the container instance is a drain in progress.
    pub fn knows(&self, arn: &ContainerInstanceArn) -> bool {
        self.lock().drains.contains_key(arn)
    }

    /// Whether a drain of the instance, for its hook, began within [`TWICE`] before `now`.
    pub fn has_begun(&self, instance: &InstanceId, now: Time) -> bool {
        let kept = self.lock();
        let records = kept.drains.values().filter(|drain| drain.instance == *instance);
        let mut records = records.filter_map(|drain| drain.registration.drain_record);
        records.any(|record| record.cause == Cause::Hook && now - record.began < TWICE)
    }

    /// Whether all tasks that were left were reported stopped, so that the drain is probably over.
    pub fn all_reported_stopped(&self, arn: &ContainerInstanceArn, triggers: &Triggers) -> bool {
        let kept = self.lock();
        let left = kept.drains.get(arn).map(|drain| &drain.left).filter(|left| !left.is_empty());
        let stopped = triggers.stopped.get(arn);
        left.zip(stopped).is_some_and(|(left, stopped)| left.iter().all(|t| stopped.contains(t)))
    }

    /// The instance of a container instance without counted tasks: the tasks that are left are all
    /// that can have changed.
    pub fn with_only_tasks_left(&self, arn: &ContainerInstanceArn) -> Option<Instance> {
        let kept = self.lock();
        let drain = kept.drains.get(arn).filter(|drain| drain.idle().is_some())?;
        let registrations = vec![drain.registration.clone()];
        Some(unread_instance(drain.instance.clone(), registrations, drain.read_at))
    }

    /// Whether the drain of the instance was over when it was last read. Its group then shows
    /// sooner than its tasks that nothing is left to do.
    pub fn is_over(&self, instance: &Instance) -> bool {
        let kept = self.lock();
        instance.registrations.iter().any(|registration| kept.over.contains(&registration.arn))
    }

    /// Forgets container instances that no longer are drains of ours.
    pub fn forget<'a>(&self, arns: impl Iterator<Item = &'a ContainerInstanceArn>) {
        let mut kept = self.lock();
        for arn in arns {
            kept.drains.remove(arn);
            kept.over.remove(arn);
        }
    }

    /// Remembers the instances of a reconcile. `goes_on` selects the drains that continue. A full
    /// resync passes in `complete` whether nothing else needs a reconcile.
    pub fn remember(
        &self,
        seen: &Seen,
        goes_on: impl Fn(&Instance) -> bool,
        complete: Option<bool>,
    ) {
        let mut kept = self.lock();
        let mut before = std::mem::take(&mut kept.drains);
        if complete.is_some() {
            kept.over.clear();
        }
        for instance in seen.values() {
            for registration in &instance.registrations {
                let arn = &registration.arn;
                let last = before.remove(arn);
                kept.over.remove(arn);
                if registration.status == Status::Gone {
                    continue;
                }
                if !goes_on(instance) {
                    kept.over.insert(arn.clone());
                    continue;
                }
                let idle = registration.drain_record.and_then(|record| record.idle);
                let (left, complete) = match &registration.tasks {
                    Answer::Known(tasks) => (
                        tasks.left.iter().map(|task| task.arn.clone()).collect(),
                        idle.is_some_and(|idle| tasks.read_at >= idle + BELIEVED_AFTER),
                    ),
                    Answer::Unasked | Answer::Failed => last
                        .filter(|last| last.idle() == idle)
                        .map_or((Vec::new(), false), |last| (last.left, last.complete)),
                };
                let drain = Drain {
                    instance: instance.id.clone(),
                    registration: Registration { tasks: Answer::Unasked, ..registration.clone() },
                    read_at: instance.read_at,
                    left,
                    complete,
                };
                kept.drains.insert(arn.clone(), drain);
            }
        }
        match complete {
            Some(complete) => kept.complete = complete,
            None => kept.drains.extend(before),
        }
    }
}

#[cfg(test)]
mod tests {
    use drain::drain_record::DrainRecord;
    use drain::seen::{Task, Tasks};

    use super::*;

    const AT: Time = Time::UNIX_EPOCH;

    fn container(arn: &str) -> ContainerInstanceArn {
        ContainerInstanceArn::from_aws(arn)
    }

    /// A drain whose counts have been 0 since `AT`, with the tasks left that many seconds later.
    fn drain_of(arn: &str, left: Option<(&[&str], i64)>) -> Seen {
        let task =
            |arn: &&str| Task { arn: TaskArn::from_aws(*arn), service: None, stopping: true };
        let tasks = left.map(|(left, seconds)| Tasks {
            left: left.iter().map(task).collect(),
            last_stop: None,
            read_at: AT + Duration::seconds(seconds),
        });
        let registration = Registration {
            arn: container(arn),
            status: Status::Draining,
            agent_connected: true,
            counted_tasks: 0,
            drain_record: Some(DrainRecord::new(Cause::Hook, AT).idle_at(AT)),
            settings: None,
            settings_fit: true,
            record_refused: false,
            tasks: tasks.map_or(Answer::Unasked, Answer::Known),
        };
        let instance =
            unread_instance(InstanceId::from_aws(format!("i-{arn}")), vec![registration], AT);
        Seen::from([(instance.id.clone(), instance)])
    }

    #[test]
    fn remembered_tasks_hold_while_the_drain_record_is_unchanged() {
        let cache = Cache::default();
        let which = |idle| cache.which(&container("ci"), Some(idle));
        let t = || vec![TaskArn::from_aws("t")];
        cache.remember(&drain_of("ci", Some((&["t"], 4))), |_| true, None);
        assert_eq!(which(AT), Which::Stopping, "some may have been missing");
        cache.remember(&drain_of("ci", Some((&["t"], 5))), |_| true, None);
        assert_eq!(which(AT), Which::These(t()));
        assert_eq!(which(AT + Duration::SECOND), Which::Stopping);
        assert_eq!(cache.with_only_tasks_left(&container("ci")).unwrap().id.as_str(), "i-ci");
        cache.remember(&drain_of("ci", None), |_| true, None);
        assert_eq!(which(AT), Which::These(t()), "not read again");
        cache.remember(&drain_of("ci", None), |_| false, None);
        assert_eq!(which(AT), Which::Stopping);
    }

    #[test]
    fn a_drain_is_probably_over_once_all_stops_were_reported() {
        let cache = Cache::default();
        let over = |tasks: &[&str]| {
            let tasks = tasks.iter().map(|task| TaskArn::from_aws(*task)).collect();
            let stopped = [(container("ci"), tasks)].into();
            cache.all_reported_stopped(
                &container("ci"),
                &Triggers { stopped, ..Triggers::default() },
            )
        };
        assert!(!over(&["a", "b"]), "none is remembered");
        cache.remember(&drain_of("ci", Some((&["a", "b"], 0))), |_| true, None);
        assert!(over(&["a", "b", "c"]) && !over(&["a"]));
    }

    #[test]
    fn a_drain_has_begun_for_a_short_time_and_while_it_goes_on() {
        let cache = Cache::default();
        let begun = |seconds| {
            let now = AT + Duration::seconds(seconds);
            cache.has_begun(&InstanceId::from_aws("i-ci"), now)
        };
        assert!(!begun(1));
        cache.remember(&drain_of("ci", None), |_| true, None);
        assert!(begun(1) && begun(29) && !begun(30));
        cache.remember(&drain_of("ci", None), |_| false, None);
        assert!(!begun(1));
    }

    #[test]
    fn a_drain_is_over_until_it_goes_on_or_is_gone() {
        let cache = Cache::default();
        let drain = drain_of("ci", None);
        let over = || cache.is_over(&drain[&InstanceId::from_aws("i-ci")]);
        cache.remember(&drain, |_| false, None);
        assert!(over());
        cache.remember(&drain, |_| true, None);
        assert!(!over());
        cache.remember(&drain, |_| false, None);
        cache.forget([container("ci")].iter());
        assert!(!over());
        cache.remember(&drain, |_| false, None);
        cache.remember(&Seen::new(), |_| true, Some(true));
        assert!(!over(), "a full resync no longer sees it");
    }

    #[test]
    fn all_drains_are_known_only_after_a_full_resync() {
        let cache = Cache::default();
        cache.rely_on_schedule(true);
        let (one, two) = (drain_of("1", None), drain_of("2", None));
        cache.remember(&one, |_| true, None);
        assert_eq!(cache.all(), None);
        let both = one.clone().into_iter().chain(two.clone()).collect();
        cache.remember(&both, |_| true, Some(true));
        assert_eq!(cache.all(), Some(vec![container("1"), container("2")]));
        cache.remember(&two, |_| false, None);
        assert_eq!(cache.all(), Some(vec![container("1")]));
        cache.forget([container("1")].iter());
        assert_eq!(cache.all(), Some(Vec::new()));
        cache.rely_on_schedule(false);
        assert_eq!(cache.all(), None);
        cache.rely_on_schedule(true);
        cache.remember(&both, |_| true, Some(false));
        assert_eq!(cache.all(), None);
    }
}
