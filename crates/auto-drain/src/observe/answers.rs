//! The answers to the questions of decisions.

use std::collections::{BTreeMap, BTreeSet};

use aws::{Error, Which};
use aws_names::{ContainerInstanceArn, GroupName, InstanceId};
use drain::decide::Question;
use drain::opt_in::Mode;
use drain::seen::{Answer, Instance, LifecycleState, Member, Registration, Tasks};
use futures_util::future::{self, OptionFuture};

use super::{Asked, Reader, Seen};
use crate::Time;
use crate::reconcile::Reconcile;

impl Reader<'_> {
    /// Answers the questions in as few calls as possible, while there is time. What could not be
    /// read is marked as failed, and the errors are returned.
    pub async fn answer(
        &self,
        seen: &mut Seen,
        asked: &[Asked],
        in_time: impl Fn() -> bool + Sync,
    ) -> Vec<Error> {
        let Reconcile { aws, cluster, .. } = self.reconcile;
        let ids = |wanted: &Question| -> Vec<InstanceId> {
            let asked = asked.iter().filter(|asked| asked.question == *wanted);
            asked.map(|asked| asked.instance.clone()).collect()
        };
        let mut errors = Vec::new();

        let mut presumed = ids(&Question::Member);
        presumed.extend(self.probably_over(seen, asked));
        let (places, mut tasks) = future::join(
            OptionFuture::from((!presumed.is_empty()).then(|| self.places(seen, &presumed))),
            self.tasks(seen, asked, in_time),
        )
        .await;
        match places.map(|places| kept(&mut errors, places)) {
            Some(Some(places)) => places.apply(named(seen, &presumed)),
            Some(None) => named(seen, &presumed).for_each(|i| i.member = Answer::Failed),
            None => {}
        }
        for Asked { instance, question } in asked {
            let Question::Tasks { arn, .. } = question else { continue };
            let registrations =
                seen.get_mut(instance).into_iter().flat_map(|i| &mut i.registrations);
            for registration in registrations.filter(|r| r.arn == *arn) {
                let read = tasks.remove(arn).and_then(|read| kept(&mut errors, read));
                registration.tasks = read.map_or(Answer::Failed, Answer::Known);
            }
        }

        let terminating = ids(&Question::TerminatingSince);
        named(seen, &terminating).for_each(|i| i.terminating_since = Answer::Failed);
        let mut by_group: BTreeMap<GroupName, Vec<InstanceId>> = BTreeMap::new();
        for id in terminating {
            if let Some(member) = seen.get(&id).and_then(Instance::place) {
                by_group.entry(member.group.clone()).or_default().push(id);
            }
        }
        for (group, ids) in by_group {
            let since = kept(&mut errors, aws.terminating_since(&group, &ids).await);
            let Some(since) = since else { continue };
            for instance in named(seen, &ids) {
                instance.terminating_since = Answer::Known(since.get(&instance.id).copied());
            }
        }

        let lost = ids(&Question::Elsewhere);
        if !lost.is_empty() {
            let found = aws.elsewhere(cluster, &lost).await;
            let places = kept(&mut errors, found).unwrap_or_default();
            for instance in named(seen, &lost) {
                let place = places.get(&instance.id).cloned();
                instance.elsewhere = place.map_or(Answer::Failed, Answer::Known);
            }
        }

        let unplaced = ids(&Question::Place);
        if !unplaced.is_empty() {
            let places = kept(&mut errors, aws.places(&unplaced).await);
            for instance in named(seen, &unplaced) {
                let place = places.as_ref().map(|places| places.get(&instance.id));
                let member = |(group, state): &_| self.member_of(group, state);
                instance.untagged =
                    place.map_or(Answer::Failed, |place| Answer::Known(place.map(member)));
            }
        }

        errors.extend(self.hooks(seen, &ids(&Question::Hook)).await);
        errors
    }

    /// A place in a group that the reads of the tagged groups did not show. The instance may have
    /// moved between such a group and its pool. Any other group is one that is off.
    fn member_of(&self, group: &GroupName, state: &LifecycleState) -> Member {
        let Reconcile { config, process, cluster, .. } = self.reconcile;
        let known = process.fleet.last();
        let known = known.get(group).filter(|known| known.tags.cluster.as_ref() == Some(cluster));
        match known {
            Some(known) => known.member(group, state.clone()),
            None => Member {
                group: group.clone(),
                state: state.clone(),
                mode: Mode::Off,
                settings: config.settings,
            },
        }
    }

    /// Reads whether our hook is on the groups of these instances.
    async fn hooks(&self, seen: &mut Seen, ids: &[InstanceId]) -> Vec<Error> {
        let group = |instance: &Instance| instance.place().map(|place| place.group.clone());
        let groups: BTreeSet<_> = named(seen, ids).filter_map(|i| group(i)).collect();
        let mut errors = Vec::new();
        for name in groups {
            let hook = kept(&mut errors, self.reconcile.aws.our_hook(&name).await);
            let has_hook = hook.map_or(Answer::Failed, |hook| Answer::Known(hook.is_some()));
            let of_group = named(seen, ids).filter(|i| group(i).as_ref() == Some(&name));
            of_group.for_each(|instance| instance.has_hook = has_hook);
        }
        errors
    }

    /// Reads the groups of these instances, and all their container instances.
    pub(super) async fn read_places(
        &self,
        seen: &mut Seen,
        ids: &[InstanceId],
    ) -> Result<(), Error> {
        if !ids.is_empty() {
            self.places(seen, ids).await?.apply(named(seen, ids));
        }
        Ok(())
    }

    /// The instances of which all remembered tasks were reported stopped. Their groups are read
    /// along with their tasks, because the decision will ask for them next.
    fn probably_over(&self, seen: &Seen, asked: &[Asked]) -> Vec<InstanceId> {
        let Reconcile { triggers, memory, .. } = self.reconcile;
        let over = |Asked { instance, question }: &&Asked| {
            let Question::Tasks { arn, .. } = question else { return false };
            let presumed = seen.get(instance).is_some_and(|i| i.member == Answer::Unasked);
            presumed && memory.drains.all_reported_stopped(arn, triggers)
        };
        asked.iter().filter(over).map(|asked| asked.instance.clone()).collect()
    }

    /// Reads the groups of these instances, and all their container instances. Those that this
    /// reconcile has described already are not described again.
    async fn places(&self, seen: &Seen, ids: &[InstanceId]) -> Result<Places, Error> {
        let Reconcile { aws, cluster, clock, .. } = self.reconcile;
        let instances = || ids.iter().filter_map(|id| seen.get(id));
        let stale = instances().filter(|instance| instance.read_at < self.began);
        let stale: Vec<_> = stale.flat_map(|i| &i.registrations).map(|r| r.arn.clone()).collect();
        let members = async { self.members(&*self.groups().await?).await };
        let (members, listed, mut read) = future::try_join3(
            members,
            aws.container_instances_of(cluster, ids),
            aws.describe_container_instances(cluster, &stale),
        )
        .await?;
        let known: BTreeSet<_> =
            instances().flat_map(|i| &i.registrations).map(|r| &r.arn).collect();
        let new: Vec<_> = listed.iter().filter(|arn| !known.contains(arn)).cloned().collect();
        read.extend(aws.describe_container_instances(cluster, &new).await?);
        Ok(Places { members, listed, read, read_at: clock.now() })
    }

    /// Reads the tasks that were asked for. Where all that can be left are remembered, nothing is
    /// listed.
    async fn tasks(
        &self,
        seen: &Seen,
        asked: &[Asked],
        in_time: impl Fn() -> bool + Sync,
    ) -> BTreeMap<ContainerInstanceArn, Result<Tasks, Error>> {
        let Reconcile { aws, cluster, memory, clock, .. } = self.reconcile;
        let begin = || in_time().then(|| clock.now());
        let which = |Asked { instance, question }: &Asked| {
            let Question::Tasks { arn, stopping_only } = question else { return None };
            if !stopping_only {
                return Some((arn.clone(), Which::All));
            }
            let mut registrations = seen.get(instance)?.registrations.iter();
            let idle = registrations.find(|r| r.arn == *arn)?.drain_record.and_then(|r| r.idle);
            Some((arn.clone(), memory.drains.which(arn, idle)))
        };
        let which: Vec<_> = asked.iter().filter_map(which).collect();
        aws.tasks_left(cluster, &which, &begin).await
    }
}

/// The groups and container instances of some instances.
#[derive(Debug)]
struct Places {
    members: BTreeMap<InstanceId, Member>,
    listed: BTreeSet<ContainerInstanceArn>,
    /// The container instances that were described now.
    read: Vec<(InstanceId, Registration)>,
    read_at: Time,
}

impl Places {
    fn apply<'s>(self, instances: impl Iterator<Item = &'s mut Instance>) {
        let Self { members, listed, read, read_at } = self;
        for instance in instances {
            instance.member = Answer::Known(members.get(&instance.id).cloned());
            instance.registrations.retain(|r| listed.contains(&r.arn));
            for (_, registration) in read.iter().filter(|(id, _)| *id == instance.id) {
                instance.read_at = read_at;
                let known = instance.registrations.iter_mut().find(|r| r.arn == registration.arn);
                match known {
                    Some(known) => {
                        let tasks = std::mem::replace(&mut known.tasks, Answer::Unasked);
                        *known = Registration { tasks, ..registration.clone() };
                    }
                    None => instance.registrations.push(registration.clone()),
                }
            }
        }
    }
}

fn named<'s>(seen: &'s mut Seen, ids: &'s [InstanceId]) -> impl Iterator<Item = &'s mut Instance> {
    seen.values_mut().filter(|instance| ids.contains(&instance.id))
}

fn kept<T>(errors: &mut Vec<Error>, answer: Result<T, Error>) -> Option<T> {
    answer.map_err(|error| errors.push(error)).ok()
}
